"""Lengths of vectors, whatever their size."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from precompute.numeric import Float32


def l2_norms(vectors: Float32) -> Float32:
    """L2 norm of every vector, its squares summed in float64, where none of them overflows or vanishes.

    Parameters
    ----------
    vectors : float32 [..., d]

    Returns
    -------
    float32 [...]
    """
    norms: NDArray[np.float64] = np.linalg.norm(vectors.astype(np.float64), axis=-1)
    return norms.astype(np.float32)
