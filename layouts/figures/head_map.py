"""Map of heads: heads that attend alike lie close together."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from layouts.figures.appearance import QUIET, calm, figure_text
from precompute.numeric import Float32

MAP_HEIGHT = 340
"""Pixels."""

MOST_NAMED = 24
"""Most heads with names on the map; more are named on hover only."""


def head_map_figure(coords: Float32, names: Sequence[str], values: Float32, label: str) -> go.Figure:
    """Return the map.

    Parameters
    ----------
    coords : float32 [n, 2]
        From :func:`precompute.findings.map.head_map`.
    values : float32 [n]
        Color values; a head without a finite value is hollow.
    label : str
        Of the values.

    Returns
    -------
    Figure
        Point i is head i (``pointNumber``); both axes have the same scale.
    """
    known = np.isfinite(values)
    lowest = float(values[known].min()) if known.any() else 0.0
    decimals = 0 if (values[known] == np.rint(values[known])).all() else 2
    figure = go.Figure(
        go.Scatter(
            x=coords[:, 0].astype(float).tolist(),
            y=coords[:, 1].astype(float).tolist(),
            text=list(names),
            meta=figure_text(label),
            customdata=[f"{value:.{decimals}f}" if np.isfinite(value) else "none" for value in values],
            mode="markers+text" if len(names) <= MOST_NAMED else "markers",
            textposition="top center",
            marker={
                "size": 10,
                "symbol": np.where(known, "circle", "circle-open").tolist(),
                "color": np.where(known, values, lowest).astype(float).tolist(),
                "colorscale": "Viridis",
                "line": {"width": 0.5, "color": QUIET},
                "colorbar": {
                    "title": {"text": figure_text(label), "side": "right"},
                    "thickness": 8,
                    "len": 0.7,
                    "outlinewidth": 0,
                },
            },
            # A label within the template could name values of the figure itself.
            hovertemplate="%{text}<br>%{meta}: %{customdata}<extra></extra>",
        )
    )
    figure.update_xaxes(visible=False)
    figure.update_yaxes(visible=False, scaleanchor="x", scaleratio=1)
    return calm(figure, height=MAP_HEIGHT, margin=(8, 8, 8, 8)).update_layout(dragmode="lasso", uirevision="map")
