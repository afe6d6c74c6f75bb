"""Findings: a line of chips above the matrix, one for each known kind of head, with links to the plots."""

from __future__ import annotations

import numpy as np
from dash import html
from dash.development.base_component import Component

from layouts import ids
from layouts.colors.tokens import VARIANTS
from layouts.figures.thumbnail import SIDE, thumbnail
from layouts.panels.sinks import sinks_label
from layouts.parts.elements import attributes
from layouts.parts.head_link import head_name, relative, visit_link
from layouts.state.head_choice import write_heads
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


def finding_chips(view: ViewState, run: Run) -> list[Component]:
    """Return a line of chips, one for each kind of head, and what the sinks hide; nothing without either."""
    findings = run.findings(without_sinks=view.no_sinks)
    revealed = _revealed(view, run, findings)
    if not findings and not revealed:
        return []
    return [
        html.H2("Findings", className="av-findings-title"),
        html.Ul([_chip(view, run, finding) for finding in findings], className="av-chips"),
        *revealed,
    ]


def _revealed(view: ViewState, run: Run, findings: tuple[Finding, ...]) -> list[Component]:
    """Return a link that leaves the sinks out, if they hide kinds of heads; its help text names the kinds."""
    if view.no_sinks or run.variant("head_metrics", without_sinks=True) == "head_metrics":
        return []
    seen = {finding.kind.title for finding in findings}
    hidden = [each.kind.title for each in run.findings(without_sinks=True) if each.kind.title not in seen]
    if not hidden:
        return []
    count = "1 more kind" if len(hidden) == 1 else f"{len(hidden)} more kinds"
    return [
        html.Div(
            [
                visit_link(view.with_changes(no_sinks=True), sinks_label(run)),
                html.Span(count, className="av-quiet"),
                html.Span(f"Also found: {', '.join(hidden)}.", id="finding-revealed", hidden=True),
            ],
            className="av-revealed",
            **attributes(data_testid="revealed", data_info="finding", aria_describedby="finding-revealed"),
        )
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
        no_sinks=view.no_sinks or finding.kind.sinks_hide,
    )


def _chip(view: ViewState, run: Run, finding: Finding) -> Component:
    """Return thumbnail, title and strongest head of a finding; the sentence is its help text."""
    strongest = finding.heads[0]
    target = finding_link(view, run, finding, strongest)
    shown = (run, target.projection, target.color, strongest.layer, strongest.head)
    pictures = [
        html.Img(
            src=thumbnail(*shown, variant, without_sinks=target.no_sinks),
            alt="",
            width=SIDE,
            height=SIDE,
            className=f"av-legend-variant av-legend-{variant}",
        )
        for variant in VARIANTS
    ]
    picture = html.A(
        pictures,
        href=relative(target),
        className="av-chip-picture",
        tabIndex=-1,
        **attributes(data_action="visit", aria_hidden="true"),
    )
    text_id = "finding-" + finding.kind.title.lower().replace(" ", "-")
    title = visit_link(target, finding.kind.title, class_name="av-chip-title")
    best = visit_link(target, f"{head_name(run.manifest.model, strongest.layer, strongest.head)} {strongest.score:.2f}")
    return html.Li(
        [
            picture,
            html.Div([title, html.Div([best, *_more(view, run, finding)], className="av-chip-heads")]),
            html.Span(finding.kind.sentence, id=text_id, hidden=True),
        ],
        className="av-chip",
        **attributes(data_testid="finding", data_info="finding", aria_describedby=text_id),
    )


def _more(view: ViewState, run: Run, finding: Finding) -> list[Component]:
    """Return a link to all heads of a finding, strongest first."""
    more = len(finding.heads) - 1
    if not more:
        return []
    every = write_heads((head.layer, head.head) for head in finding.heads)
    target = ViewState(
        run=run.manifest.run,
        projection=view.projection,
        dims=view.dims,
        color=_color(run, finding),
        tint=finding.metric,
        only=every,
        no_sinks=view.no_sinks,
    )
    return [visit_link(target, f"and {more} more")]


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
