"""Tinting and sorting the plots of Matrix View by a metric: the control, its legend, and what is on show."""

from __future__ import annotations

import dash_bootstrap_components as dbc
import numpy as np
from dash import html
from dash.development.base_component import Component

from layouts import ids
from layouts.options import Option
from layouts.parts.attributes import attributes
from layouts.parts.buttons import text_button
from layouts.parts.info import info_button
from layouts.state.head_choice import HeadChoice
from layouts.state.view_state import ViewState
from precompute.format.manifest import Manifest, MetricInfo

STRONGEST = (4, 12, 24)
NO_METRIC = "none"
ALL_HEADS = "all"
"""What the menus say for a state without a tint, or without a limit: menus show nothing for an empty value."""


def tint_group() -> Component:
    """Return the control, for Matrix View; a callback fills it in."""
    return html.Section(
        [
            html.Div(
                [
                    html.Label("Tint and sort heads by", htmlFor=ids.TINT, className="av-label"),
                    info_button("tint", "Tint and sort heads by"),
                ],
                className="av-label-row",
            ),
            dbc.Select(id=ids.TINT, size="sm"),
            html.Div(
                [
                    html.Label("Show", htmlFor=ids.STRONGEST, className="av-tint-word"),
                    dbc.Select(id=ids.STRONGEST, size="sm", disabled=True),
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


def strongest_options(total: int, asked: int | None = None) -> list[Option]:
    """Which heads are shown: all in their places, the strongest few, or all with the strongest first.

    Parameters
    ----------
    total : int
        Heads of the run.
    asked : int, optional
        A number that is on show, and so has an entry.
    """
    counts = sorted({n for n in (*STRONGEST, asked) if n is not None and n < total})
    return [
        {"value": ALL_HEADS, "label": "all, in their places"},
        *({"value": str(n), "label": f"the {n} strongest"} for n in counts),
        {"value": str(total), "label": "all, strongest first"},
    ]


def tint_legend(manifest: Manifest, view: ViewState, choice: HeadChoice) -> list[Component]:
    """Return the ends of the shades and the metric's sentence."""
    if not view.tint:
        return []
    if not np.isfinite(choice.strongest):
        return [html.Div("No head of this run has this number.", className="av-note")]
    info = next(info for info in manifest.metrics if info.name == view.tint)
    ends = [info.text(value) for value in (choice.weakest, choice.strongest)]
    return [
        html.Div(
            [html.Span(ends[0]), html.Span(className="av-tint-bar"), html.Span(ends[1])], className="av-tint-legend"
        ),
        html.Div(info.description, className="av-note"),
    ]


def choice_line(manifest: Manifest, view: ViewState, choice: HeadChoice) -> list[Component]:
    """Say which heads are on show where not all are in their places, with the way back.

    Parameters
    ----------
    manifest : Manifest
        Of the run on show.
    view : ViewState
        Resolved.
    choice : HeadChoice
        What it shows.
    """
    if choice.order is None:
        return []
    model = manifest.model
    total = model.n_layers * model.n_heads
    count = f"All {total} heads" if len(choice.order) == total else f"{len(choice.order)} of {total} heads"
    parts = [count]
    if view.only:
        parts.append("chosen on the map of heads")
    if view.tint:
        label = next(info.label for info in manifest.metrics if info.name == view.tint)
        parts.append(f"strongest first by “{label}”")
    return [
        html.Span(", ".join(parts), **attributes(data_testid="head-choice")),
        text_button("all-heads", "Back to all heads", extra_class="av-all-heads"),
    ]


def _of_a_plane(info: MetricInfo, manifest: Manifest) -> bool:
    return info.name.split(".", 1)[0] in manifest.recipe.projections
