"""The byte that colours every point: an encoding's values, scaled to its palette."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from precompute.run import Run
from precompute.types import EncodingInfo


def quantise_values(values: NDArray[np.float32], info: EncodingInfo) -> NDArray[np.uint8]:
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
        Of the same shape. A constant encoding is 0; NaN is 0.
    """
    if info.kind in {"type", "patch"}:
        return np.zeros(values.shape, np.uint8)
    if info.kind in {"categorical", "boolean"}:
        return np.nan_to_num(values).astype(np.uint8)
    span = info.high - info.low
    if span <= 0:
        return np.zeros(values.shape, np.uint8)
    share = np.nan_to_num((values - np.float32(info.low)) / np.float32(span))
    steps: NDArray[np.uint8] = np.rint(np.clip(share, 0, 1) * 255).astype(np.uint8)
    return steps


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
    values = quantise_values(np.asarray(run.encoding(info.name)), info)
    if info.per_head:
        return np.ascontiguousarray(values[:, :, run.draw_order])
    return values if len(values) == run.n_points else np.concatenate([values, values])
