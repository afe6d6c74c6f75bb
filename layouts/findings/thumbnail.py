"""A small picture of a head, as an inline drawing."""

from __future__ import annotations

from urllib.parse import quote

import numpy as np

from layouts.colors import color_bytes
from layouts.palettes import palette_for
from precompute.run import Run

POINTS = 360
"""Points of the picture; the draw order is a fixed shuffle, so the first ones are a fair sample."""

SIDE = 96


def thumbnail(run: Run, projection: str, color: str, layer: int, head: int) -> str:
    """Draw a sample of a head's points.

    Parameters
    ----------
    run : Run
        With this projection in two dimensions.
    projection, color : str
        Names of a projection and of an encoding.
    layer, head : int
        From 0.

    Returns
    -------
    str
        A ``data:`` address of an SVG, 96 units wide, without a ground.
    """
    info = next(info for info in run.manifest.encodings if info.name == color)
    palette = palette_for(info, "standard")
    places = run.array(f"coords.{projection}.2")[layer, head, :POINTS] / 65535
    points = np.asarray(run.draw_order[:POINTS])
    colors = color_bytes(run, info)
    bytes_ = colors[layer, head, :POINTS] if colors.ndim == 3 else colors[points]
    dots = []
    for point, value, (x, y) in zip(points, bytes_, places, strict=True):
        ramp = palette.query if point < run.n_tokens else palette.key
        fill = ramp[int(value) % len(ramp)]
        dots.append(f'<circle cx="{3 + 90 * x:.1f}" cy="{93 - 90 * y:.1f}" r="1.5" fill="{fill}"/>')
    svg = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {SIDE} {SIDE}">{"".join(dots)}</svg>'
    return "data:image/svg+xml," + quote(svg)
