"""The right column: the selected sentence in this head, and the mean over all sentences."""

from __future__ import annotations

from dash import html
from dash.development.base_component import Component

from layouts import ids
from layouts.attributes import attributes
from layouts.buttons import icon_button, text_button


def sidebar() -> Component:
    """Return the column; the browser fills and shows it when there is a selection."""
    return html.Aside(
        [
            html.Div(
                [
                    html.H2(id="instance-title", className="av-heading"),
                    html.Div(
                        [
                            icon_button("previous-instance", "left", "Previous sentence"),
                            icon_button("next-instance", "right", "Next sentence"),
                            text_button("clear-selection", "Clear selection", extra_class="av-head-only"),
                        ],
                        className="av-row",
                    ),
                ],
                className="av-sidebar-head",
            ),
            html.P(id="instance-text", className="av-sentence", dir="auto"),
            html.Div(id=ids.SENTENCE_VIEW, **attributes(data_testid=ids.SENTENCE_VIEW)),
            html.Div(id=ids.AGGREGATE_VIEW, **attributes(data_testid=ids.AGGREGATE_VIEW)),
        ],
        id=ids.SIDEBAR,
        className="av-sidebar",
        hidden=True,
        **attributes(aria_label="Selected sentence"),
    )
