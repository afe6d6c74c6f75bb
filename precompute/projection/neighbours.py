"""Exact nearest neighbours."""

from __future__ import annotations

import numpy as np

from precompute.projection import kernels
from precompute.projection.graph import Neighbours
from precompute.types import Float32


def unit_rows(vectors: Float32) -> Float32:
    """Divide every row by its length, so that ``|x - y|^2 = 2 (1 - cos)``; a row of zeros stays.

    Parameters
    ----------
    vectors : float32 [n, d]
        Of any magnitude.

    Returns
    -------
    float32 [n, d]
    """
    largest = np.abs(vectors).max(axis=1, keepdims=True, initial=0)
    scaled = np.zeros_like(vectors)
    np.divide(vectors, largest, out=scaled, where=largest > 0)
    length = np.sqrt((scaled * scaled).sum(axis=1, keepdims=True))
    np.divide(scaled, length, out=scaled, where=length > 0)
    return scaled


def nearest_neighbours(points: Float32, k: int) -> Neighbours:
    """Find the exact k nearest other points of every point; costs are squared Euclidean distances.

    Parameters
    ----------
    points : float32 [n, d]
    k : int
        Cut to n - 1.

    Returns
    -------
    Neighbours
    """
    n = len(points)
    k = max(0, min(k, n - 1))
    indices = np.zeros((n, k), np.int32)
    costs = np.zeros((n, k), np.float32)
    if k > 0:
        kernels.neighbours.nearest(np.ascontiguousarray(points.T), indices, costs)
    return Neighbours(indices, costs, np.full(n, k, np.int32))
