"""What a lasso or box selection in Single View caught, and the attention between groups of points."""

from __future__ import annotations

from dash import html
from dash.development.base_component import Component

from layouts.panels.groups import groups_section
from layouts.parts.buttons import icon_button, text_button
from layouts.parts.elements import attributes


def lasso_panel() -> Component:
    """Return the panel; the browser fills and shows it when points are picked."""
    return html.Aside(
        [
            html.Div(
                [
                    html.H2("Points", className="av-heading"),
                    html.Div(
                        [
                            text_button("copy-lasso", "Copy as CSV"),
                            icon_button("close-lasso", "close", "Let go of the points"),
                        ],
                        className="av-row",
                    ),
                ],
                className="av-sidebar-head",
            ),
            groups_section(),
            html.P(id="lasso-title", className="av-note", **attributes(data_testid="lasso-count")),
            html.Ul(id="lasso-list", className="av-lasso-list", **attributes(data_testid="lasso-list")),
        ],
        id="lasso",
        className="av-lasso",
        hidden=True,
        **attributes(aria_label="Picked points", data_testid="lasso"),
    )
