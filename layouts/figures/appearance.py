"""Shared layout of plotly figures: transparent background, small margins, colors from the style sheet."""

from __future__ import annotations

from html import escape

import plotly.graph_objects as go

from layouts.colors.tokens import color_token

ACCENT = color_token("figure-accent")
"""Legible on white and on black; assets/css/findings.css colors text and lines."""

QUIET = color_token("figure-quiet")


def calm(figure: go.Figure, *, height: int, margin: tuple[int, int, int, int]) -> go.Figure:
    """Apply the shared layout to a figure in place and return it.

    Parameters
    ----------
    height : int
        Pixels.
    margin : tuple of int
        Left, right, top, bottom, in pixels.
    """
    left, right, top, bottom = margin
    return figure.update_layout(
        template="none",
        height=height,
        margin={"l": left, "r": right, "t": top, "b": bottom},
        paper_bgcolor="rgba(0,0,0,0)",
        plot_bgcolor="rgba(0,0,0,0)",
        showlegend=False,
        font={"family": "inherit", "size": 11, "color": QUIET},
        hoverlabel={"align": "left"},
    )


def figure_text(text: str) -> str:
    """Return an untrusted text escaped for plotly, which reads links and styles in the texts of figures."""
    return escape(text, quote=False)
