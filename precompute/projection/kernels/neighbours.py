"""Exact nearest rows, one row of costs at a time: no n x n matrix is ever held."""

from __future__ import annotations

import numpy as np

from precompute.projection.kernels.compile import inlined, kernel
from precompute.types import Float32, Int32


@inlined
def insert_cheapest(costs: Float32, start: int, stop: int, indices: Int32, best: Float32, count: int) -> int:
    """Merge ``costs[start:stop]`` into the ascending list ``best``, whose first ``count`` places are filled; give the new count.

    Of equal costs the one seen first comes first.
    """
    k = len(best)
    for j in range(start, stop):
        cost = costs[j]
        if count == k and cost >= best[k - 1]:
            continue
        place = min(count, k - 1)
        while place > 0 and best[place - 1] > cost:
            best[place] = best[place - 1]
            indices[place] = indices[place - 1]
            place -= 1
        best[place] = cost
        indices[place] = j
        count = min(count + 1, k)
    return count


@inlined
def squared_distances(point: Float32, columns: Float32, out: Float32) -> None:
    """Squared Euclidean distances of one point to all: ``out[j] = sum_c (point[c] - columns[c, j])^2``."""
    d, n = columns.shape
    for j in range(n):
        out[j] = 0
    for c in range(d):
        x = point[c]
        for j in range(n):
            difference = x - columns[c, j]
            out[j] += difference * difference


@kernel()
def nearest(columns: Float32, k: int, indices: Int32, costs: Float32) -> None:
    """Write the k nearest other points of every point.

    Parameters
    ----------
    columns : float32 [d, n]
        The points, one a column.
    k : int
        At most n - 1.
    indices, costs : int32 and float32 [n, k]
        Written: neighbours by ascending squared Euclidean distance, and that distance. Candidates are looked at in the order i + 1, ...,
        n - 1, 0, ..., i - 1, so that among many equal points each names others rather than all the same ones.
    """
    d, n = columns.shape
    row = np.empty(n, np.float32)
    for i in range(n):
        squared_distances(columns[:, i].copy(), columns, row)
        count = insert_cheapest(row, i + 1, n, indices[i], costs[i], 0)
        insert_cheapest(row, 0, i, indices[i], costs[i], count)
