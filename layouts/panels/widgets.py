"""Widgets of the left column: one function for each kind of control."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import dash_bootstrap_components as dbc
from dash import html
from dash.development.base_component import Component

from layouts.panels.control import Control
from layouts.parts.elements import attributes
from layouts.parts.info import described, info_button


def widget_of(control: Control) -> Component:
    """Return the component of a control; callbacks fill in options and values."""
    return _WIDGETS[control.widget](control)


def _menu(control: Control) -> Component:
    value = {} if control.options else {"value": control.default}
    select: Component = dbc.Select(id=control.id, size="sm", **value)
    return select


def _inline_menu(control: Control) -> Component:
    label = html.Label(control.label, htmlFor=control.id, className="av-tint-word")
    menu = dbc.Select(id=control.id, size="sm", disabled=bool(control.needs))
    return html.Div([label, menu], className="av-row av-tint-row")


def _switch(control: Control) -> Component:
    parts: list[Any] = [dbc.Switch(id=control.id, label=control.label, value=control.blank)]
    if control.help:
        parts.append(info_button(control.id, control.label))
    shown_for = f"av-{control.shown_for}-only" if control.shown_for else ""
    return html.Div(parts, className=f"av-switch-row {shown_for}".strip())


def _search(control: Control) -> Component:
    box: Component = dbc.Input(id=control.id, type="search", size="sm", autocomplete="off", debounce=False)
    return box


def _segments(control: Control) -> Component:
    buttons = [
        html.Button(
            f"{dims}-D",
            type="button",
            className="av-segment",
            **attributes(data_action="dims", data_value=str(dims), data_testid=f"dims-{dims}", aria_pressed="false"),
            **described(control.id),
        )
        for dims in (2, 3)
    ]
    return html.Div(buttons, className="av-segments", role="group", **attributes(aria_label=control.label))


_WIDGETS: Mapping[str, Callable[[Control], Component]] = {
    "menu": _menu,
    "inline menu": _inline_menu,
    "switch": _switch,
    "search": _search,
    "segments": _segments,
}
