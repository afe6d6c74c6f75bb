"""Layout quality: how much of a head's space and attention a layout keeps, per head and per point."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from precompute.format.manifest import CEILING, ERROR, MetricInfo
from precompute.metrics.sampled_pairs import Estimate, PairSample
from precompute.numeric import Float32, Int32, even_subset
from precompute.projections import kernels
from precompute.projections.head_space import HeadSpace
from precompute.projections.methods.attention import partners_layout
from precompute.projections.neighbors import nearest_neighbors
from precompute.projections.visibility import Visibility

KEPT_NEIGHBORS = 15
"""Neighbors of a point that a layout should keep."""

N_PARTNERS = 10
"""Strongest keys of a query, and strongest queries of a key, that should be near in a layout."""

N_NEAR_KEYS = 5
"""Keys of the instance nearest to a query in the layout, whose attention is summed."""

RANK_SUBSET = 1024
"""Maximum number of points whose neighbors' ranks are counted."""


def kept_neighbors(vectors: Float32, neighbors: Int32, layout_neighbors: Int32) -> Float32:
    """Return the share of each point's k nearest in a layout that are among its k nearest in the original space, 0..1.

    Points at most as far as the last of the original neighbors count too: of a hundred equal [CLS] tokens any fifteen
    are the nearest. 1 where k is 0.

    Parameters
    ----------
    vectors : float32 [n, d]
        Original space, Euclidean.
    neighbors, layout_neighbors : int32 [n, k]
        Nearest in the original space, ascending, and in the layout.
    """
    n, k = neighbors.shape
    if k == 0:
        return np.ones(n, np.float32)
    counts = np.empty(n, np.int32)
    kernels.quality.count_as_near(vectors, neighbors[:, -1].copy(), layout_neighbors, counts)
    return share(counts, k)


def share(counts: Int32, of: int) -> Float32:
    """Divide, float32."""
    ratio: NDArray[np.float64] = counts / of
    return ratio.astype(np.float32)


def trustworthiness(vectors: Float32, layout_neighbors: Int32, points: Int32) -> float:
    """Return how rarely points that are near in a layout are far in the original space (Venna and Kaski 2001, eq. 2).

    ``1 - 2 / (m k (2 n - 3 k - 1)) sum_i sum_{j in U_k(i)} (r(i, j) - k)``, U_k(i) the k nearest of i in the layout, r
    the rank of j among the neighbors of i in the original space where it is larger than k. 0..1; 1 if there are too few
    points (n <= 2 k) for a rank to be far.

    Parameters
    ----------
    vectors : float32 [n, d]
        Original space, Euclidean.
    layout_neighbors : int32 [n, k]
    points : int32 [m]
        Those i to sum over.
    """
    n, k = layout_neighbors.shape
    if k == 0 or n <= 2 * k:
        return 1.0
    ranks = np.empty((len(points), k), np.int32)
    kernels.quality.neighbor_ranks(np.ascontiguousarray(vectors.T), points, layout_neighbors[points], ranks)
    excess = float(np.maximum(ranks - k, 0).mean(dtype=np.float64))
    return float(1 - 2 * excess / (2 * n - 3 * k - 1))


def continuity(layout: Float32, neighbors: Int32, points: Int32) -> float:
    """Return how rarely neighbors of the original space are far in a layout (Venna and Kaski 2001, eq. 4).

    :func:`trustworthiness` with the two spaces exchanged. 0..1; 1 if there are too few points for a rank to be far.

    Parameters
    ----------
    layout : float32 [n, dims]
    neighbors : int32 [n, k]
        Nearest in the original space.
    points : int32 [m]
        Those to sum over.
    """
    return trustworthiness(layout, neighbors, points)


@dataclass(frozen=True)
class Side:
    """Queries and their possible keys, or keys and their possible queries.

    Attributes
    ----------
    vectors, partners : float32 [N, d_head]
    last : int32 [N]
        The tenth strongest partner of each vector.
    chooses : bool [N]
        Whether it sees more than ten partners.
    """

    vectors: Float32
    partners: Float32
    last: Int32
    chooses: NDArray[np.bool_]
    visibility: Visibility

    def nearest(self, points: Float32, partner_points: Float32) -> Int32:
        """Return the ten nearest partners of each vector in a layout, int32 [N, 10]; points are float32 [N, dims]."""
        k = min(N_PARTNERS, len(points))
        near, distances = np.zeros((len(points), k), np.int32), np.empty((len(points), k), np.float32)
        kernels.quality.nearest_seen(points, np.ascontiguousarray(partner_points.T), self.visibility, near, distances)
        return near

    def kept(self, near: Int32) -> Float32:
        """Return the share of each vector's nearest partners that are among its ten strongest, float32 [N], 0..1.

        Partners as strong as the tenth count. 1 for a vector that sees at most ten partners: whichever are near, all
        are among its strongest.
        """
        counts = np.empty(len(near), np.int32)
        kernels.quality.count_as_strong(self.vectors, self.partners, self.visibility, self.last, near, counts)
        return np.where(self.chooses, share(counts, near.shape[1]), np.float32(1))

    def mean(self, shares: Float32) -> float:
        """Return the mean over vectors that see more than ten partners; NaN if there are none."""
        return mean_or_nan(shares[self.chooses])


@dataclass(frozen=True)
class PointShares:
    """Shares that a layout keeps of each point, float32 [2 N], 0..1, queries then keys.

    Attributes
    ----------
    partners
        Share of the point's ten strongest partners of the data set that are among its ten nearest in the layout:
        visible keys for a query, queries that see it for a key. Of two starts of the layout, the mean.
    neighbors
        Share of its 15 nearest points of the joint space that are among its 15 nearest in the layout.
    """

    partners: Float32
    neighbors: Float32


class LayoutJudge:
    """Comparison of a head's layouts with its joint space and attention; shared results are computed once."""

    def __init__(self, space: HeadSpace) -> None:
        self._space = space
        self._head = space.head
        self._n = len(space.head.queries)

    def judge(self, layout: Float32) -> tuple[PointShares, dict[str, float]]:
        """Measure one layout float32 [2 N, dims], queries then keys.

        Returns
        -------
        shares : PointShares
            Of every point.
        metrics : dict of str to float
            ``knn_recall`` (mean of ``shares.neighbors``), ``trustworthiness``, ``continuity``, ``correlation``
            (Spearman, distance in the layout and dot product over query-key pairs, -1 best), ``query_recall`` and
            ``key_recall`` (means of ``shares.partners``), ``attention_recall`` (mean of the two), ``attention_mass``
            (attention, inside the instance, on the five keys nearest to the query in the layout). NaN if no point has a
            choice. All are independent of the layout's size. ``correlation.error`` is a standard error,
            ``attention_mass.ceiling`` the attention on the five strongest keys, ``query_recall.ceiling`` and
            ``key_recall.ceiling`` what :func:`precompute.projections.methods.attention.partners_layout` keeps.
        """
        layout = of_unit_size(layout)
        near = nearest_neighbors(layout, KEPT_NEIGHBORS).indices
        before = self._space.neighbors.first(KEPT_NEIGHBORS).indices
        neighbors = kept_neighbors(self._space.directions, before, near)
        query_shares, key_shares, query_recall, key_recall = self._partners_kept(layout)
        correlation = self._correlation(layout)
        return PointShares(np.concatenate([query_shares, key_shares]), neighbors), {
            "knn_recall": float(neighbors.mean()),
            "trustworthiness": trustworthiness(self._space.directions, near, self._ranked),
            "continuity": continuity(layout, before, self._ranked),
            "correlation": correlation.value,
            error_name("correlation"): correlation.error,
            "query_recall": query_recall,
            "key_recall": key_recall,
            "attention_recall": (query_recall + key_recall) / 2,
            "attention_mass": self._attention_mass(layout),
            ceiling_name("attention_mass"): self._mass_of_strongest,
            **self._reached,
        }

    def compare_starts(self, layout: Float32, other: Float32) -> tuple[Float32, float]:
        """Return what both of two layouts keep of each point, and how far they agree.

        Returns
        -------
        partners : float32 [2 N]
            Mean of ``PointShares.partners`` in both: a partner that is near in one of them counts half.
        agreement : float
            Mean share of a point's ten nearest partners that are the same in both, 0..1; NaN if no point has a choice.
        """
        shares, agreements = [], []
        for (side, near), (_, far) in zip(self._nearest(layout), self._nearest(other), strict=True):
            shares.append((side.kept(near) + side.kept(far)) / 2)
            same = (near[:, :, None] == far[:, None]).any(axis=2).mean(axis=1, dtype=np.float32)
            agreements.append(side.mean(same))
        return np.concatenate(shares), float(np.mean(agreements))

    def _nearest(self, layout: Float32) -> tuple[tuple[Side, Int32], tuple[Side, Int32]]:
        """Return the nearest keys of queries, and the nearest queries of keys, in a layout of any size."""
        layout = of_unit_size(layout)
        queries, keys = np.ascontiguousarray(layout[: self._n]), np.ascontiguousarray(layout[self._n :])
        of_queries, of_keys = self._sides
        return (of_queries, of_queries.nearest(queries, keys)), (of_keys, of_keys.nearest(keys, queries))

    @cached_property
    def _ranked(self) -> Int32:
        return even_subset(2 * self._n, RANK_SUBSET).astype(np.int32)

    @cached_property
    def _pairs(self) -> PairSample:
        return PairSample(self._n)

    @cached_property
    def _dot_product_ranks(self) -> NDArray[np.float64]:
        return self._pairs.ranks(self._head.queries[self._pairs.queries] @ self._head.keys[self._pairs.keys].T)

    def _correlation(self, layout: Float32) -> Estimate:
        queries, keys = layout[self._pairs.queries], layout[self._n + self._pairs.keys]
        squared = np.zeros((len(queries), len(keys)), np.float32)
        for dimension in range(layout.shape[1]):
            squared += np.subtract.outer(queries[:, dimension], keys[:, dimension]) ** 2
        return self._pairs.spearman(self._pairs.ranks(squared), self._dot_product_ranks)

    @cached_property
    def _sides(self) -> tuple[Side, Side]:
        space, head, n = self._space, self._head, self._n
        strongest = space.attention_neighbors.first(N_PARTNERS + 1)
        last = strongest.indices[:, min(N_PARTNERS, n) - 1]
        chooses = strongest.degrees > N_PARTNERS
        return (
            Side(head.queries, head.keys, last[:n] - np.int32(n), chooses[:n], space.visibility),
            Side(head.keys, head.queries, last[n:].copy(), chooses[n:], space.visibility.reversed()),
        )

    def _partners_kept(self, layout: Float32) -> tuple[Float32, Float32, float, float]:
        """Return the shares of queries' and of keys' partners that are kept, float32 [N] each, and both means."""
        query_shares, key_shares = (side.kept(near) for side, near in self._nearest(layout))
        of_queries, of_keys = self._sides
        return query_shares, key_shares, of_queries.mean(query_shares), of_keys.mean(key_shares)

    def _attention_mass(self, layout: Float32) -> float:
        head, mass = self._head, np.empty(self._n, np.float32)
        queries, keys = np.ascontiguousarray(layout[: self._n]), np.ascontiguousarray(layout[self._n :])
        on_nearest = kernels.quality.attention_on_nearest
        for instance in range(head.n_instances):
            own = head.tokens(instance)
            on_nearest(
                head.queries[own],
                head.keys[own],
                head.scale,
                head.bias(instance),
                queries[own],
                keys[own],
                N_NEAR_KEYS,
                mass[own],
            )
        return mean_or_nan(mass[mass >= 0])

    @cached_property
    def _reached(self) -> dict[str, float]:
        """Return what a layout in the plane keeps that serves nothing but partners: a ceiling that was reached."""
        *_, query_recall, key_recall = self._partners_kept(partners_layout(self._space))
        return {ceiling_name("query_recall"): query_recall, ceiling_name("key_recall"): key_recall}

    @cached_property
    def _mass_of_strongest(self) -> float:
        head, mass = self._head, np.empty(self._n, np.float32)
        for instance in range(head.n_instances):
            own = head.tokens(instance)
            kernels.quality.attention_on_strongest(
                head.queries[own], head.keys[own], head.scale, head.bias(instance), N_NEAR_KEYS, mass[own]
            )
        return mean_or_nan(mass[mass >= 0])


def of_unit_size(layout: Float32) -> Float32:
    """Scale a layout by a power of two, which is exact, so that squared distances neither overflow nor vanish."""
    _, exponent = np.frexp(np.abs(layout).max(initial=0))
    resized: Float32 = np.ldexp(layout, -exponent)
    return resized


def mean_or_nan(values: Float32) -> float:
    """Return the mean; NaN if empty."""
    return float(values.mean(dtype=np.float64)) if values.size else float("nan")


def error_name(metric: str) -> str:
    """Return the name of a metric's standard error."""
    return metric + ERROR


def ceiling_name(metric: str) -> str:
    """Return the name of a metric's ceiling."""
    return metric + CEILING


LAYOUT_METRICS = {
    info.name: info
    for info in (
        MetricInfo(
            "knn_recall",
            "neighbors kept",
            "Share of a point's 15 nearest neighbors in the joint space that are among its nearest here; 1 is all.",
        ),
        MetricInfo(
            "trustworthiness",
            "trustworthiness",
            "How rarely points that are near here were far in the joint space: 1 is never.",
        ),
        MetricInfo(
            "continuity",
            "continuity",
            "How rarely points that were near in the joint space are far here: 1 is never.",
        ),
        MetricInfo(
            "correlation",
            "distance vs dot product",
            "Spearman correlation of distance here and dot product over query-key pairs: -1 is perfect.",
            stronger="low",
        ),
        MetricInfo(
            "query_recall",
            "top keys kept",
            "Share of a query's ten strongest keys of the data set among its ten nearest keys here; 1 is all.",
        ),
        MetricInfo(
            "key_recall",
            "top queries kept",
            "Share of a key's ten strongest queries of the data set among its ten nearest queries here; 1 is all.",
        ),
        MetricInfo(
            "attention_recall",
            "strongest partners kept",
            "Share of a point's ten strongest partners of the data set among its ten nearest here; 1 is all.",
        ),
        MetricInfo(
            "agreement",
            "starts agree",
            "Share of a point's ten nearest partners that are the same from another start of the layout; 1 is all.",
        ),
        MetricInfo(
            "attention_mass",
            "attention on near keys",
            "Attention inside the instance on the five keys nearest to the query here; 1 is all.",
        ),
    )
}
"""Metrics of :class:`LayoutJudge`, by the last part of their name."""


def layout_metric_info(name: str) -> MetricInfo:
    """Return the metric of a layout, named ``<projection>.<dims>.<metric>``."""
    projection, dims, metric = name.split(".", 2)
    info = LAYOUT_METRICS[metric]
    return replace(info, name=name, label=f"{projection} {dims}-D: {info.label}")
