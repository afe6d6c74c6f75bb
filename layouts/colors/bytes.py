"""The byte that colors every point: an encoding's values, scaled to its palette."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from layouts.colors.palettes import NO_VALUE_BYTE, RAMP_LENGTH, Palette
from precompute.format.manifest import EncodingInfo
from precompute.run.run import Run


def quantize_values(values: NDArray[np.float32], info: EncodingInfo) -> NDArray[np.uint8]:
    """Scale an encoding's values to palette indices.

    Parameters
    ----------
    values : float32
        Of any shape.
    info : EncodingInfo
        Its kind says how: sequential and cyclic values go from ``low`` to ``high``, others are category numbers.

    Returns
    -------
    uint8
        Of the same shape, 0 to 254; ``NO_VALUE_BYTE`` for NaN. A constant encoding is 0.
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
    """Whether some points have no value of an encoding.

    Parameters
    ----------
    run : Run
        The run that holds the encoding.
    info : EncodingInfo
        One of its encodings.
    """
    return info.kind not in {"type", "patch"} and bool(np.isnan(run.encoding(info.name)).any())


def color_table(palette: Palette) -> NDArray[np.uint8]:
    """Return the colors of all bytes, uint8 [2, 256, 3]: a row for queries and one for keys; short palettes repeat."""
    table = np.empty((2, NO_VALUE_BYTE + 1, 3), np.uint8)
    for row, colors in zip(table, (palette.query, palette.key), strict=True):
        rgb = np.array([list(bytes.fromhex(color.removeprefix("#"))) for color in colors], np.uint8)
        row[:] = rgb[np.arange(len(row)) % len(rgb)]
    table[:, NO_VALUE_BYTE] = list(bytes.fromhex(palette.none.removeprefix("#")))
    return table


def color_bytes(run: Run, info: EncodingInfo) -> NDArray[np.uint8]:
    """Return the palette index of every point.

    Parameters
    ----------
    run : Run
        The run that holds the encoding.
    info : EncodingInfo
        One of its encodings.

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
