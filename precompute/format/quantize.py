"""Coordinates as 16-bit steps: a third of the bytes of float32 in 3-D, finer than any screen."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from precompute.errors import NumericalError
from precompute.numeric import Float32

STEPS = 65535
"""Steps from one face of the cube to the other."""


def quantize(coords: Float32) -> tuple[NDArray[np.uint16], Float32]:
    """Return the steps of points in the smallest centered cube around them.

    One half-width for all axes keeps distances comparable between axes. :func:`dequantize` restores a coordinate to
    within half-width / 65535 (plus float32 rounding).

    Parameters
    ----------
    coords : float32 [n, dims]
        Finite.

    Returns
    -------
    steps : uint16 [n, dims]
        0 at the cube's lower face, 65535 at its upper.
    extent : float32 [dims + 1]
        The cube's center, then its half-width, which is positive even if all points are equal.

    Raises
    ------
    NumericalError
        If a coordinate is NaN or infinite.
    """
    if not np.isfinite(coords).all():
        raise NumericalError("A projection has coordinates that are NaN or infinite; try another --seed or projection.")
    if len(coords) == 0:
        return np.zeros(coords.shape, np.uint16), np.append(np.zeros(coords.shape[1]), 1).astype(np.float32)
    exact = coords.astype(np.float64)
    center = ((exact.min(axis=0) + exact.max(axis=0)) / 2).astype(np.float32)
    offsets = exact - center
    reach = np.abs(offsets).max()
    half_width = np.nextafter(np.float32(reach), np.float32(np.inf)) if reach > 0 else np.float32(1)
    steps = np.rint((offsets / half_width + 1) * (STEPS / 2))
    return steps.astype(np.uint16), np.append(center, half_width).astype(np.float32)


def dequantize(steps: NDArray[np.uint16], extent: Float32) -> Float32:
    """Return coordinates, float32 [n, dims]: center + (step / 65535 * 2 - 1) * half-width.

    Parameters
    ----------
    steps : uint16 [n, dims]
    extent : float32 [dims + 1]
        Center and half-width of the cube.
    """
    unit = steps.astype(np.float64) / (STEPS / 2) - 1
    return (extent[:-1] + unit * np.float64(extent[-1])).astype(np.float32)
