"""Mean attention of a head by offset from query to key."""

from __future__ import annotations

import numpy as np
import plotly.graph_objects as go

from layouts.figures.appearance import ACCENT, QUIET, calm
from precompute.numeric import Float32

PROFILE_HEIGHT = 150
"""Pixels."""

WIDEST = 12
"""Largest offset shown to either side; more bars would be too thin to hover."""


def offset_figure(profile: Float32, *, causal: bool) -> go.Figure:
    """Return the bar chart.

    Parameters
    ----------
    profile : float32 [2 R + 1]
        Column R + k: mean attention at query position - key position = k.
    causal : bool
        Whether later tokens are masked, and so left out.

    Returns
    -------
    Figure
        Tokens before the query on the left, after it on the right; the strongest offset in the accent color.
    """
    reach = len(profile) // 2
    shown = min(reach, WIDEST)
    places = np.arange(-shown, 1 if causal else shown + 1)
    attention = profile[reach - places]
    colors = np.where(attention == attention.max(), ACCENT, QUIET)
    figure = go.Figure(
        go.Bar(
            x=places.tolist(),
            y=attention.astype(float).tolist(),
            marker={"color": colors.tolist()},
            text=[_offset_text(int(place)) for place in places],
            textposition="none",
            hovertemplate="%{text}: %{y:.3f}<extra></extra>",
        )
    )
    figure.update_xaxes(
        title={"text": "offset from query to key, in tokens", "standoff": 4},
        zeroline=False,
        showgrid=False,
        dtick=4,
        fixedrange=True,
    )
    figure.update_yaxes(
        title={"text": "mean attention", "standoff": 4}, rangemode="tozero", nticks=4, fixedrange=True, zeroline=False
    )
    return calm(figure, height=PROFILE_HEIGHT, margin=(48, 4, 8, 36)).update_layout(bargap=0.2)


def _offset_text(place: int) -> str:
    if place == 0:
        return "the token itself"
    noun = "token" if abs(place) == 1 else "tokens"
    return f"{abs(place)} {noun} {'before' if place < 0 else 'after'}"
