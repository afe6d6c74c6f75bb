"""Blocks of pairs of points: two queries, two keys, or one of each.

Points are ordered queries first, so blocks are rectangles of the matrix of all pairs. If there are no queries, all
pairs are in the block of two keys.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from precompute.numeric import Float32
from precompute.projections.graph import Graph
from precompute.projections.kernels.compile import inlined

Float64 = NDArray[np.float64]
Int64 = NDArray[np.int64]

QUERIES, KEYS, ACROSS = 0, 1, 2
N_BLOCKS = 3


@inlined
def block_of(i: int, j: int, n_queries: int) -> int:
    """Return the block of a pair."""
    if (i < n_queries) != (j < n_queries):
        return ACROSS
    return QUERIES if i < n_queries else KEYS


@inlined
def block_masses(p: Graph, n_queries: int) -> Float64:
    """Return the sum of p over each block, [3]."""
    masses = np.zeros(N_BLOCKS)
    for i in range(len(p.starts) - 1):
        for edge in range(p.starts[i], p.starts[i + 1]):
            masses[block_of(i, p.neighbors[edge], n_queries)] += p.weights[edge]
    return masses


@inlined
def block_ranges(n_queries: int, n: int) -> Int64:
    """Return the first point and the one after the last, of the rows and of the columns of each block, [3, 2, 2]."""
    ranges = np.zeros((N_BLOCKS, 2, 2), np.int64)
    ranges[QUERIES, :, 1] = n_queries
    ranges[KEYS, :, 0] = n_queries
    ranges[KEYS, :, 1] = n
    ranges[ACROSS, 0, 1] = n_queries
    ranges[ACROSS, 1, 0] = n_queries
    ranges[ACROSS, 1, 1] = n
    return ranges


@inlined
def sum_blocks(forces: Float32, n_queries: int, masses: Float64, normalizers: Float64) -> None:
    """Turn the sums within types, ``forces[0]`` [dims, n], into the repulsion; ``forces[1]`` are those across."""
    factors = np.zeros(N_BLOCKS, np.float32)
    for block in range(N_BLOCKS):
        if normalizers[block] > 0:
            factors[block] = masses[block] / normalizers[block]
    for c in range(forces.shape[1]):
        for i in range(forces.shape[2]):
            within = factors[QUERIES] if i < n_queries else factors[KEYS]
            forces[0, c, i] = within * forces[0, c, i] + factors[ACROSS] * forces[1, c, i]
