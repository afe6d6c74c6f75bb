"""What all plotly figures share: no ground of their own, small margins, colors left to the style sheet."""

from __future__ import annotations

from html import escape

import plotly.graph_objects as go

ACCENT = "#5b8def"
"""Reads on white and on black; text and lines get theirs from assets/css/findings.css."""

QUIET = "#8a919c"


def calm(figure: go.Figure, *, height: int, margin: tuple[int, int, int, int]) -> go.Figure:
    """Lay a figure out for a page with a theme.

    Parameters
    ----------
    figure : Figure
        Changed in place.
    height : int
        Pixels.
    margin : tuple of int
        Left, right, top, bottom, in pixels.

    Returns
    -------
    Figure
        The same.
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
    """Return a text that plotly shows as it is: plotly reads links and styles in the texts of its figures.

    Parameters
    ----------
    text : str
        Perhaps from a file or another machine.
    """
    return escape(text, quote=False)
