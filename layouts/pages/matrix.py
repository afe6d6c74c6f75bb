"""Matrix View: title line of all heads."""

from __future__ import annotations

from dash import html
from dash.development.base_component import Component

from layouts.nouns import nouns_of, worded
from layouts.panels.tint import choice_line
from layouts.parts.buttons import text_button
from layouts.parts.elements import attributes
from layouts.state.head_choice import head_choice
from layouts.state.view_state import ViewState
from precompute.run.run import Run


def matrix_page(view: ViewState, run: Run) -> Component:
    """Return the title line above the plots of all heads."""
    model = run.manifest.model
    drag = "rotate" if view.dims == 3 else "move"
    hint = f"Click a plot to open it; scroll to zoom; drag to {drag}."
    choice = choice_line(run.manifest, view, head_choice(run, view))
    heads = f"{model.n_layers} layers × {model.n_heads} heads"
    key = (
        "Each square is one attention head. Each dot is a {token}, as a query or as a key. "
        "A query near a key attends to it."
    )
    return html.Div(
        [
            html.H1([run.manifest.name, html.Small(heads, className="av-quiet")], className="av-title"),
            html.Div(choice, className="av-row av-head-choice", role="status"),
            html.Div(
                [
                    *([] if choice else [html.Span(hint, className="av-hint")]),
                    text_button("reset-zoom", "Reset zoom"),
                ],
                className="av-row",
            ),
            html.P(worded(key, nouns_of(run.manifest)), className="av-key", **attributes(data_testid="key")),
        ],
        className="av-page-head",
    )
