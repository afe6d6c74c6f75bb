"""A small picture of a head, as an inline drawing."""

from __future__ import annotations

from collections import defaultdict
from urllib.parse import quote

import numpy as np
from numpy.typing import NDArray

from layouts.colors.bytes import color_bytes, color_table
from layouts.colors.palettes import Variant, palette_for
from precompute.run.run import Run

POINTS = 360
"""Points of the picture; the draw order is a fixed shuffle, so the first ones are a fair sample."""

SIDE = 96
"""Pixels that it is made for."""

_UNITS = 960
_INSET = 30
_DOT = 30


def thumbnail(
    run: Run, projection: str, color: str, layer: int, head: int, variant: Variant, *, without_sinks: bool = False
) -> str:
    """Draw a sample of a head's points.

    Parameters
    ----------
    run : Run
        With this projection in two dimensions.
    projection, color : str
        Names of a projection and of an encoding.
    layer, head : int
        From 0.
    variant : {"standard", "safe"}
        Of the colors.
    without_sinks : bool
        Whether sinks are left out.

    Returns
    -------
    str
        A ``data:`` address of an SVG without a ground: for each color one path, whose strokes of no length are dots.
    """
    info = next(info for info in run.manifest.encodings if info.name == color)
    table = color_table(palette_for(info, variant))
    vertices = _sample(run, without_sinks=without_sinks)
    points = run.draw_order[vertices]
    places = run.array(f"coords.{projection}.2")[layer, head, vertices] / 65535 * (_UNITS - 2 * _INSET) + _INSET
    colors = color_bytes(run, info)
    chosen = colors[layer, head, vertices] if colors.ndim == 3 else colors[points]
    dots: defaultdict[str, list[str]] = defaultdict(list)
    for point, value, (x, y) in zip(points, chosen, places, strict=True):
        red, green, blue = table[int(point >= run.n_tokens), value]
        dots[f"#{red:02x}{green:02x}{blue:02x}"].append(f"M{x:.0f} {_UNITS - y:.0f}h0")
    paths = "".join(f'<path stroke="{fill}" d="{"".join(places)}"/>' for fill, places in dots.items())
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_UNITS} {_UNITS}" '
        f'stroke-linecap="round" stroke-width="{_DOT}">{paths}</svg>'
    )
    return "data:image/svg+xml," + quote(svg, safe=" =:/'\"")


def _sample(run: Run, *, without_sinks: bool) -> NDArray[np.intp]:
    """Choose the first vertices that are shown: the draw order is shuffled."""
    tokens = run.draw_order % run.n_tokens
    shown = ~run.sinks[tokens] if without_sinks else np.ones(len(tokens), bool)
    return np.flatnonzero(shown)[:POINTS]
