"""Unit vectors, and the mixing of queries and keys among nearest neighbors."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from precompute.numeric import Float32

MIXING_NEIGHBORS = 15
"""Neighbors of a point whose types are counted: UMAP's default number."""


def unit_rows(vectors: NDArray[np.floating]) -> Float32:
    """Divide every row of [n, d] by its length, so that ``|x - y|^2 = 2 (1 - cos)``; a row of zeros stays.

    Cannot overflow: rows are first divided by their largest value.
    """
    largest = np.abs(vectors).max(axis=1, keepdims=True, initial=0)
    scaled = np.zeros_like(vectors)
    np.divide(vectors, largest, out=scaled, where=largest > 0)
    length = np.sqrt((scaled * scaled).sum(axis=1, keepdims=True))
    np.divide(scaled, length, out=scaled, where=length > 0)
    return scaled.astype(np.float32, copy=False)


def other_type_share(within: Float32, across: Float32, k: int) -> Float32:
    """Compute the share of each point's nearest neighbors that are of the other type, float32 [m], 0 to 1.

    Parameters
    ----------
    within, across : float32 [m, n], [m, o]
        Similarity to points of the same type (-inf to itself) and of the other type.
    k : int
        Neighbors, at most all points; points as near as the last neighbor count too.
    """
    both = np.concatenate([within, across], axis=1)
    k = min(k, both.shape[1] - 1)
    last = np.partition(both, -k, axis=1)[:, -k, None]
    near, near_across = np.count_nonzero(both >= last, axis=1), np.count_nonzero(across >= last, axis=1)
    share: Float32 = (near_across / near).astype(np.float32)
    return share
