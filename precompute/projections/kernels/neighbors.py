"""Exact nearest points, one row of costs at a time, without an n x n matrix."""

from __future__ import annotations

import numpy as np

from precompute.numeric import Float32, Int32
from precompute.projections.kernels.compile import inlined, kernel


@inlined
def insert_cheapest(costs: Float32, candidates: range, indices: Int32, best: Float32, filled: int) -> int:
    """Merge some of ``costs`` [n] into an ascending list of the k cheapest; return its length.

    ``candidates`` index ``costs``; ties keep their order, infinite costs are skipped. ``indices`` and ``best`` [k] are
    the list, changed in place, with ``filled`` entries before.
    """
    k = len(best)
    threshold = best[k - 1] if filled == k else np.float32(np.inf)
    for j in candidates:
        cost = costs[j]
        if cost < threshold:
            place = min(filled, k - 1)
            while place > 0 and best[place - 1] > cost:
                best[place] = best[place - 1]
                indices[place] = indices[place - 1]
                place -= 1
            best[place] = cost
            indices[place] = j
            filled = min(filled + 1, k)
            if filled == k:
                threshold = best[k - 1]
    return filled


@inlined
def squared_distances(point: Float32, columns: Float32, out: Float32) -> None:
    """Write squared Euclidean distances of one point [d] to all: ``out[j] = sum_c (point[c] - columns[c, j])^2``."""
    n = len(out)
    for j in range(n):
        out[j] = 0
    for c in range(len(point)):
        x = point[c]
        for j in range(n):
            difference = x - columns[c, j]
            out[j] += difference * difference


@kernel()
def nearest(columns: Float32, indices: Int32, costs: Float32) -> None:
    """Write the k < n nearest other points of every point, given as columns [d, n].

    ``indices`` and ``costs`` [n, k] receive neighbors by ascending squared distance, and that distance. Candidates are
    visited in the order i + 1, ..., n - 1, 0, ..., i - 1, so duplicate points do not all name the same neighbors.
    """
    n = len(columns[0])
    row = np.empty(n, np.float32)
    for i in range(n):
        squared_distances(columns[:, i].copy(), columns, row)
        filled = insert_cheapest(row, range(i + 1, n), indices[i], costs[i], 0)
        insert_cheapest(row, range(i), indices[i], costs[i], filled)
