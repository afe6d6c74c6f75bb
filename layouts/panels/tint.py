"""Tint and order of heads in Matrix View: menu options, legend, and the line that names the heads shown."""

from __future__ import annotations

import numpy as np
from dash import html
from dash.development.base_component import Component

from layouts import ids
from layouts.options import Option
from layouts.parts.buttons import text_button
from layouts.parts.elements import attributes
from layouts.state.head_choice import HeadChoice
from layouts.state.view_state import ViewState
from precompute.format.manifest import Manifest, MetricInfo

STRONGEST = (4, 12, 24)
NO_METRIC = "none"
ALL_HEADS = "all"
"""Menu values of a state without a tint, and of one without a limit."""


def tint_options(manifest: Manifest, view: ViewState) -> list[Option]:
    """Return one option per metric: of heads, of joint spaces, and of the projection on show."""
    layout = f"{view.projection}.{view.dims}."
    return [
        {"value": NO_METRIC, "label": "nothing"},
        *(
            {"value": info.name, "label": info.label}
            for info in manifest.metrics
            if not _of_layout(info, manifest) or info.name.startswith(layout) or info.name == view.tint
        ),
    ]


def strongest_options(manifest: Manifest, view: ViewState) -> list[Option]:
    """Return the choices of heads: all in matrix order, the strongest few or those of the link, or all sorted."""
    total = manifest.model.n_layers * manifest.model.n_heads
    counts = sorted({n for n in (*STRONGEST, view.strongest) if n is not None and n < total})
    return [
        {"value": ALL_HEADS, "label": "all, matrix order"},
        *({"value": str(n), "label": f"{n} strongest"} for n in counts),
        {"value": str(total), "label": "all, strongest first"},
    ]


def tint_legend(manifest: Manifest, view: ViewState, choice: HeadChoice) -> list[Component]:
    """Return the ends of the scale and the description of the metric."""
    if not view.tint:
        return []
    if not np.isfinite(choice.strongest):
        return [html.Div("No head of this run has this metric.", className="av-note")]
    info = next(info for info in manifest.metrics if info.name == view.tint)
    ends = [info.text(value) for value in (choice.weakest, choice.strongest)]
    return [
        html.Div(
            [html.Span(ends[0]), html.Span(className="av-tint-bar"), html.Span(ends[1])], className="av-tint-legend"
        ),
        html.Div(info.description, id=ids.TINT_INFO, hidden=True),
    ]


def choice_line(manifest: Manifest, view: ViewState, choice: HeadChoice) -> list[Component]:
    """Return the line that names the heads shown, with a button back to all; empty for the whole matrix."""
    if choice.order is None:
        return []
    model = manifest.model
    total = model.n_layers * model.n_heads
    count = f"All {total} heads" if len(choice.order) == total else f"{len(choice.order)} of {total} heads"
    parts = [count]
    if view.only:
        parts.append("selected")
    if view.tint:
        label = next(info.label for info in manifest.metrics if info.name == view.tint)
        parts.append(f"strongest first by “{label}”")
    return [
        html.Span(", ".join(parts), **attributes(data_testid="head-choice")),
        text_button("all-heads", "Show all heads", extra_class="av-all-heads"),
    ]


def _of_layout(info: MetricInfo, manifest: Manifest) -> bool:
    return info.name.split(".", 1)[0] in manifest.recipe.projections
