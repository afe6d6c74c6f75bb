"""Exact nearest neighbors."""

from __future__ import annotations

import numpy as np

from precompute.numeric import Float32
from precompute.projections import kernels
from precompute.projections.graph import Neighbors


def nearest_neighbors(points: Float32, k: int) -> Neighbors:
    """Find the exact k nearest other points of every point; costs are squared Euclidean distances.

    Parameters
    ----------
    points : float32 [n, d]
    k : int
        Cut to n - 1.

    Returns
    -------
    Neighbors
    """
    n = len(points)
    k = max(0, min(k, n - 1))
    indices = np.zeros((n, k), np.int32)
    costs = np.zeros((n, k), np.float32)
    if k > 0:
        kernels.neighbors.nearest(np.ascontiguousarray(points.T), indices, costs)
    return Neighbors(indices, costs, np.full(n, k, np.int32))
