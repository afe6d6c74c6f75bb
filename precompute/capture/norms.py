"""L2 norms of vectors of any magnitude."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from precompute.numeric import Float32


def l2_norms(vectors: Float32) -> Float32:
    """Return the L2 norms of vectors [..., d], float32 [...]; squares are summed in float64, without overflow."""
    norms: NDArray[np.float64] = np.linalg.norm(vectors.astype(np.float64), axis=-1)
    return norms.astype(np.float32)
