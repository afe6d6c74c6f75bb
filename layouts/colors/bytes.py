"""Color bytes of points: values of an encoding, scaled to its palette."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from layouts.colors.encodings import SHARES, TRUST
from layouts.colors.palettes import NO_VALUE_BYTE, RAMP_LENGTH, Palette
from precompute.format.manifest import EncodingInfo
from precompute.run.run import Layout, Run


def quantize_values(values: NDArray[np.float32], info: EncodingInfo) -> NDArray[np.uint8]:
    """Scale an encoding's values to palette indices.

    Parameters
    ----------
    values : float32
        Any shape.
    info : EncodingInfo
        Sequential and cyclic values span ``low`` to ``high``; others are category numbers.

    Returns
    -------
    uint8
        Same shape, 0 to 254; ``NO_VALUE_BYTE`` for NaN. A constant encoding is 0.
    """
    if info.kind in {"type", "patch"}:
        return np.zeros(values.shape, np.uint8)
    if info.kind in {"categorical", "boolean"}:
        steps = values % RAMP_LENGTH
    else:
        span = np.float32(info.high - info.low)
        share = (values - np.float32(info.low)) / span if span > 0 else values * np.float32(0)
        steps = np.rint(np.clip(share, 0, 1) * (RAMP_LENGTH - 1))
    return np.where(np.isnan(values), NO_VALUE_BYTE, np.nan_to_num(steps)).astype(np.uint8)


def has_gaps(run: Run, info: EncodingInfo) -> bool:
    """Whether some points have no value of an encoding."""
    return (
        info.kind not in {"type", "patch"} and info.palette != SHARES and bool(np.isnan(run.encoding(info.name)).any())
    )


def color_table(palette: Palette) -> NDArray[np.uint8]:
    """Return the colors of all bytes, uint8 [2, 256, 3]: queries, then keys; short palettes repeat."""
    table = np.empty((2, NO_VALUE_BYTE + 1, 3), np.uint8)
    for row, colors in zip(table, (palette.query, palette.key), strict=True):
        rgb = np.stack([rgb_of(color) for color in colors])
        row[:] = rgb[np.arange(len(row)) % len(rgb)]
    table[:, NO_VALUE_BYTE] = rgb_of(palette.none)
    return table


def rgb_of(color: str) -> NDArray[np.uint8]:
    """Return the channels of ``#rrggbb``, uint8 [3]."""
    return np.frombuffer(bytes.fromhex(color.removeprefix("#")), np.uint8)


def color_bytes(run: Run, info: EncodingInfo) -> NDArray[np.uint8]:
    """Return the palette index of every point, of an encoding of the manifest.

    Returns
    -------
    uint8 [2 N] or [L, H, 2 N]
        In point order for an encoding that all heads share, else in draw order.
    """
    if info.kind in {"type", "patch"}:
        return np.zeros(run.n_points, np.uint8)
    values = quantize_values(np.asarray(run.encoding(info.name)), info)
    if info.per_head:
        return np.ascontiguousarray(values[:, :, run.draw_order])
    return values if len(values) == run.n_points else np.concatenate([values, values])


def head_color_bytes(run: Run, info: EncodingInfo, layout: Layout, where: tuple[int, int]) -> NDArray[np.uint8]:
    """Return the palette index of every point of a head in draw order, uint8 [2 N].

    Parameters
    ----------
    info : EncodingInfo
        Of the manifest, or the trust of points.
    layout : Layout
        Of the head, as it is shown.
    where : tuple of int
        Layer and head.
    """
    if info == TRUST and layout.trust is not None:
        return layout.trust
    colors = color_bytes(run, info)
    return colors[where] if colors.ndim == 3 else colors[run.draw_order]
