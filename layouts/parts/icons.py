"""Icons, drawn by the style sheet as masks so that they take the text's color."""

from __future__ import annotations

from dash import html
from dash.development.base_component import Component

from layouts.parts.attributes import attributes


def icon(name: str) -> Component:
    """Return an icon for decoration; its button carries the words.

    Parameters
    ----------
    name : str
        One of the ``av-icon-*`` classes of assets/css/icons.css.
    """
    return html.Span(className=f"av-icon av-icon-{name}", **attributes(aria_hidden="true"))
