"""Head panel: kinds, metrics and similar heads of one head, beside its plot without a selection."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from dash import dcc, html
from dash.development.base_component import Component

from layouts import ids
from layouts.figures.offset_profile import PROFILE_HEIGHT, offset_figure
from layouts.panels.clusters import DISTANCES, distances_of
from layouts.panels.sinks import SINK_SHARE
from layouts.parts.elements import attributes
from layouts.parts.head_link import head_name, visit_link
from layouts.state.view_state import ViewState
from precompute.findings.find import PartialFinding, find_heads, partial_findings
from precompute.findings.map import nearest_heads
from precompute.numeric import Float32
from precompute.run.run import Run

PROFILE = "offset_profile"
NUMBERS = ("effective_keys", "sink_share", "sink", "focus", "mean_distance", "joint.attention_correlation")
NEAREST = 3


def head_panel() -> Component:
    """Return the empty panel; a callback fills it in."""
    return html.Aside(
        id=ids.HEAD_PANEL,
        className="av-head-panel",
        **attributes(aria_label="About this head", data_testid=ids.HEAD_PANEL),
    )


def head_numbers(view: ViewState, run: Run) -> list[Component]:
    """Return the content of the panel; layer and head of the state are set."""
    layer, head = view.layer or 0, view.head or 0
    metrics = run.metrics(without_sinks=view.no_sinks)
    parts: list[Component] = [
        html.H2("About this head", className="av-heading"),
        *_removed(view, run, layer, head),
        *_kinds(view, run, metrics),
    ]
    profile = run.variant(PROFILE, without_sinks=view.no_sinks)
    if profile in run.manifest.arrays and run.manifest.inputs.kind == "text":
        parts += [
            html.H3("Attention by offset", className="av-panel-title"),
            dcc.Graph(
                figure=offset_figure(run.array(profile)[layer, head], causal=_causal(run, layer)),
                config={"displayModeBar": False, "responsive": True},
                className="av-figure",
                style={"height": f"{PROFILE_HEIGHT}px"},
                id=ids.OFFSET_FIGURE,
            ),
        ]
    return [*parts, *_numbers(run, metrics, layer, head), *_neighbors(view, run, layer, head)]


def _causal(run: Run, layer: int) -> bool:
    return run.manifest.masks[layer] == "causal"


def _removed(view: ViewState, run: Run, layer: int, head: int) -> list[Component]:
    """Return the share of attention that the sinks switch leaves out of this head."""
    if not view.no_sinks or SINK_SHARE not in {info.name for info in run.manifest.metrics}:
        return []
    share = float(run.metric(SINK_SHARE)[layer, head])
    words = run.sink_names
    said = f"{share:.0%} of its attention went to {words} and is left out; the rest is rescaled to sum to 1."
    return [html.P(said, className="av-note", **attributes(data_testid="removed-share"))]


def _kinds(view: ViewState, run: Run, metrics: Mapping[str, Float32]) -> list[Component]:
    inputs = run.manifest.inputs.kind
    own = _of_head(view, metrics)
    alone = _of_head(view, run.metrics(without_sinks=True)) if _knows_sinks(run) else {}
    findings = find_heads(own, inputs, without_sinks=alone)
    if not findings:
        partly = [_partly(run, each) for each in partial_findings(own, {} if view.no_sinks else alone, inputs)]
        return partly or [html.P("No known pattern found.", className="av-note")]
    items = [
        html.Li([html.B(finding.kind.title), f" {finding.heads[0].score:.2f}. {finding.kind.sentence}"])
        for finding in findings
    ]
    return [html.Ul(items, className="av-kinds")]


def _of_head(view: ViewState, metrics: Mapping[str, Float32]) -> dict[str, Float32]:
    """Return the metrics of the head on show, float32 [1, 1] each."""
    layer, head = view.layer or 0, view.head or 0
    return {name: values[layer : layer + 1, head : head + 1] for name, values in metrics.items()}


def _knows_sinks(run: Run) -> bool:
    return run.variant("head_metrics", without_sinks=True) != "head_metrics"


def _partly(run: Run, found: PartialFinding) -> Component:
    """Return a line such as "Partly previous token: 0.41, 0.72 without special tokens."."""
    words = run.sink_names
    said = f" {found.score:.2f}" if math.isfinite(found.score) else ""
    if math.isfinite(found.score_without_sinks) and words:
        said += f"{',' if said else ''} {found.score_without_sinks:.2f} without {words}"
    title = html.B(f"Partly {found.kind.title.lower()}:")
    return html.P([title, f"{said}. {found.kind.sentence}"], className="av-note", **attributes(data_testid="partly"))


def _numbers(run: Run, metrics: Mapping[str, Float32], layer: int, head: int) -> Sequence[Component]:
    infos = {info.name: info for info in run.manifest.metrics}
    rows: list[Component] = []
    for name in NUMBERS:
        value = float(metrics[name][layer, head]) if name in infos else math.nan
        if math.isfinite(value):
            rows += [
                html.Dt(infos[name].label, title=infos[name].description),
                html.Dd(f"{value:.2f}"),
            ]
    return [html.Dl(rows, className="av-numbers")] if rows else []


def _neighbors(view: ViewState, run: Run, layer: int, head: int) -> list[Component]:
    if DISTANCES not in run.manifest.arrays:
        return []
    n_heads = run.manifest.model.n_heads
    near = nearest_heads(distances_of(view, run), layer * n_heads + head, NEAREST)
    if not near:
        return []
    items = []
    for other in near:
        there = divmod(other.second, n_heads)
        link = visit_link(view.with_changes(layer=there[0], head=there[1]), head_name(run.manifest.model, *there))
        items.append(html.Li([link, html.Span(f" {other.shared:.0%} shared attention", className="av-quiet")]))
    return [html.H3("Most similar heads", className="av-panel-title"), html.Ul(items, className="av-pairs")]
