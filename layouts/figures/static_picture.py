"""Image of a view, rendered on the server for browsers without WebGL."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from layouts.colors.bytes import color_table, head_color_bytes, rgb_of
from layouts.colors.encodings import encoding_named
from layouts.colors.palettes import palette_for
from layouts.colors.tokens import Theme, color_token
from layouts.state.head_choice import head_choice
from layouts.state.view_state import ViewState
from precompute.format.manifest import EncodingInfo
from precompute.run.run import Run

Pixels = NDArray[np.uint8]

MARGIN = 0.04
MAX_SIDE = 4096


def static_picture(run: Run, view: ViewState, *, theme: Theme = "light", cell: int = 96, side: int = 800) -> Pixels:
    """Return the heads that a resolved state shows, or its single head, seen from the front.

    Parameters
    ----------
    view : ViewState
        Heads in an order of their own fill a square grid row by row; the state may exclude sinks.
    theme : {"light", "dark"}
        Of the background.
    cell : int
        Side of a cell of the matrix, in pixels; smaller when the matrix would exceed ``MAX_SIDE``.
    side : int
        Side of the picture of one head, in pixels.

    Returns
    -------
    uint8 [height, width, 3]
        Red, green, blue.
    """
    model = run.manifest.model
    info = encoding_named(run.manifest, view.color)
    if view.layer is not None and view.head is not None:
        return _head(run, view, (view.layer, view.head), info, theme, side)
    order = head_choice(run, view).order
    heads = range(model.n_layers * model.n_heads) if order is None else order
    columns = model.n_heads if order is None else math.ceil(math.sqrt(len(order)))
    n_rows = math.ceil(len(heads) / columns)
    cell = min(cell, MAX_SIDE // max(n_rows, columns))
    pixels = np.full((n_rows * cell, columns * cell, 3), rgb_of(color_token("bg", theme)), np.uint8)
    for place, head in enumerate(heads):
        top, left = cell * (place // columns), cell * (place % columns)
        drawn = _head(run, view, divmod(head, model.n_heads), info, theme, cell)
        pixels[top : top + cell, left : left + cell] = drawn
    return pixels


def _head(run: Run, view: ViewState, where: tuple[int, int], info: EncodingInfo, theme: Theme, side: int) -> Pixels:
    pixels = np.full((side, side, 3), rgb_of(color_token("bg", theme)), np.uint8)
    pixels[-1] = pixels[:, -1] = rgb_of(color_token("frame", theme))
    order = run.draw_order
    layout = run.layout(view.projection, view.dims, *where, without_sinks=view.no_sinks)
    coords = layout.coords[:, :2].astype(np.float32) / 65535
    places = (MARGIN * side + coords * (1 - 2 * MARGIN) * (side - 1)).astype(int)
    table = color_table(palette_for(info))
    rgb = table[(order >= run.n_tokens).astype(int), head_color_bytes(run, info, layout, where)]
    if view.no_sinks:
        shown = ~run.sinks[order % run.n_tokens]
        places, rgb = places[shown], rgb[shown]
    radius = 0 if side < 200 else 2
    for dx in range(-radius, radius + 1):
        for dy in range(-radius, radius + 1):
            if dx * dx + dy * dy <= radius * radius:
                x = np.clip(places[:, 0] + dx, 0, side - 1)
                y = np.clip(side - 1 - places[:, 1] + dy, 0, side - 1)
                pixels[y, x] = rgb
    return pixels
