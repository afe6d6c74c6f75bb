"""How far to trust the picture of one head: its fidelity numbers, small, beside it."""

from __future__ import annotations

import math
from collections.abc import Mapping

from dash import html
from dash.development.base_component import Component

from layouts.state.view_state import ViewState

_NUMBERS = (
    (
        "correlation",
        "distance vs dot product",
        "Spearman correlation of distance and dot product over query-key pairs in this plane; -1 is best.",
    ),
    (
        "attention_recall",
        "strongest partners kept",
        "Share of a point's ten strongest partners of the data set that are among its ten nearest partners here.",
    ),
    (
        "knn_recall",
        "neighbors kept",
        "Share of the 15 nearest neighbors of the joint space that are still nearest in this plane.",
    ),
)


def trust_numbers(view: ViewState, metrics: Mapping[str, float]) -> list[Component]:
    """Return the numbers that the run holds for the head and projection on show.

    Parameters
    ----------
    view : ViewState
        Projection and dimensions are set.
    metrics : mapping of str to float
        All metrics of the head.
    """
    shown: list[Component] = []
    for name, label, explanation in _NUMBERS:
        value = metrics.get(f"{view.projection}.{view.dims}.{name}", math.nan)
        if math.isfinite(value):
            shown.append(html.Span([f"{label} ", html.B(f"{value:.2f}")], title=explanation, className="av-number"))
    return shown
