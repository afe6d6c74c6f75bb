"""Finding cards: known kinds of heads in this run, with links to their plots."""

from __future__ import annotations

import numpy as np
from dash import html
from dash.development.base_component import Component

from layouts import ids
from layouts.colors.tokens import VARIANTS
from layouts.figures.thumbnail import SIDE, thumbnail
from layouts.parts.elements import attributes
from layouts.parts.head_link import head_name, relative, visit_link
from layouts.state.resolution import PREFERRED_PROJECTION, projection_choices
from layouts.state.view_state import ViewState
from precompute.findings.examples import example_of
from precompute.findings.find import Finding, FoundHead
from precompute.numeric import Float32
from precompute.run.run import Run


def findings_strip() -> Component:
    """Return the empty strip above the matrix; a callback fills it in."""
    return html.Section(
        id=ids.FINDINGS,
        className="av-findings",
        **attributes(aria_label="Findings", data_testid=ids.FINDINGS),
    )


def finding_cards(view: ViewState, run: Run) -> list[Component]:
    """Return a heading that folds the strip, and a card for each kind of head; nothing without findings."""
    findings = run.findings(without_sinks=view.no_sinks)
    if not findings:
        return []
    count = "1 kind of head" if len(findings) == 1 else f"{len(findings)} kinds of heads"
    return [
        html.Div(
            [
                html.Button(
                    "Findings",
                    type="button",
                    className="av-findings-fold",
                    **attributes(data_action="fold-findings", aria_controls=ids.FINDING_CARDS),
                ),
                html.Span(f"{count}, strongest first", className="av-quiet"),
                visit_link(ViewState(view="heads", run=run.manifest.run, no_sinks=view.no_sinks), "Metrics of heads"),
            ],
            className="av-findings-head",
        ),
        html.Ul([_card(view, run, finding) for finding in findings], id=ids.FINDING_CARDS, className="av-cards"),
    ]


def finding_link(view: ViewState, run: Run, finding: Finding, head: FoundHead) -> ViewState:
    """Return the state that shows a head of a finding, in the finding's color, with an example selected."""
    color = _color(run, finding)
    instance, token = _example(run, finding, color)
    return ViewState(
        view="head",
        run=run.manifest.run,
        projection=_projection(run),
        color=color,
        layer=head.layer,
        head=head.head,
        instance=instance,
        token=token,
        side=finding.kind.side if token is not None else "query",
        no_sinks=view.no_sinks,
    )


def _card(view: ViewState, run: Run, finding: Finding) -> Component:
    strongest = finding.heads[0]
    target = finding_link(view, run, finding, strongest)
    others = [
        visit_link(finding_link(view, run, finding, head), f"{head_name(head.layer, head.head)} {head.score:.2f}")
        for head in finding.heads
    ]
    more = finding.count - len(finding.heads)
    shown = (run, target.projection, target.color, strongest.layer, strongest.head)
    return html.Li(
        [
            html.A(
                [
                    html.Img(
                        src=thumbnail(*shown, variant, without_sinks=view.no_sinks),
                        alt="",
                        width=SIDE,
                        height=SIDE,
                        className=f"av-legend-variant av-legend-{variant}",
                    )
                    for variant in VARIANTS
                ],
                href=relative(target),
                className="av-card-picture",
                **attributes(data_action="visit", aria_hidden="true"),
                tabIndex=-1,
            ),
            html.Div(
                [
                    html.H3(visit_link(target, finding.kind.title), className="av-card-title"),
                    html.P(finding.kind.sentence, className="av-card-text"),
                    html.Div(
                        [*others, *([html.Span(f"and {more} more", className="av-quiet")] if more else [])],
                        className="av-card-heads",
                    ),
                ]
            ),
        ],
        className="av-card",
        **attributes(data_testid="finding"),
    )


def _example(run: Run, finding: Finding, color: str) -> tuple[int, int | None]:
    """Return instance and token of an example; of images, the one whose patches differ most in color."""
    if run.manifest.inputs.kind != "image" or f"encoding.{color}" not in run.manifest.arrays:
        return example_of(finding.kind.shown_by, run.tokens)
    values = run.encoding(color)
    if values.shape != (run.n_tokens,):
        return example_of(finding.kind.shown_by, run.tokens)
    spreads = [_spread(values[slice(*run.token_range(i))]) for i in range(run.manifest.inputs.n_instances)]
    return int(np.argmax(spreads)), None


def _spread(values: Float32) -> float:
    known = values[np.isfinite(values)]
    return float(known.std() * len(known) / len(values)) if len(known) else 0.0


def _projection(run: Run) -> str:
    flat = [choice.name for choice in projection_choices(run.manifest) if 2 in choice.dims]
    if not flat:
        return projection_choices(run.manifest)[0].name
    return PREFERRED_PROJECTION if PREFERRED_PROJECTION in flat else flat[0]


def _color(run: Run, finding: Finding) -> str:
    names = [info.name for info in run.manifest.encodings]
    return finding.kind.color if finding.kind.color in names else names[0]
