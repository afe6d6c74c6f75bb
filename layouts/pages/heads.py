"""Heads: table of all metrics, and the map of heads."""

from __future__ import annotations

from dash import html
from dash.development.base_component import Component

from layouts import ids
from layouts.panels.atlas import atlas
from layouts.panels.heads_table import heads_table
from layouts.panels.sinks import sinks_label
from layouts.parts.buttons import text_button
from layouts.parts.elements import attributes
from layouts.state.view_state import ViewState
from precompute.run.run import Run


def heads_page(view: ViewState, run: Run) -> Component:
    """Return the page; projection and color of the state go with its links."""
    model = run.manifest.model
    heads = f"{model.n_layers * model.n_heads} heads"
    if view.no_sinks:
        heads += f", {sinks_label(run).lower()}"
    return html.Div(
        [
            html.Div(
                [
                    html.H1([run.manifest.name, html.Small(heads, className="av-quiet")], className="av-title"),
                    html.Div(
                        [
                            html.Span("Click a row to open the head.", className="av-hint"),
                            html.Button(
                                "Save CSV",
                                id=ids.HEADS_CSV,
                                type="button",
                                className="btn btn-sm btn-outline-secondary",
                                **attributes(data_testid=ids.HEADS_CSV),
                            ),
                            text_button("matrix", "View all heads", testid="view-all"),
                        ],
                        className="av-row",
                    ),
                ],
                className="av-page-head",
            ),
            html.Div(
                [
                    html.Div(
                        heads_table(view, run), className="av-heads-table", **attributes(data_testid="heads-table")
                    ),
                    html.Aside(atlas(view, run), className="av-heads-atlas", **attributes(data_testid="atlas")),
                ],
                className="av-heads",
            ),
        ],
        className="av-heads-page",
    )
