"""Shares of points as bytes."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from precompute.numeric import Float32

SHARE_STEPS = 240
"""Byte of the share 1. Tenths and fifteenths are whole steps: shares of 10 partners and 15 neighbors are exact."""


def quantize_shares(shares: Float32) -> NDArray[np.uint8]:
    """Return shares 0..1 of any shape in steps of 1 / 240, uint8."""
    steps: NDArray[np.uint8] = np.rint(shares * np.float32(SHARE_STEPS)).astype(np.uint8)
    return steps


def dequantize_shares(steps: NDArray[np.uint8]) -> Float32:
    """Return the shares of :func:`quantize_shares`, float32."""
    shares: Float32 = steps.astype(np.float32) / np.float32(SHARE_STEPS)
    return shares
