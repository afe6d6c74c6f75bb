"""Conversion between RGB and hue, saturation and brightness."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from precompute.numeric import Float32

LUMA = np.array([0.299, 0.587, 0.114], np.float32)
"""Weights of red, green and blue in brightness (ITU-R BT.601)."""


def rgb_of_hsv(hue: ArrayLike, saturation: ArrayLike, value: ArrayLike) -> Float32:
    """Return red, green and blue, float32 [..., 3] in 0..1 (Smith 1978, "Color gamut transform pairs").

    Parameters
    ----------
    hue : float [...]
        In turns: 0 is red, 1/3 green, 2/3 blue; any real number.
    saturation, value : float [...]
        In 0..1. The three are broadcast together.
    """
    h, s, v = np.broadcast_arrays(*(np.asarray(part, np.float32) for part in (hue, saturation, value)))
    sector = (np.array([5, 3, 1], np.float32) + 6 * h[..., None]) % 6
    share = np.clip(np.minimum(sector, 4 - sector), 0, 1)
    color: Float32 = (v[..., None] * (1 - s[..., None] * share)).astype(np.float32)
    return color


def hue_of(rgb: Float32) -> Float32:
    """Return hue in turns, in [0, 1), of float32 [..., 3] in 0..1; NaN without chroma."""
    red, green, blue = np.moveaxis(rgb, -1, 0)
    highest, chroma = rgb.max(axis=-1), chroma_of(rgb)
    with np.errstate(divide="ignore", invalid="ignore"):
        sextant = np.select(
            [highest == red, highest == green],
            [(green - blue) / chroma, 2 + (blue - red) / chroma],
            4 + (red - green) / chroma,
        )
    turns = (sextant / 6) % 1
    hue: Float32 = np.where(turns < 1, turns, 0).astype(np.float32)
    hue[chroma == 0] = np.nan
    return hue


def chroma_of(rgb: Float32) -> Float32:
    """Return the largest minus the smallest channel, 0 (gray) to 1, of float32 [..., 3] in 0..1."""
    chroma: Float32 = rgb.max(axis=-1) - rgb.min(axis=-1)
    return chroma


def saturation_of(rgb: Float32) -> Float32:
    """Return chroma over the largest channel, 0 (gray) to 1, of float32 [..., 3] in 0..1; 0 for black."""
    highest = rgb.max(axis=-1)
    saturation: Float32 = np.divide(chroma_of(rgb), highest, out=np.zeros_like(highest), where=highest > 0)
    return saturation


def brightness_of(rgb: Float32) -> Float32:
    """Return luma, 0 (black) to 1 (white), of float32 [..., 3] in 0..1."""
    luma: Float32 = (rgb @ LUMA).astype(np.float32)
    return luma


def to_bytes(rgb: Float32) -> NDArray[np.uint8]:
    """Return colors of 0..1 as integers of 0..255."""
    return np.rint(np.clip(rgb, 0, 1) * 255).astype(np.uint8)
