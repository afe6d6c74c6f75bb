"""The right column: the selected sentence in this head, and the mean over all sentences."""

from __future__ import annotations

from dash import html
from dash.development.base_component import Component

from layouts import ids
from layouts.icons import icon


def sidebar() -> Component:
    """Return the column; the browser fills and shows it when there is a selection."""
    return html.Aside(
        [
            html.Div(
                [
                    html.H2(id="instance-title", className="av-heading"),
                    html.Div(
                        [
                            _step("previous-instance", "left", "Previous sentence"),
                            _step("next-instance", "right", "Next sentence"),
                            html.Button(
                                "Clear selection",
                                type="button",
                                className="btn btn-sm btn-outline-secondary av-head-only",
                                **{"data-action": "clear-selection", "data-testid": "clear-selection"},
                            ),
                        ],
                        className="av-row",
                    ),
                ],
                className="av-sidebar-head",
            ),
            html.P(id="instance-text", className="av-sentence", dir="auto"),
            html.Div(id=ids.SENTENCE_VIEW, **{"data-testid": ids.SENTENCE_VIEW}),
            html.Div(id=ids.AGGREGATE_VIEW, **{"data-testid": ids.AGGREGATE_VIEW}),
        ],
        id=ids.SIDEBAR,
        className="av-sidebar",
        hidden=True,
        **{"aria-label": "Selected sentence"},
    )


def _step(action: str, symbol: str, label: str) -> Component:
    return html.Button(
        icon(symbol),
        type="button",
        title=label,
        className="av-tool",
        **{"data-action": action, "data-testid": action, "aria-label": label},
    )
