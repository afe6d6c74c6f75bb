"""Loops over the dot products of all queries with all keys of a head."""

from __future__ import annotations

import numpy as np

from precompute.numeric import Float32, Int32
from precompute.projections.kernels.compile import inlined, kernel
from precompute.projections.kernels.neighbors import insert_cheapest
from precompute.projections.visibility import Visibility


@inlined
def negative_dot_products(vector: Float32, columns: Float32, out: Float32) -> None:
    """Write ``out[j] = -sum_c vector[c] columns[c, j]``."""
    n = len(out)
    for j in range(n):
        out[j] = 0
    for c in range(len(vector)):
        x = vector[c]
        for j in range(n):
            out[j] -= x * columns[c, j]


@inlined
def bias_between(visibility: Visibility, i: int, j: int) -> np.float32:
    """Return the bias of a pair's positions; -inf if the pair is masked."""
    own, other = visibility.own[i], visibility.others[j]
    if (other - own) * visibility.order > 0:
        return np.float32(-np.inf)
    return visibility.bias[own, other] if len(visibility.bias) else np.float32(0)


@inlined
def is_limited(visibility: Visibility) -> bool:
    """Whether positions have any effect."""
    return visibility.order != 0 or len(visibility.bias) > 0


@kernel()
def strongest(vectors: Float32, columns: Float32, visibility: Visibility, indices: Int32, costs: Float32) -> None:
    """Write for every vector [n, d] its k columns [d, m] of largest dot product, bias included.

    ``indices`` and ``costs`` [n, k] receive the columns by descending dot product, and the largest dot product minus
    theirs; ``inf`` where fewer than k are visible. Ties are broken by circular order after i.
    """
    m = len(columns[0])
    row = np.empty(m, np.float32)
    for i in range(len(vectors)):
        negative_dot_products(vectors[i], columns, row)
        if is_limited(visibility):
            for j in range(m):
                row[j] -= bias_between(visibility, i, j)
        costs[i] = np.inf
        start = (i + 1) % m
        filled = insert_cheapest(row, range(start, m), indices[i], costs[i], 0)
        filled = insert_cheapest(row, range(start), indices[i], costs[i], filled)
        lowest = costs[i, 0]
        for place in range(filled):
            costs[i, place] -= lowest
