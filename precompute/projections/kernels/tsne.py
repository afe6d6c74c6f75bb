"""t-SNE with exact repulsion (van der Maaten and Hinton 2008), with one normalizer per block of pairs.

The first ``n_queries`` points are queries, the others keys, so a pair is in one of three blocks
(:mod:`precompute.projections.kernels.blocks`). With ``q_ij = 1 / (1 + |y_i - y_j|^2)``, ``Z_b`` the sum of q and
``m_b`` the sum of p over the pairs of block b,

    KL = sum_ij p_ij log(p_ij / (m_b q_ij / Z_b))
    dKL/dy_i = 4 ( sum_j p_ij q_ij (y_i - y_j)  -  sum_j m_b / Z_b  q_ij^2 (y_i - y_j) )

attraction along the neighbor graph, repulsion between all pairs. If ``n_queries`` is 0, all pairs are in one block,
and these are the divergence and gradient of t-SNE (their eq. 5). At the size of a head, a vectorized double loop over
all pairs in float32 is faster than a tree or a grid.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from precompute.numeric import Float32
from precompute.projections.graph import Graph
from precompute.projections.kernels.blocks import (
    ACROSS,
    N_BLOCKS,
    Float64,
    Int64,
    block_masses,
    block_of,
    block_ranges,
    sum_blocks,
)
from precompute.projections.kernels.compile import inlined, kernel
from precompute.projections.kernels.neighbors import squared_distances

ONE = np.float32(1)
CHECK_EVERY = 25
UNKNOWN = 1e300
"""Divergence before the first check. Not infinite, because this kernel's sums are reordered."""

TILE = 512
"""Points per tile of the double loop: their coordinates and forces fit the L1 cache, and an array of known width shows
the compiler that they do not overlap."""

MAX_STEP = np.float32(5)
"""Longest move along an axis in one iteration (Poličar et al. 2019, openTSNE's ``max_step_norm``). Forces fade with
distance, so a point with few partners that is thrown far out would not return."""


class Phase(NamedTuple):
    """Iterations with the same settings, starting at rest.

    Attributes
    ----------
    n_iterations : int
        Maximum.
    exaggeration : float
        Factor of P (van der Maaten and Hinton 2008, section 3.4); 1 for the objective itself.
    learning_rate : float
        Factor of a point's gradient divided by its share ``sum_j p_ij`` of P; see :func:`step`.
    momentum : float
        0..1.
    tolerance : float
        The phase ends when KL(P || Q) falls by less than this share in ``CHECK_EVERY`` iterations; -1 disables it.
    """

    n_iterations: int
    exaggeration: float
    learning_rate: float
    momentum: float
    tolerance: float


@inlined
def repulsion_2d(y: Float32, rows: Int64, columns: Int64, force: Float32) -> float:
    """Add ``sum_j q_ij^2 (y_i - y_j)`` over a block to ``force`` [2, n], return its Z; each pair once, in tiles."""
    half_normalizer = 0.0
    tile = np.empty((4, TILE), np.float32)
    for begin in range(columns[0], columns[1], TILE):
        size = min(TILE, columns[1] - begin)
        for c in range(2):
            for j in range(size):
                tile[c, j] = y[c, begin + j]
                tile[2 + c, j] = 0
        for i in range(rows[0], min(rows[1], begin + size)):
            y0, y1 = y[0, i], y[1, i]
            q_sum = f0 = f1 = np.float32(0)
            for j in range(np.uint64(max(i + 1 - begin, 0)), np.uint64(size)):
                d0 = y0 - tile[0, j]
                d1 = y1 - tile[1, j]
                q = ONE / (ONE + d0 * d0 + d1 * d1)
                q_sum += q
                push0 = q * q * d0
                push1 = q * q * d1
                f0 += push0
                f1 += push1
                tile[2, j] -= push0
                tile[3, j] -= push1
            force[0, i] += f0
            force[1, i] += f1
            half_normalizer += float(q_sum)
        for c in range(2):
            for j in range(size):
                force[c, begin + j] += tile[2 + c, j]
    return 2 * half_normalizer


@inlined
def repulsion_3d(y: Float32, rows: Int64, columns: Int64, force: Float32) -> float:
    """Add ``sum_j q_ij^2 (y_i - y_j)`` over a block to ``force`` [3, n], return its Z; each pair once, in tiles."""
    half_normalizer = 0.0
    tile = np.empty((6, TILE), np.float32)
    for begin in range(columns[0], columns[1], TILE):
        size = min(TILE, columns[1] - begin)
        for c in range(3):
            for j in range(size):
                tile[c, j] = y[c, begin + j]
                tile[3 + c, j] = 0
        for i in range(rows[0], min(rows[1], begin + size)):
            y0, y1, y2 = y[0, i], y[1, i], y[2, i]
            q_sum = f0 = f1 = f2 = np.float32(0)
            for j in range(np.uint64(max(i + 1 - begin, 0)), np.uint64(size)):
                d0 = y0 - tile[0, j]
                d1 = y1 - tile[1, j]
                d2 = y2 - tile[2, j]
                q = ONE / (ONE + d0 * d0 + d1 * d1 + d2 * d2)
                q_sum += q
                push0 = q * q * d0
                push1 = q * q * d1
                push2 = q * q * d2
                f0 += push0
                f1 += push1
                f2 += push2
                tile[3, j] -= push0
                tile[4, j] -= push1
                tile[5, j] -= push2
            force[0, i] += f0
            force[1, i] += f1
            force[2, i] += f2
            half_normalizer += float(q_sum)
        for c in range(3):
            for j in range(size):
                force[c, begin + j] += tile[3 + c, j]
    return 2 * half_normalizer


@inlined
def add_attraction_2d(y: Float32, p: Graph, exaggeration: float, force: Float32) -> None:
    """Turn the repulsion in ``force`` [2, n] into the gradient."""
    factor = np.float32(exaggeration)
    for i in range(len(y[0])):
        f0 = f1 = np.float32(0)
        for edge in range(p.starts[i], p.starts[i + 1]):
            j = p.neighbors[edge]
            d0 = y[0, i] - y[0, j]
            d1 = y[1, i] - y[1, j]
            pq = p.weights[edge] / (ONE + d0 * d0 + d1 * d1)
            f0 += pq * d0
            f1 += pq * d1
        force[0, i] = 4 * (factor * f0 - force[0, i])
        force[1, i] = 4 * (factor * f1 - force[1, i])


@inlined
def add_attraction_3d(y: Float32, p: Graph, exaggeration: float, force: Float32) -> None:
    """Turn the repulsion in ``force`` [3, n] into the gradient."""
    factor = np.float32(exaggeration)
    for i in range(len(y[0])):
        f0 = f1 = f2 = np.float32(0)
        for edge in range(p.starts[i], p.starts[i + 1]):
            j = p.neighbors[edge]
            d0 = y[0, i] - y[0, j]
            d1 = y[1, i] - y[1, j]
            d2 = y[2, i] - y[2, j]
            pq = p.weights[edge] / (ONE + d0 * d0 + d1 * d1 + d2 * d2)
            f0 += pq * d0
            f1 += pq * d1
            f2 += pq * d2
        force[0, i] = 4 * (factor * f0 - force[0, i])
        force[1, i] = 4 * (factor * f1 - force[1, i])
        force[2, i] = 4 * (factor * f2 - force[2, i])


@inlined
def shares(p: Graph) -> Float32:
    """Return ``p_i = sum_j p_ij``, at least ``1 / (2 n)``, the share of a point that no other point lists."""
    n = len(p.starts) - 1
    found = np.empty(n, np.float32)
    for i in range(n):
        total = np.float32(0)
        for edge in range(p.starts[i], p.starts[i + 1]):
            total += p.weights[edge]
        found[i] = max(total, np.float32(0.5 / n))
    return found


@inlined
def step(y: Float32, gradient: Float32, velocity: Float32, share: Float32, phase: Phase) -> None:
    """Gradient descent with momentum (Polyak 1964), preconditioned; the center stays at the origin.

    The stiffness of a point's attraction grows with its share of P. Divided by the share, no curvature exceeds 8
    (Gershgorin's bound: 4 for the point, 4 for its neighbors), so one rate suits all points, momentum can be high, and
    per-coordinate gains are not needed.
    """
    dims, n = y.shape
    rate = np.float32(phase.learning_rate)
    momentum = np.float32(phase.momentum)
    for c in range(dims):
        total = 0.0
        for i in range(n):
            speed = min(max(momentum * velocity[c, i] - rate * gradient[c, i] / share[i], -MAX_STEP), MAX_STEP)
            velocity[c, i] = speed
            y[c, i] += speed
            total += y[c, i]
        mean = np.float32(total / n)
        for i in range(n):
            y[c, i] -= mean


@inlined
def cross_entropy(y: Float32, p: Graph, masses: Float64, normalizers: Float64) -> float:
    """Return ``-sum p log(m q / Z) = sum p log(1 + d^2) + sum_b m_b log(Z_b / m_b)`` in nats.

    Each edge is read in one direction.
    """
    half = 0.0
    for i in range(len(y[0])):
        for edge in range(p.starts[i], p.starts[i + 1]):
            j = p.neighbors[edge]
            if j < i:
                continue
            squared = np.float32(0)
            for c in range(len(y)):
                difference = y[c, i] - y[c, j]
                squared += difference * difference
            half += float(p.weights[edge]) * np.log(ONE + squared)
    total = 2 * half
    for block in range(N_BLOCKS):
        if masses[block] > 0:
            total += masses[block] * np.log(normalizers[block] / masses[block])
    return total


@inlined
def entropy(p: Graph) -> float:
    """Return ``-sum p log p`` in nats."""
    total = 0.0
    for weight in p.weights:
        if weight > 0:
            total -= weight * np.log(float(weight))
    return total


@kernel(reorder=True)
def descend(y: Float32, p: Graph, phase: Phase, n_queries: int) -> int:
    """Move a layout y [2 or 3, n] down the gradient of KL(P || Q), in place; return the iterations run.

    P is symmetric and sums to 1.
    """
    velocity = np.zeros_like(y)
    share = shares(p)
    masses, normalizers = block_masses(p, n_queries), np.zeros(N_BLOCKS)
    ranges = block_ranges(n_queries, len(y[0]))
    forces = np.empty((2, *y.shape), np.float32)
    p_entropy = entropy(p)
    last_divergence = UNKNOWN
    for iteration in range(phase.n_iterations):
        forces[:] = 0
        for block in range(N_BLOCKS):
            rows, columns, force = ranges[block, 0], ranges[block, 1], forces[block // ACROSS]
            if len(y) == 2:
                normalizers[block] = repulsion_2d(y, rows, columns, force)
            else:
                normalizers[block] = repulsion_3d(y, rows, columns, force)
        if (iteration + 1) % CHECK_EVERY == 0:
            divergence = cross_entropy(y, p, masses, normalizers) - p_entropy
            if last_divergence - divergence < phase.tolerance * divergence:
                return iteration
            last_divergence = divergence
        sum_blocks(forces, n_queries, masses, normalizers)
        if len(y) == 2:
            add_attraction_2d(y, p, phase.exaggeration, forces[0])
        else:
            add_attraction_3d(y, p, phase.exaggeration, forces[0])
        step(y, forces[0], velocity, share, phase)
    return phase.n_iterations


@kernel()
def kl_divergence(y: Float32, p: Graph, n_queries: int) -> float:
    """Return KL(P || Q) of a layout y [2 or 3, n] in nats, exact. P is symmetric and sums to 1."""
    row = np.empty(len(y[0]), np.float32)
    normalizers = np.zeros(N_BLOCKS)
    for i in range(len(row)):
        squared_distances(y[:, i].copy(), y, row)
        for j in range(len(row)):
            if j != i:
                normalizers[block_of(i, j, n_queries)] += 1 / (1 + float(row[j]))
    return cross_entropy(y, p, block_masses(p, n_queries), normalizers) - entropy(p)
