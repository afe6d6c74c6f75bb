"""Recall of strongest partners, counted by brute force: independent of the code that stores trust."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.floating[Any]]

PARTNERS = 10


def true_recalls(queries: Floats, keys: Floats, coords: Floats, positions: NDArray[np.int32]) -> Floats:
    """Count the recall of queries and keys of a causal head, [2, N], over all pairs of a query and an earlier key.

    Parameters
    ----------
    queries, keys : [N, d_head]
    coords : [2, N, dims]
    positions : [N]
    """
    dots = queries.astype(np.float64) @ keys.astype(np.float64).T
    places = coords.astype(np.float64)
    seen = positions[:, None] >= positions
    scores = np.where(seen, dots, -np.inf)
    distances = np.where(seen, np.linalg.norm(places[0][:, None] - places[1], axis=2), np.inf)
    return np.stack([_recall(scores, distances), _recall(scores.T, distances.T)])


def _recall(scores: Floats, distances: Floats) -> Floats:
    """Share of the ten nearest in a layout that are as strong as the tenth strongest; 1 without a choice."""
    shares = np.ones(len(scores))
    for row, (strength, distance) in enumerate(zip(scores, distances, strict=True)):
        if np.isfinite(strength).sum() > PARTNERS:
            tenth = np.sort(strength)[-PARTNERS]
            # Equal tokens are equally strong partners, up to rounding.
            near = strength[np.argsort(distance, kind="stable")[:PARTNERS]]
            shares[row] = (near >= tenth - 1e-6 * abs(tenth)).mean()
    return shares
