"""How much of a head's space, and of its attention, a layout keeps: for the whole head and for every point."""

from __future__ import annotations

from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from precompute.metrics.spearman import spearman
from precompute.projection import kernels
from precompute.projection.graph import Neighbours
from precompute.projection.head_space import HeadSpace
from precompute.projection.neighbours import nearest_neighbours
from precompute.subset import even_subset
from precompute.types import Float32, Int32

N_NEIGHBOURS = 15
"""Neighbours of a point that a layout ought to keep."""

N_PARTNERS = 10
"""Strongest keys of a query, and strongest queries of a key, that ought to be near in a layout."""

N_NEAR_KEYS = 5
"""Keys of the instance nearest to a query in the layout, whose attention is summed."""

RANK_SUBSET = 1024
"""Points whose neighbours' ranks are counted; all of them up to this number."""

PAIR_SUBSET = 256
"""Queries, and keys, whose pairs are correlated; all of them up to this number."""


def shared_neighbours(first: Int32, second: Int32) -> Float32:
    """Share of each row's neighbours in the first list that are in the second too.

    Parameters
    ----------
    first, second : int32 [n, k]
        Distinct indices in each row.

    Returns
    -------
    float32 [n]
        0..1; 1 where k is 0.
    """
    n, k = first.shape
    if k == 0:
        return np.ones(n, np.float32)
    both = np.sort(np.concatenate([first, second], axis=1), axis=1)
    same: NDArray[np.float64] = (both[:, 1:] == both[:, :-1]).mean(axis=1) * ((2 * k - 1) / k)
    return same.astype(np.float32)


def trustworthiness(vectors: Float32, layout_neighbours: Int32, points: Int32) -> float:
    """How seldom points that a layout shows near were far before (Venna and Kaski 2001, eq. 2).

    ``1 - 2 / (m k (2 n - 3 k - 1)) sum_i sum_{j in U_k(i)} (r(i, j) - k)``, U_k(i) the k nearest of i in the layout,
    r the rank of j among the neighbours of i in the original space where it is larger than k.

    Parameters
    ----------
    vectors : float32 [n, d]
        Original space, Euclidean.
    layout_neighbours : int32 [n, k]
    points : int32 [m]
        Those i to sum over.

    Returns
    -------
    float
        0..1; 1 where there are too few points (n <= 2 k) for a rank to be far.
    """
    n, k = layout_neighbours.shape
    if k == 0 or n <= 2 * k:
        return 1.0
    ranks = np.empty((len(points), k), np.int32)
    kernels.plane.neighbour_ranks(np.ascontiguousarray(vectors.T), points, layout_neighbours[points], ranks)
    excess = float(np.maximum(ranks - k, 0).mean(dtype=np.float64))
    return float(1 - 2 * excess / (2 * n - 3 * k - 1))


class LayoutJudge:
    """Compares layouts of one head with its joint space and attention; what all comparisons need is computed once."""

    def __init__(self, space: HeadSpace) -> None:
        self._space = space
        self._n = len(space.queries)

    def judge(self, layout: Float32) -> tuple[Float32, dict[str, float]]:
        """Measure one layout.

        Parameters
        ----------
        layout : float32 [2 N, dims]
            Queries then keys.

        Returns
        -------
        preservation : float32 [2 N]
            Share of each point's 15 nearest neighbours of the joint space that are among its 15 nearest in the layout.
        metrics : dict of str to float
            ``knn_recall`` (mean preservation), ``trustworthiness``, ``correlation`` (Spearman, distance in the layout
            and dot product over query-key pairs, -1 best), ``query_recall`` and ``key_recall`` (share of a point's
            ten strongest partners of the data set among its ten nearest partners in the layout), ``attention_recall``
            (mean of the two), ``attention_mass`` (attention, inside the instance, on the five keys nearest to the
            query in the layout). NaN where no point has a choice.
        """
        near = nearest_neighbours(layout, N_NEIGHBOURS).indices
        preservation = shared_neighbours(self._space.neighbours.first(N_NEIGHBOURS).indices, near)
        query_recall, key_recall = self._recalls(layout)
        return preservation, {
            "knn_recall": float(preservation.mean()),
            "trustworthiness": trustworthiness(self._space.directions, near, self._ranked),
            "correlation": self._correlation(layout),
            "query_recall": query_recall,
            "key_recall": key_recall,
            "attention_recall": (query_recall + key_recall) / 2,
            "attention_mass": self._attention_mass(layout),
        }

    @cached_property
    def _ranked(self) -> Int32:
        return even_subset(2 * self._n, RANK_SUBSET).astype(np.int32)

    @cached_property
    def _paired(self) -> NDArray[np.int64]:
        return even_subset(self._n, PAIR_SUBSET)

    @cached_property
    def _dot_products(self) -> Float32:
        return self._space.queries[self._paired] @ self._space.keys[self._paired].T

    def _correlation(self, layout: Float32) -> float:
        queries, keys = layout[self._paired], layout[self._n + self._paired]
        squared = ((queries[:, None] - keys[None]) ** 2).sum(axis=2)
        return spearman(squared, self._dot_products)

    @cached_property
    def _strongest(self) -> Neighbours:
        return self._space.attention_neighbours.first(N_PARTNERS + 1)

    def _recalls(self, layout: Float32) -> tuple[float, float]:
        """Mean shares of queries and of keys; only of points with more than ten partners to choose from."""
        chooses = self._strongest.degrees > N_PARTNERS
        shares = shared_neighbours(self._strongest.indices[:, :N_PARTNERS], self._nearest_partners(layout))
        queries, keys = (shares[part][chooses[part]] for part in (slice(self._n), slice(self._n, None)))
        return mean_or_nan(queries), mean_or_nan(keys)

    def _nearest_partners(self, layout: Float32) -> Int32:
        n, k = self._n, self._strongest.indices[:, :N_PARTNERS].shape[1]
        queries, keys = np.ascontiguousarray(layout[:n]), np.ascontiguousarray(layout[n:])
        query_pos, key_pos = self._space.sight
        indices = np.zeros((2 * n, k), np.int32)
        costs = np.empty((n, k), np.float32)
        nearest = kernels.plane.nearest_allowed
        nearest(queries, np.ascontiguousarray(keys.T), (query_pos, key_pos), indices[:n], costs)
        nearest(keys, np.ascontiguousarray(queries.T), (-key_pos, -query_pos), indices[n:], costs)
        indices[:n] += n
        return indices

    def _attention_mass(self, layout: Float32) -> float:
        space = self._space
        attention = kernels.plane.Attention(space.queries, space.keys, space.scale, space.causal, space.offsets)
        mass = np.empty(self._n, np.float32)
        queries, keys = np.ascontiguousarray(layout[: self._n]), np.ascontiguousarray(layout[self._n :])
        kernels.plane.attention_on_nearest(attention, queries, keys, N_NEAR_KEYS, mass)
        return mean_or_nan(mass[mass >= 0])


def mean_or_nan(values: Float32) -> float:
    """Mean, NaN of nothing."""
    return float(values.mean(dtype=np.float64)) if values.size else float("nan")
