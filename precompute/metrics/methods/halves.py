"""Cross-fitting over halves of an instance's queries: choose on one half, measure on the other.

The largest of many noisy values is never 0. Chosen and measured on different queries, both ways (Chernozhukov et al.
2018, arXiv 1608.00060), a head without any preference scores like even attention on average.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

HALVES = (slice(0, None, 2), slice(1, None, 2))
"""Even and odd query positions: if queries see no later key, both halves see about as much."""


def crosswise(sums: NDArray[np.float64], chosen: NDArray[np.intp]) -> NDArray[np.float64]:
    """Sum the values of each half at the other half's choice, float64 [H].

    ``sums`` float64 [2, n, 1 or H] are of each half at n candidates; ``chosen`` int [2, H] is the candidate that each
    half prefers.
    """
    n_places, n_heads = sums.shape[1], chosen.shape[1]
    others = np.broadcast_to(sums[::-1], (2, n_places, n_heads))
    crossed: NDArray[np.float64] = np.take_along_axis(others, chosen[:, None], axis=1).sum(axis=(0, 1))
    return crossed
