"""Menu of actions behind one button of the top bar."""

from __future__ import annotations

from collections.abc import Sequence

from dash import html
from dash.development.base_component import Component

from layouts.parts.elements import attributes
from layouts.parts.info import button_help


def menu(name: str, label: str, items: Sequence[Component]) -> Component:
    """Return a button that opens a list of actions; ``assets/js/kit/menus.mjs`` closes it.

    Parameters
    ----------
    name : str
        ``data-testid`` of the menu.
    label : str
        Of the button.
    items : sequence of Component
        As of :func:`menu_item`.
    """
    return html.Details(
        [
            html.Summary(label, className="av-menu-button"),
            html.Div(list(items), className="av-menu-items"),
        ],
        className="av-menu",
        **attributes(data_testid=name),
    )


def menu_item(action: str, text: str, *, extra_class: str = "") -> Component:
    """Return an entry of a menu; ``action`` is one of ``assets/js/shell/actions.mjs``."""
    return html.Button(
        text,
        type="button",
        className=f"av-menu-item {extra_class}".strip(),
        **attributes(data_action=action, data_testid=action),
        **button_help(action),
    )
