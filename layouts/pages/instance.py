"""Instance page: title line of one sentence or image in one head."""

from __future__ import annotations

from dash import html
from dash.development.base_component import Component

from layouts.nouns import nouns_of, worded
from layouts.pages.head import head_arrows, head_title
from layouts.parts.buttons import text_button
from layouts.state.view_state import ViewState
from precompute.run.run import Run


def instance_page(view: ViewState, run: Run) -> Component:
    """Return the title line; layer, head and instance of the state are set."""
    inputs = run.manifest.inputs
    noun = worded("{Instance}", nouns_of(run.manifest))
    return html.Div(
        [
            html.H1(
                [
                    f"{noun} {(view.instance or 0) + 1} of {inputs.n_instances}",
                    html.Small(f"{head_title(view, run)} · {run.manifest.name}", className="av-quiet"),
                ],
                className="av-title",
            ),
            html.Div(
                [
                    html.Span("Head", className="av-quiet"),
                    head_arrows(view, run),
                    text_button("open-head", "Show in head"),
                ],
                className="av-row",
            ),
        ],
        className="av-page-head",
    )
