"""Matrix View: all heads of a run."""

from __future__ import annotations

from dash import html
from dash.development.base_component import Component

from layouts.view_state import ViewState
from precompute.run import Run


def matrix_page(view: ViewState, run: Run) -> Component:
    """Return the line above the picture of all heads.

    Parameters
    ----------
    view : ViewState
        What the URL asks for.
    run : Run
        The run it names.
    """
    model = run.manifest.model
    heads = f"{model.n_layers} layers × {model.n_heads} heads"
    return html.Div(
        [
            html.H1([run.manifest.name, html.Small(heads, className="av-quiet")], className="av-title"),
            html.Div(
                [
                    html.Span(
                        "Click a plot to open it; scroll to zoom, drag to " + ("turn" if view.dims == 3 else "move"),
                        className="av-hint",
                    ),
                    html.Button(
                        "Reset zoom",
                        type="button",
                        className="btn btn-sm btn-outline-secondary",
                        **{"data-action": "reset-zoom", "data-testid": "reset-zoom"},
                    ),
                ],
                className="av-row",
            ),
        ],
        className="av-page-head",
    )
