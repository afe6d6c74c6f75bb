"""The queries of an instance in two halves: what is chosen on one half is measured on the other.

The largest of many noisy values is never 0. Chosen and measured on different queries, both ways (cross-fitting:
Chernozhukov et al. 2018, arXiv 1608.00060), a head without any preference is on average as even attention.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

HALVES = (slice(0, None, 2), slice(1, None, 2))
"""Even and odd query positions: where queries see no later key, both halves then see about as much."""


def crosswise(sums: NDArray[np.float64], chosen: NDArray[np.intp]) -> NDArray[np.float64]:
    """Add up what each half has at the other half's choice.

    Parameters
    ----------
    sums : float64 [2, n, 1 or H]
        Of every half, at every place.
    chosen : int [2, H]
        Place that each half prefers.

    Returns
    -------
    float64 [H]
    """
    n_places, n_heads = sums.shape[1], chosen.shape[1]
    others = np.broadcast_to(sums[::-1], (2, n_places, n_heads))
    crossed: NDArray[np.float64] = np.take_along_axis(others, chosen[:, None], axis=1).sum(axis=(0, 1))
    return crossed
