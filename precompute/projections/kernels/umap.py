"""UMAP's layout: stochastic gradient descent with negative samples (McInnes, Healy and Melville 2018, section 3.2).

With the similarity ``1 / (1 + a d^(2 b))`` an edge pulls its ends together and a random point pushes by

    pull  -2 a b d^(2 (b - 1)) / (1 + a d^(2 b)) (y_i - y_j)
    push  2 b / ((0.001 + d^2) (1 + a d^(2 b))) (y_i - y_j)

each coordinate clipped to 4. The pull of an edge and the pushes on its head are computed at the head's old position and
applied once. The reference implementation applies each of them in turn, a chain of dependent steps; this takes less
than half the time for layouts of the same quality.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from precompute.numeric import Float32
from precompute.projections.graph import UInt32
from precompute.projections.kernels.compile import inlined, kernel

CLIP = np.float32(4)
SOFTENING = 0.001
STEP_BITS = 18
FRACTION_MASK = np.uint32(2**STEP_BITS - 1)
PER_STEP = np.float32(2.0**-STEP_BITS)
INFINITY_BITS = 0x7F800000
N_NEGATIVES = 5
"""Random points that push the head of an edge each time the edge is sampled."""


@inlined
def next_random(state: np.uint64) -> np.uint64:
    """Advance a xorshift generator of 64 bits (Marsaglia 2003)."""
    state ^= state << np.uint64(13)
    state ^= state >> np.uint64(7)
    state ^= state << np.uint64(17)
    return state


@inlined
def drawn(state: np.uint64, n: int) -> np.uint64:
    """Map the upper half of the generator's state to a number below n."""
    return ((state >> np.uint64(32)) * np.uint64(n)) >> np.uint64(32)


@inlined
def clipped(x: np.float32) -> np.float32:
    """Clip to -4..4."""
    return min(max(x, -CLIP), CLIP)


class Edges(NamedTuple):
    """Edges of a fuzzy graph, in both directions.

    Heads and tails are uint32 [m]. Periods, float32 [m], are the epochs between two samples of an edge, at least 1: the
    largest weight divided by its own.
    """

    heads: UInt32
    tails: UInt32
    periods: Float32


class Forces(NamedTuple):
    """Factors of ``y_i - y_j`` tabulated by squared distance, float32 [8161] each; see :func:`forces`.

    An entry at every power of two and 31 between.
    """

    pulls: Float32
    pushes: Float32


def forces(a: float, b: float) -> Forces:
    """Tabulate the forces of the similarity ``1 / (1 + a d^(2 b))``, b at most 1.

    Direct powers and quotients would take most of the time. Linear interpolation is exact to 3e-4 of the value (``s (s
    + 1) / (8 * 32^2)`` for a force that falls as ``d^(-2 s)``, s at most 1 + b). An edge of length 0 has no pull.
    """
    bits = np.arange(0, INFINITY_BITS + 1, 2**STEP_BITS, dtype=np.uint32)
    squared: NDArray[np.float64] = bits.view(np.float32).astype(np.float64)
    similarity = 1 / (1 + a * squared**b)
    pulls = np.zeros_like(squared)
    pulls[1:] = -2 * a * b * squared[1:] ** (b - 1) * similarity[1:]
    pushes = 2 * b / (SOFTENING + squared) * similarity
    return Forces(pulls.astype(np.float32), pushes.astype(np.float32))


@inlined
def interpolated(table: Float32, squared: np.float32) -> np.float32:
    """Look up a force: a float's bits, cut after five bits of its mantissa, index the table."""
    bits = np.float32(squared).view(np.uint32)
    step = bits >> np.uint32(STEP_BITS)
    fraction = np.float32(bits & FRACTION_MASK) * PER_STEP
    lower, upper = table[step], table[step + np.uint32(1)]
    return np.float32(lower + fraction * (upper - lower))


@inlined
def sample_2d(y: Float32, i: int, j: int, forces: Forces, alpha: np.float32, state: np.uint64) -> np.uint64:
    """Pull the ends of an edge together, push i away from random points, return the new random state."""
    y0, y1 = y[i, 0], y[i, 1]
    d0, d1 = y0 - y[j, 0], y1 - y[j, 1]
    factor = interpolated(forces.pulls, d0 * d0 + d1 * d1)
    f0, f1 = clipped(factor * d0), clipped(factor * d1)
    y[j, 0] -= alpha * f0
    y[j, 1] -= alpha * f1
    for _ in range(N_NEGATIVES):
        state = next_random(state)
        other = drawn(state, len(y))
        d0, d1 = y0 - y[other, 0], y1 - y[other, 1]
        factor = interpolated(forces.pushes, d0 * d0 + d1 * d1)
        f0 += clipped(factor * d0)
        f1 += clipped(factor * d1)
    y[i, 0], y[i, 1] = y0 + alpha * f0, y1 + alpha * f1
    return state


@inlined
def sample_3d(y: Float32, i: int, j: int, forces: Forces, alpha: np.float32, state: np.uint64) -> np.uint64:
    """Pull the ends of an edge together, push i away from random points, return the new random state."""
    y0, y1, y2 = y[i, 0], y[i, 1], y[i, 2]
    d0, d1, d2 = y0 - y[j, 0], y1 - y[j, 1], y2 - y[j, 2]
    factor = interpolated(forces.pulls, d0 * d0 + d1 * d1 + d2 * d2)
    f0, f1, f2 = clipped(factor * d0), clipped(factor * d1), clipped(factor * d2)
    y[j, 0] -= alpha * f0
    y[j, 1] -= alpha * f1
    y[j, 2] -= alpha * f2
    for _ in range(N_NEGATIVES):
        state = next_random(state)
        other = drawn(state, len(y))
        d0, d1, d2 = y0 - y[other, 0], y1 - y[other, 1], y2 - y[other, 2]
        factor = interpolated(forces.pushes, d0 * d0 + d1 * d1 + d2 * d2)
        f0 += clipped(factor * d0)
        f1 += clipped(factor * d1)
        f2 += clipped(factor * d2)
    y[i, 0], y[i, 1], y[i, 2] = y0 + alpha * f0, y1 + alpha * f1, y2 + alpha * f2
    return state


@inlined
def take_due(next_epoch: Float32, periods: Float32, epoch: int, due: UInt32) -> np.uint32:
    """Write the edges sampled in this epoch, schedule their next one, and return their number, without a branch."""
    n_due = np.uint32(0)
    for edge in range(len(periods)):
        takes_part = next_epoch[edge] <= epoch + 1
        due[n_due] = edge
        n_due += np.uint32(takes_part)
        next_epoch[edge] += periods[edge] * np.float32(takes_part)
    return n_due


@kernel(reorder=True)
def attract_and_repel(y: Float32, edges: Edges, forces: Forces, n_epochs: int, seed: int) -> None:
    """Lay out a fuzzy graph: change y [n, 2 or 3] in place, with a step that falls linearly from 1 to 0."""
    state = np.uint64(seed) * np.uint64(2654435761) + np.uint64(88172645463325252)
    next_epoch = edges.periods.copy()
    due = np.empty(len(edges.heads), np.uint32)
    for epoch in range(n_epochs):
        alpha = np.float32(1 - epoch / n_epochs)
        for edge in due[: take_due(next_epoch, edges.periods, epoch, due)]:
            i, j = edges.heads[edge], edges.tails[edge]
            if y.shape[1] == 2:
                state = sample_2d(y, i, j, forces, alpha, state)
            else:
                state = sample_3d(y, i, j, forces, alpha, state)
