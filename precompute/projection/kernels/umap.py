"""UMAP's layout: stochastic gradient descent with negative samples (McInnes, Healy and Melville 2018, section 3.2).

With the similarity ``1 / (1 + a d^(2 b))`` an edge pulls its ends together and a random point pushes by

    pull  -2 a b d^(2 (b - 1)) / (1 + a d^(2 b)) (y_i - y_j)
    push  2 b / ((0.001 + d^2) (1 + a d^(2 b))) (y_i - y_j)

each coordinate clipped to 4.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from precompute.projection.graph import UInt32
from precompute.projection.kernels.compile import inlined, kernel
from precompute.types import Float32

ONE = np.float32(1)
CLIP = np.float32(4)
SOFTENING = np.float32(0.001)
STEP_BITS = np.uint32(2**18)
LARGEST_FLOAT_BITS = 0x7F800000
N_NEGATIVES = 5
"""Random points that push the head of an edge whenever it takes part."""


@inlined
def next_random(state: np.uint64) -> np.uint64:
    """Advance a xorshift generator of 64 bits (Marsaglia 2003)."""
    state ^= state << np.uint64(13)
    state ^= state >> np.uint64(7)
    state ^= state << np.uint64(17)
    return state


@inlined
def drawn(state: np.uint64, n: int) -> np.uint64:
    """Turn the upper half of the generator's state into a number below n."""
    return ((state >> np.uint64(32)) * np.uint64(n)) >> np.uint64(32)


@inlined
def clipped(x: np.float32) -> np.float32:
    """Limit to -4..4."""
    return min(max(x, -CLIP), CLIP)


class Edges(NamedTuple):
    """The edges of a fuzzy graph, both directions of each.

    Attributes
    ----------
    heads, tails : uint32 [m]
        Ends.
    periods : float32 [m]
        An edge takes part once in so many epochs, at least 1: the largest weight divided by its own.
    """

    heads: UInt32
    tails: UInt32
    periods: Float32


class Curve(NamedTuple):
    """The similarity ``1 / (1 + a d^(2 b))`` in the layout.

    Attributes
    ----------
    a : float
    b : float
        At most 1.
    powers : float32 [8161]
        ``x^b`` at every power of two and 31 steps between; see :func:`curve`.
    """

    a: float
    b: float
    powers: Float32


def curve(a: float, b: float) -> Curve:
    """Make a curve with its table of powers.

    Half of the time of a layout would go to ``x^b``. Between neighbouring entries of the table it is nearly straight: a
    linear interpolation is exact to ``b (1 - b) / (8 * 32^2)`` of its value, 1e-5 for UMAP's b.
    """
    bits = np.arange(0, LARGEST_FLOAT_BITS + 1, STEP_BITS, dtype=np.uint32)
    return Curve(a, b, bits.view(np.float32) ** np.float32(b))


@inlined
def raised(x: np.float32, curve: Curve) -> np.float32:
    """Give ``a x^b``, x at least 0: a float's bits, cut after five digits of its mantissa, count the table's steps."""
    bits = np.float32(x).view(np.uint32)
    step = bits // STEP_BITS
    fraction = np.float32(bits % STEP_BITS) / np.float32(STEP_BITS)
    lower, upper = curve.powers[step], curve.powers[step + np.uint32(1)]
    return np.float32(np.float32(curve.a) * (lower + fraction * (upper - lower)))


@inlined
def pull(squared: np.float32, curve: Curve) -> np.float32:
    """Factor of ``y_i - y_j`` for an edge, given the squared distance; 0 at the same place."""
    if squared == 0:
        return np.float32(0)
    power = raised(squared, curve)
    return np.float32(-2) * np.float32(curve.b) * power / (squared * (ONE + power))


@inlined
def push(squared: np.float32, curve: Curve) -> np.float32:
    """Factor of ``y_i - y_j`` for a random point, given the squared distance."""
    return np.float32(2) * np.float32(curve.b) / ((SOFTENING + squared) * (ONE + raised(squared, curve)))


@inlined
def sample_2d(y: Float32, i: int, j: int, curve: Curve, alpha: np.float32, state: np.uint64) -> np.uint64:
    """Pull the ends of an edge together and push i away from random points; give the generator's new state."""
    y0, y1 = y[i, 0], y[i, 1]
    d0, d1 = y0 - y[j, 0], y1 - y[j, 1]
    factor = pull(d0 * d0 + d1 * d1, curve)
    move0, move1 = alpha * clipped(factor * d0), alpha * clipped(factor * d1)
    y[j, 0] -= move0
    y[j, 1] -= move1
    y0 += move0
    y1 += move1
    for _ in range(N_NEGATIVES):
        state = next_random(state)
        other = drawn(state, len(y))
        if other != i:
            d0, d1 = y0 - y[other, 0], y1 - y[other, 1]
            factor = push(d0 * d0 + d1 * d1, curve)
            y0 += alpha * clipped(factor * d0)
            y1 += alpha * clipped(factor * d1)
    y[i, 0], y[i, 1] = y0, y1
    return state


@inlined
def sample_3d(y: Float32, i: int, j: int, curve: Curve, alpha: np.float32, state: np.uint64) -> np.uint64:
    """Pull the ends of an edge together and push i away from random points; give the generator's new state."""
    y0, y1, y2 = y[i, 0], y[i, 1], y[i, 2]
    d0, d1, d2 = y0 - y[j, 0], y1 - y[j, 1], y2 - y[j, 2]
    factor = pull(d0 * d0 + d1 * d1 + d2 * d2, curve)
    move0, move1, move2 = alpha * clipped(factor * d0), alpha * clipped(factor * d1), alpha * clipped(factor * d2)
    y[j, 0] -= move0
    y[j, 1] -= move1
    y[j, 2] -= move2
    y0 += move0
    y1 += move1
    y2 += move2
    for _ in range(N_NEGATIVES):
        state = next_random(state)
        other = drawn(state, len(y))
        if other != i:
            d0, d1, d2 = y0 - y[other, 0], y1 - y[other, 1], y2 - y[other, 2]
            factor = push(d0 * d0 + d1 * d1 + d2 * d2, curve)
            y0 += alpha * clipped(factor * d0)
            y1 += alpha * clipped(factor * d1)
            y2 += alpha * clipped(factor * d2)
    y[i, 0], y[i, 1], y[i, 2] = y0, y1, y2
    return state


@kernel(reorder=True)
def attract_and_repel(y: Float32, edges: Edges, curve: Curve, n_epochs: int, seed: int) -> None:
    """Lay out a fuzzy graph.

    Parameters
    ----------
    y : float32 [n, 2 or 3]
        Layout; changed in place.
    edges : Edges
    curve : Curve
    n_epochs : int
        The step falls linearly from 1 to 0 over them.
    seed : int
    """
    state = np.uint64(seed) * np.uint64(2654435761) + np.uint64(88172645463325252)
    next_epoch = edges.periods.copy()
    for epoch in range(n_epochs):
        alpha = np.float32(1 - epoch / n_epochs)
        for edge in range(len(edges.heads)):
            if next_epoch[edge] > epoch + 1:
                continue
            next_epoch[edge] += edges.periods[edge]
            i, j = edges.heads[edge], edges.tails[edge]
            if y.shape[1] == 2:
                state = sample_2d(y, i, j, curve, alpha, state)
            else:
                state = sample_3d(y, i, j, curve, alpha, state)
