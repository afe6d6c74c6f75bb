"""Tinting the plots of Matrix View by a metric: the control, its legend, and the shade of every head."""

from __future__ import annotations

from dataclasses import dataclass

import dash_bootstrap_components as dbc
import numpy as np
from dash import html
from dash.development.base_component import Component
from numpy.typing import NDArray

from layouts import ids
from layouts.attributes import attributes
from layouts.buttons import text_button
from layouts.findings.head_set import read_heads
from layouts.options import Option
from layouts.view_state import ViewState
from precompute.findings import lower_is_stronger
from precompute.run import Run
from precompute.types import Float32, Manifest, MetricInfo

STRONGEST = (4, 12, 24)
NO_METRIC = "none"
ALL_HEADS = "all"
"""What the menus say for a state without a tint, or without a limit: menus show nothing for an empty value."""


@dataclass(frozen=True)
class Tint:
    """How the heads of a run are tinted.

    Attributes
    ----------
    shades : float32 [L, H]
        0 (weakest) to 1 (strongest of the run); NaN for a head without a tint.
    weakest, strongest : float
        Values at the ends of the shades; NaN where heads are only marked.
    """

    shades: Float32
    weakest: float
    strongest: float

    @property
    def count(self) -> int:
        """Heads with a tint."""
        return int(np.isfinite(self.shades).sum())


def tint_group() -> Component:
    """Return the control, for Matrix View; a callback fills it in."""
    return html.Section(
        [
            html.Label("Tint heads by", htmlFor=ids.TINT, className="av-label"),
            dbc.Select(id=ids.TINT, size="sm"),
            html.Div(
                [
                    html.Label("Mark", htmlFor=ids.STRONGEST, className="av-tint-word"),
                    dbc.Select(id=ids.STRONGEST, size="sm", options=strongest_options(), value=ALL_HEADS),
                ],
                className="av-row av-tint-row",
            ),
            html.Div(id=ids.TINT_LEGEND, **attributes(data_testid=ids.TINT_LEGEND)),
        ],
        id=ids.TINT_GROUP,
        className="av-group av-matrix-only",
    )


def tint_options(manifest: Manifest, view: ViewState) -> list[Option]:
    """One option a metric: those of heads and joint spaces, and those of the projection on show."""
    plane = f"{view.projection}.{view.dims}."
    return [
        {"value": NO_METRIC, "label": "nothing"},
        *(
            {"value": info.name, "label": info.label}
            for info in manifest.metrics
            if not _of_a_plane(info, manifest) or info.name.startswith(plane) or info.name == view.tint
        ),
    ]


def strongest_options() -> list[Option]:
    """How many heads are tinted."""
    return [
        {"value": ALL_HEADS, "label": "all heads"},
        *({"value": str(n), "label": f"the {n} strongest"} for n in STRONGEST),
    ]


def tint_of(run: Run, view: ViewState) -> Tint | None:
    """Work out how the heads are tinted.

    Parameters
    ----------
    run : Run
        The run on show.
    view : ViewState
        Resolved: the metric, how many heads, which heads.

    Returns
    -------
    Tint or None
        None where no head is tinted.
    """
    model = run.manifest.model
    chosen = read_heads(view.only, model.n_layers, model.n_heads)
    if not view.tint and not chosen:
        return None
    shape = (model.n_layers, model.n_heads)
    shown: NDArray[np.bool_] = np.zeros(shape, bool) if chosen else np.ones(shape, bool)
    for layer, head in chosen:
        shown[layer, head] = True
    if not view.tint:
        return Tint(np.where(shown, 1, np.nan).astype(np.float32), np.nan, np.nan)
    values = np.asarray(run.metric(view.tint), np.float64)
    strength = -values if lower_is_stronger(view.tint) else values
    shown &= np.isfinite(strength)
    if not shown.any():
        return Tint(np.full(shape, np.nan, np.float32), np.nan, np.nan)
    known = strength[np.isfinite(strength)]
    low, high = float(known.min()), float(known.max())
    if view.strongest is not None:
        ranked = np.sort(strength[shown])[::-1]
        shown &= strength >= ranked[min(view.strongest, len(ranked)) - 1]
    shades = (strength - low) / (high - low) if high > low else np.ones(shape)
    sign = -1 if lower_is_stronger(view.tint) else 1
    return Tint(np.where(shown, shades, np.nan).astype(np.float32), sign * low, sign * high)


def tint_legend(manifest: Manifest, view: ViewState, tint: Tint | None) -> list[Component]:
    """Return the ends of the shades and the metric's sentence."""
    parts: list[Component] = []
    if tint is not None and np.isfinite(tint.strongest):
        info = next(info for info in manifest.metrics if info.name == view.tint)
        parts.append(
            html.Div(
                [
                    html.Span(f"{tint.weakest:.2f}"),
                    html.Span(className="av-tint-bar"),
                    html.Span(f"{tint.strongest:.2f}"),
                ],
                className="av-tint-legend",
            )
        )
        parts.append(html.Div(info.description, className="av-note"))
    elif tint is not None and view.tint:
        parts.append(html.Div("No head of this run has this number.", className="av-note"))
    if tint is not None and view.only:
        heads = "1 head is" if tint.count == 1 else f"{tint.count} heads are"
        parts.append(html.Div(f"{heads} marked, chosen on the map of heads.", className="av-note"))
        parts.append(text_button("forget-heads", "Forget the choice", extra_class="av-tint-forget"))
    return parts


def _of_a_plane(info: MetricInfo, manifest: Manifest) -> bool:
    return info.name.split(".", 1)[0] in manifest.recipe.projections
