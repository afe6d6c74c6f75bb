"""Loops over the dot products of all queries with all keys of a head."""

from __future__ import annotations

import numpy as np

from precompute.projection.kernels.compile import inlined, kernel
from precompute.projection.kernels.neighbours import insert_cheapest
from precompute.types import Float32, Int32


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


@kernel()
def strongest(vectors: Float32, columns: Float32, allowed: tuple[Int32, Int32], indices: Int32, costs: Float32) -> None:
    """Write for every vector its k columns of largest dot product.

    Parameters
    ----------
    vectors : float32 [n, d]
    columns : float32 [d, m]
    allowed : tuple of int32 [n] and int32 [m]
        Vector i and column j are compared if ``allowed[0][i] >= allowed[1][j]``.
    indices, costs : int32 and float32 [n, k]
        Written: columns by descending dot product, and the largest dot product minus theirs; ``inf`` where there are
        fewer than k. Of equal products those come first that follow i in the circle of columns.
    """
    m = len(columns[0])
    row = np.empty(m, np.float32)
    for i in range(len(vectors)):
        negative_dot_products(vectors[i], columns, row)
        for j in range(m):
            if allowed[0][i] < allowed[1][j]:
                row[j] = np.inf
        costs[i] = np.inf
        start = (i + 1) % m
        filled = insert_cheapest(row, range(start, m), indices[i], costs[i], 0)
        filled = insert_cheapest(row, range(start), indices[i], costs[i], filled)
        lowest = costs[i, 0]
        for place in range(filled):
            costs[i, place] -= lowest
