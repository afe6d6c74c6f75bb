"""The left column: what is shown, how it is placed and colored, what is searched for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import dash_bootstrap_components as dbc
from dash import html
from dash.development.base_component import Component

from layouts import ids
from layouts.panels.instances import reading_buttons
from layouts.panels.sinks import sinks_group
from layouts.panels.tint import tint_group
from layouts.parts.attributes import attributes
from layouts.parts.buttons import text_button
from layouts.parts.info import described, info_button, info_texts


def controls_panel() -> Component:
    """Return the column with every control; a callback fills in options and values."""
    return html.Aside(
        [
            _group(
                "Model and data",
                dbc.Select(id=ids.RUN, size="sm"),
                html_for=ids.RUN,
                topic="run",
                note=html.Div(id=ids.DATA_INFO, **attributes(data_testid=ids.DATA_INFO)),
            ),
            _group(
                "Projection",
                html.Div([dbc.Select(id=ids.PROJECTION, size="sm"), _dims()], className="av-row"),
                html_for=ids.PROJECTION,
                topic="projection",
                note=html.Div(id=ids.PROJECTION_INFO),
            ),
            _group(
                "Color",
                [
                    dbc.Select(id=ids.COLOR, size="sm"),
                    html.Div(id=ids.LEGEND, className="av-legend", **attributes(data_testid=ids.LEGEND)),
                ],
                html_for=ids.COLOR,
                topic="color",
                note=html.Div(id=ids.COLOR_INFO, **attributes(data_testid=ids.COLOR_INFO)),
            ),
            _group("Search", _search(), html_for=ids.SEARCH, topic="search"),
            tint_group(),
            sinks_group(),
            _group("Zoom to a head", _zoom(), html_for=ids.LAYER, topic="zoom"),
            _group("Show", _switches(), extra_class="av-show"),
            _group("Read", reading_buttons(), topic="read", extra_class="av-head-only"),
            info_texts(),
        ],
        id=ids.CONTROLS_PANEL,
        className="av-controls",
        **attributes(aria_label="Controls"),
    )


def _group(
    title: str,
    content: Component | Sequence[Component],
    *,
    html_for: str | None = None,
    topic: str | None = None,
    note: Component | str | None = None,
    extra_class: str = "",
) -> Component:
    label = (
        html.Label(title, htmlFor=html_for, className="av-label") if html_for else html.Div(title, className="av-label")
    )
    head = html.Div([label, info_button(topic, title)], className="av-label-row") if topic else label
    parts: list[Any] = [head, *(content if isinstance(content, Sequence) else [content])]
    if note is not None:
        parts.append(html.Div(note, className="av-note"))
    return html.Section(parts, className=f"av-group {extra_class}".strip())


def _dims() -> Component:
    buttons = [
        html.Button(
            f"{dims}-D",
            type="button",
            className="av-segment",
            **attributes(data_action="dims", data_value=str(dims), data_testid=f"dims-{dims}", aria_pressed="false"),
            **described("dims"),
        )
        for dims in (2, 3)
    ]
    return html.Div(buttons, className="av-segments", role="group", **attributes(aria_label="Dimensions"))


def _search() -> list[Component]:
    return [
        html.Div(
            [
                dbc.Input(
                    id=ids.SEARCH,
                    type="search",
                    size="sm",
                    autocomplete="off",
                    debounce=False,
                ),
                dbc.Select(
                    id=ids.SEARCH_MODE,
                    size="sm",
                    value="exact",
                ),
            ],
            className="av-row av-search",
        ),
        html.Output(id=ids.SEARCH_COUNT, className="av-count", **attributes(data_testid=ids.SEARCH_COUNT)),
    ]


def _zoom() -> Component:
    return html.Div(
        [
            dbc.Select(id=ids.LAYER, size="sm", placeholder="layer"),
            dbc.Select(id=ids.HEAD, size="sm", placeholder="head"),
            text_button("go", "Go"),
        ],
        className="av-row",
    )


def _switches() -> list[Component]:
    return [
        _switch(ids.PATCHES, "Patches as points", extra_class="av-image-only"),
        _switch(ids.FILLED, "Fill patches with the color", value=False, extra_class="av-image-only"),
        _switch(ids.LABELS, "Labels", extra_class="av-head-only"),
        _switch(ids.LINES, "Attention lines", extra_class="av-head-only"),
        _switch(ids.NORM, "Size by norm", value=False, extra_class="av-head-only"),
    ]


def _switch(name: str, label: str, *, value: bool = True, extra_class: str) -> Component:
    return html.Div(
        [dbc.Switch(id=name, label=label, value=value), info_button(name, label)],
        className=f"av-switch-row {extra_class}",
    )
