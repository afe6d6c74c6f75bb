"""Right column: the selected instance in this head, the mean over instances, other heads, strongest pairs."""

from __future__ import annotations

from dash import html
from dash.development.base_component import Component

from layouts import ids
from layouts.panels.instances import stepping_buttons
from layouts.parts.elements import attributes


def sidebar() -> Component:
    """Return the column; the browser fills and shows it when there is a selection."""
    return html.Aside(
        [
            html.Div(
                [
                    html.Div(
                        [html.H2(id="instance-title", className="av-heading"), stepping_buttons()],
                        className="av-sidebar-head",
                    ),
                    html.P(id="instance-text", className="av-sentence", dir="auto"),
                ],
                className="av-sidebar-top av-of-instance",
            ),
            _part(ids.SENTENCE_VIEW, "av-of-instance"),
            _part(ids.IMAGE_VIEW, "av-of-instance"),
            _part(ids.AGGREGATE_VIEW, "av-of-instance"),
            _part(ids.IMAGE_AGGREGATE, "av-of-instance"),
            html.Div(
                [
                    _part(ids.HEAD_SHEET, "av-of-instance av-sheet-part"),
                    _part(ids.IMAGE_SHEET, "av-of-instance av-sheet-part"),
                    _part(ids.STRONGEST_PAIRS),
                ],
                className="av-sidebar-more",
            ),
        ],
        id=ids.SIDEBAR,
        className="av-sidebar",
        hidden=True,
        **attributes(aria_label="Selected sentence or image"),
    )


def _part(name: str, css_class: str = "") -> Component:
    return html.Section(id=name, className=css_class, **attributes(data_testid=name))
