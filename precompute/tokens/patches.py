"""Position, color and texture of image patches."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from precompute.format.manifest import TokenTable
from precompute.numeric import Float32
from precompute.tokens.color import brightness_of, chroma_of, hue_of, saturation_of

LEAST_CHROMA = 0.06
"""Below it a patch's mean color is gray: it has no hue."""

LEAST_CONTRAST = 0.02
"""Standard deviation of brightness below which a patch is plain: it has no frequency and no angle."""

LEAST_COHERENCE = 0.3
"""Share of the gradients' energy that must lie in one direction before a patch has an angle."""


@dataclass(frozen=True)
class PatchFeatures:
    """Features of tokens, float32 [N] each; NaN where undefined: prefix tokens are not patches, gray has no hue.

    Attributes
    ----------
    row, column : float32 [N]
        On the grid of patches, from 0.
    hue, saturation, brightness : float32 [N]
        HSV hue (in turns), HSV saturation and luma of the mean color, 0 to 1; no hue where chroma is below
        ``LEAST_CHROMA``.
    frequency : float32 [N]
        Cycles per patch: centroid of the power spectrum of brightness without its mean. Waves longer than the patch
        count as about 1. NaN where a patch is plain.
    angle : float32 [N]
        Direction in which brightness changes most, 0 to 180 degrees, counter-clockwise from rightwards: upright stripes
        have 0. From the structure tensor (Bigün and Granlund 1987); NaN in a plain patch or without dominant direction.
    """

    row: Float32
    column: Float32
    hue: Float32
    saturation: Float32
    brightness: Float32
    frequency: Float32
    angle: Float32

    def __getitem__(self, tokens: slice) -> PatchFeatures:
        """Return the features of a range of the tokens."""
        return PatchFeatures(*(getattr(self, field.name)[tokens] for field in fields(self)))


def patch_index(table: TokenTable) -> NDArray[np.int64]:
    """Return the patch of every token, int64 [N], counted row by row over all images; -1 for prefix tokens.

    Raises ValueError if an instance has another number of patches than the grid.
    """
    patch = ~np.asarray(table.special, bool)
    if table.grid is None or patch.sum() != len(table.instances) * table.grid[0] * table.grid[1]:
        raise ValueError("the tokens are not the patches of a grid")
    return np.where(patch, np.cumsum(patch) - 1, -1)


def patch_features(pictures: NDArray[np.uint8], table: TokenTable) -> PatchFeatures:
    """Return the features of every token of uint8 [n_instances, height, width, 3], as the model reads them."""
    index = patch_index(table)
    rows, columns = table.grid or (0, 0)
    appearance = [patch_appearance(cut_patches(picture, rows, columns)) for picture in pictures]
    number = np.arange(rows * columns)
    at = np.tile(np.stack([number // columns, number % columns]), len(appearance))
    values = np.concatenate([at, np.concatenate(appearance, axis=1)]).astype(np.float32)
    of_tokens = np.where(index >= 0, values[:, index], np.float32(np.nan))
    return PatchFeatures(*of_tokens)


def cut_patches(picture: NDArray[np.uint8], rows: int, columns: int) -> NDArray[np.uint8]:
    """Return patches [rows * columns, patch height, patch width, ...] of a picture [height, width, ...], row by row.

    Pixels beyond the last whole patch are dropped, as by a convolution whose stride is the patch.
    """
    height, width = picture.shape[0] // rows, picture.shape[1] // columns
    whole = picture[: rows * height, : columns * width]
    cut = whole.reshape(rows, height, columns, width, *picture.shape[2:]).swapaxes(1, 2)
    return cut.reshape(rows * columns, height, width, *picture.shape[2:])


def patch_appearance(patches: NDArray[np.uint8]) -> Float32:
    """Return hue, saturation, brightness, frequency and angle, float32 [5, n], of uint8 [n, height, width, 3]."""
    colors = patches.astype(np.float32) / np.float32(255)
    mean: Float32 = colors.mean(axis=(1, 2))
    hue = np.where(chroma_of(mean) >= LEAST_CHROMA, hue_of(mean), np.float32(np.nan))
    luma = brightness_of(colors)
    return np.stack([hue, saturation_of(mean), brightness_of(mean), _frequency(luma), _angle(luma)])


def _frequency(luma: Float32) -> Float32:
    power = np.abs(np.fft.fft2(luma - luma.mean(axis=(1, 2), keepdims=True))) ** 2
    height, width = luma.shape[1:]
    cycles = np.hypot(np.fft.fftfreq(height, 1 / height)[:, None], np.fft.fftfreq(width, 1 / width))
    total = power.sum(axis=(1, 2))
    center = np.divide((power * cycles).sum(axis=(1, 2)), total, out=np.zeros_like(total), where=total > 0)
    return np.where(luma.std(axis=(1, 2)) >= LEAST_CONTRAST, center, np.nan).astype(np.float32)


def _angle(luma: Float32) -> Float32:
    down, right = np.gradient(luma, axis=(1, 2))
    xx, yy, xy = ((a * b).sum(axis=(1, 2)) for a, b in ((right, right), (down, down), (right, -down)))
    coherent = np.hypot(xx - yy, 2 * xy) >= LEAST_COHERENCE * (xx + yy)
    degrees = np.rad2deg(0.5 * np.arctan2(2 * xy, xx - yy)) % 180
    known = coherent & (luma.std(axis=(1, 2)) >= LEAST_CONTRAST)
    return np.where(known, degrees, np.nan).astype(np.float32)
