"""Plain HTML parts: attributes whose names have dashes, and icons."""

from __future__ import annotations

from typing import Any

from dash import html
from dash.development.base_component import Component


def attributes(**values: str) -> dict[str, Any]:
    """Return HTML attributes as keyword arguments: ``data_action="go"`` becomes ``data-action="go"``."""
    return {name.replace("_", "-"): value for name, value in values.items()}


def icon(name: str) -> Component:
    """Return a decorative icon in the color of the text; its button carries the label.

    Parameters
    ----------
    name : str
        One of the ``av-icon-*`` classes of assets/css/icons.css.
    """
    return html.Span(className=f"av-icon av-icon-{name}", **attributes(aria_hidden="true"))
