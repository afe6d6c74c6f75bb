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

CLIP = np.float32(4)
SOFTENING = np.float32(0.001)
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
    """The similarity ``1 / (1 + a d^(2 b))`` in the layout."""

    a: float
    b: float


@inlined
def squared_distance(y: Float32, i: int, j: int) -> np.float32:
    """Squared Euclidean distance of two rows."""
    total = np.float32(0)
    for c in range(len(y[i])):
        difference = y[i, c] - y[j, c]
        total += difference * difference
    return total


@inlined
def pull(y: Float32, i: int, j: int, curve: Curve, alpha: np.float32) -> None:
    """Move the ends of an edge towards each other."""
    squared = squared_distance(y, i, j)
    if squared > 0:
        raised = np.float32(curve.a) * squared ** np.float32(curve.b)
        factor = np.float32(-2) * np.float32(curve.b) * raised / (squared * (np.float32(1) + raised))
        for c in range(len(y[i])):
            move = alpha * clipped(factor * (y[i, c] - y[j, c]))
            y[i, c] += move
            y[j, c] -= move


@inlined
def push(y: Float32, i: int, j: int, curve: Curve, alpha: np.float32) -> None:
    """Move a point away from another, which stays."""
    squared = squared_distance(y, i, j)
    if squared > 0:
        raised = np.float32(curve.a) * squared ** np.float32(curve.b)
        factor = np.float32(2) * np.float32(curve.b) / ((SOFTENING + squared) * (np.float32(1) + raised))
        for c in range(len(y[i])):
            y[i, c] += alpha * clipped(factor * (y[i, c] - y[j, c]))


@kernel(reorder=True)
def attract_and_repel(y: Float32, edges: Edges, curve: Curve, n_epochs: int, seed: int) -> None:
    """Lay out a fuzzy graph.

    Parameters
    ----------
    y : float32 [n, dims]
        Layout; changed in place.
    edges : Edges
    curve : Curve
    n_epochs : int
        The step falls linearly from 1 to 0 over them.
    seed : int
    """
    n = len(y)
    state = np.uint64(seed) * np.uint64(2654435761) + np.uint64(88172645463325252)
    next_epoch = edges.periods.copy()
    for epoch in range(n_epochs):
        alpha = np.float32(1 - epoch / n_epochs)
        for edge in range(len(edges.heads)):
            if next_epoch[edge] > epoch + 1:
                continue
            next_epoch[edge] += edges.periods[edge]
            i = edges.heads[edge]
            pull(y, i, edges.tails[edge], curve, alpha)
            for _ in range(N_NEGATIVES):
                state = next_random(state)
                push(y, i, int(((state >> np.uint64(32)) * np.uint64(n)) >> np.uint64(32)), curve, alpha)
