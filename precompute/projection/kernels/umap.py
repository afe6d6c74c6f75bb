"""The layout of UMAP by stochastic gradient descent with negative sampling (McInnes, Healy and Melville 2018, section 3.2).

With ``w = 1 / (1 + a d^(2 b))`` an edge pulls its ends together by ``-2 a b d^(2 (b - 1)) / (1 + a d^(2 b)) (y_i - y_j)`` and a random
point pushes by ``2 b / ((0.001 + d^2) (1 + a d^(2 b))) (y_i - y_j)``, each coordinate clipped to 4.
"""

from __future__ import annotations

import numpy as np

from precompute.projection.kernels.compile import inlined, kernel
from precompute.types import Float32, Int32

CLIP = np.float32(4)
SOFTENING = np.float32(0.001)


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


@kernel(reorder=True)
def attract_and_repel(
    y: Float32,
    heads: Int32,
    tails: Int32,
    epochs_per_sample: Float32,
    n_epochs: int,
    a: float,
    b: float,
    n_negatives: int,
    seed: int,
) -> None:
    """Lay out a fuzzy graph.

    Parameters
    ----------
    y : float32 [n, dims]
        Layout; changed in place.
    heads, tails : int32 [m]
        Ends of the edges, both directions of each.
    epochs_per_sample : float32 [m]
        An edge takes part every so many epochs, at least 1: largest weight / its weight.
    n_epochs : int
        The step falls linearly from 1 to 0 over them.
    a, b : float
        Of the curve ``1 / (1 + a d^(2 b))``.
    n_negatives : int
        Random points that push the head of an edge whenever it takes part.
    seed : int
    """
    n, dims = y.shape
    a32, b32 = np.float32(a), np.float32(b)
    state = np.uint64(seed) * np.uint64(2654435761) + np.uint64(88172645463325252)
    next_epoch = epochs_per_sample.copy()
    for epoch in range(n_epochs):
        alpha = np.float32(1 - epoch / n_epochs)
        for edge in range(len(heads)):
            if next_epoch[edge] > epoch + 1:
                continue
            next_epoch[edge] += epochs_per_sample[edge]
            i, j = heads[edge], tails[edge]
            squared = np.float32(0)
            for c in range(dims):
                squared += (y[i, c] - y[j, c]) ** 2
            if squared > 0:
                curve = a32 * squared**b32
                pull = np.float32(-2) * b32 * curve / (squared * (np.float32(1) + curve))
                for c in range(dims):
                    move = alpha * clipped(pull * (y[i, c] - y[j, c]))
                    y[i, c] += move
                    y[j, c] -= move
            for _ in range(n_negatives):
                state = next_random(state)
                j = np.int64(((state >> np.uint64(32)) * np.uint64(n)) >> np.uint64(32))
                squared = np.float32(0)
                for c in range(dims):
                    squared += (y[i, c] - y[j, c]) ** 2
                if squared > 0:
                    push = np.float32(2) * b32 / ((SOFTENING + squared) * (np.float32(1) + a32 * squared**b32))
                    for c in range(dims):
                        y[i, c] += alpha * clipped(push * (y[i, c] - y[j, c]))
