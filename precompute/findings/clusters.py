"""Clusters of heads that attend alike."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from precompute.numeric import Float32

CLUSTERED_WITHIN = 0.3
"""Mean distance up to which groups of heads are one cluster: they share 91 % of their attention (1 - d^2)."""


def head_clusters(distances: Float32, *, within: float = CLUSTERED_WITHIN) -> tuple[tuple[int, ...], ...]:
    """Group heads by average linkage (Sokal and Michener 1958), found with nearest-neighbor chains (Murtagh 1983).

    Groups join while their mean distance float32 [n, n] (:func:`precompute.attention.distances.head_distances`) is at
    most ``within``. Returns the rows of each cluster of at least two heads, ascending; the largest cluster first.
    """
    members: dict[int, list[int]] = {row: [row] for row in range(len(distances))}
    for first, second, height in _merges(distances):
        if height <= within:
            members[first] = members[first] + members.pop(second)
    clusters = (tuple(sorted(rows)) for rows in members.values() if len(rows) > 1)
    return tuple(sorted(clusters, key=lambda rows: (-len(rows), rows)))


def medoid(distances: Float32, rows: tuple[int, ...]) -> int:
    """Return the row nearest to all rows of a nonempty cluster, by distances float32 [n, n]; the first of several."""
    inside = distances[np.ix_(rows, rows)]
    return rows[int(np.argmin(inside.sum(axis=1)))]


def _merges(distances: Float32) -> Iterator[tuple[int, int, float]]:
    """Yield the rows of two groups and the mean distance at which they join; a joined group keeps its lowest row.

    Average linkage never brings a group nearer than its parts, so joins found along a chain are those of the tree, and
    a group's parts precede the group.
    """
    apart: NDArray[np.float64] = distances.astype(np.float64)
    np.fill_diagonal(apart, np.inf)
    sizes = np.ones(len(apart))
    left = set(range(len(apart)))
    chain: list[int] = []
    while len(left) > 1:
        if not chain:
            chain.append(min(left))
        here = chain[-1]
        nearest = int(np.argmin(apart[here]))
        if len(chain) > 1 and apart[here, chain[-2]] <= apart[here, nearest]:
            nearest = chain[-2]
        if len(chain) < 2 or nearest != chain[-2]:
            chain.append(nearest)
            continue
        del chain[-2:]
        first, second = sorted((here, nearest))
        yield first, second, float(apart[first, second])
        both = sizes[first] + sizes[second]
        joined = (sizes[first] * apart[first] + sizes[second] * apart[second]) / both
        joined[[first, second]] = np.inf
        apart[first], apart[:, first] = joined, joined
        apart[second], apart[:, second] = np.inf, np.inf
        sizes[first] = both
        left.remove(second)
