"""Thumbnail of a head, as an inline SVG."""

from __future__ import annotations

from collections import defaultdict
from urllib.parse import quote

import numpy as np
from numpy.typing import NDArray

from layouts.colors.bytes import color_table, head_color_bytes
from layouts.colors.encodings import encoding_named
from layouts.colors.palettes import palette_for
from layouts.colors.tokens import Variant
from precompute.run.run import Run

POINTS = 360
"""Points of a thumbnail: the first ones, a random sample because the draw order is a fixed shuffle."""

SIDE = 96
"""Intended size in pixels."""

_UNITS = 960
_INSET = 30
_DOT = 30


def thumbnail(
    run: Run, projection: str, color: str, layer: int, head: int, variant: Variant, *, without_sinks: bool = False
) -> str:
    """Draw a sample of a head's points.

    Parameters
    ----------
    projection, color : str
        Names of a two-dimensional projection and of an encoding of the run.
    layer, head : int
        From 0.

    Returns
    -------
    str
        A ``data:`` URL of a transparent SVG, one path per color; strokes of zero length are dots.
    """
    info = encoding_named(run.manifest, color)
    table = color_table(palette_for(info, variant))
    vertices = _sample(run, without_sinks=without_sinks)
    points = run.draw_order[vertices]
    layout = run.layout(projection, 2, layer, head, without_sinks=without_sinks)
    positions = layout.coords[vertices] / 65535 * (_UNITS - 2 * _INSET) + _INSET
    chosen = head_color_bytes(run, info, layout, (layer, head))[vertices]
    dots: defaultdict[str, list[str]] = defaultdict(list)
    for point, value, (x, y) in zip(points, chosen, positions, strict=True):
        red, green, blue = table[int(point >= run.n_tokens), value]
        dots[f"#{red:02x}{green:02x}{blue:02x}"].append(f"M{x:.0f} {_UNITS - y:.0f}h0")
    paths = "".join(f'<path stroke="{fill}" d="{"".join(positions)}"/>' for fill, positions in dots.items())
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_UNITS} {_UNITS}" '
        f'stroke-linecap="round" stroke-width="{_DOT}">{paths}</svg>'
    )
    return "data:image/svg+xml," + quote(svg, safe=" =:/'\"")


def _sample(run: Run, *, without_sinks: bool) -> NDArray[np.intp]:
    """Return the first visible vertices in draw order."""
    tokens = run.draw_order % run.n_tokens
    shown = ~run.sinks[tokens] if without_sinks else np.ones(len(tokens), bool)
    return np.flatnonzero(shown)[:POINTS]
