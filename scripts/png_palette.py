"""PNG pictures with a palette of at most 256 colors."""

from __future__ import annotations

import io

import numpy as np
from numpy.typing import NDArray
from PIL import Image

COLORS = 256
EXACT = 192
"""Exact colors of a picture: text, swatches, legends, points."""

UInt8 = NDArray[np.uint8]


def with_palette(png: bytes) -> bytes:
    """Return the PNG with a palette that keeps the exact colors of flat areas."""
    with Image.open(io.BytesIO(png)) as image:
        pixels = np.asarray(image.convert("RGB"))
    packed = pixels.astype(np.uint32) @ np.array([1 << 16, 1 << 8, 1], np.uint32)
    values, inverse, counts = np.unique(packed, return_inverse=True, return_counts=True)
    colors = (values[:, None] >> np.array([16, 8, 0], np.uint32) & 255).astype(np.uint8)
    palette = palette_of(colors, counts)
    nearest = np.concatenate([_nearest(part, palette) for part in np.array_split(colors, 1 + len(colors) // 4096)])
    small = Image.fromarray(nearest[inverse].reshape(packed.shape), "P")
    small.putpalette(palette.tobytes())
    output = io.BytesIO()
    small.save(output, "PNG", optimize=True)
    return output.getvalue()


def palette_of(colors: UInt8, counts: NDArray[np.int64]) -> UInt8:
    """Return at most 256 colors, uint8 [k, 3]: the most frequent exactly, the others quantized.

    Parameters
    ----------
    colors : uint8 [n, 3]
    counts : int64 [n]
        Pixels of each.
    """
    order = np.argsort(-counts, kind="stable")
    exact, others = colors[order[:EXACT]], colors[order[EXACT:]]
    if not len(others):
        return exact
    fair = Image.fromarray(others[None], "RGB").quantize(COLORS - EXACT, method=Image.Quantize.MAXCOVERAGE)
    return np.concatenate([exact, np.array(fair.getpalette(), np.uint8).reshape(-1, 3)[: COLORS - EXACT]])


def _nearest(colors: UInt8, palette: UInt8) -> UInt8:
    apart = colors[:, None].astype(np.int32) - palette[None]
    return np.argmin((apart**2).sum(axis=2), axis=1).astype(np.uint8)
