"""Loops that measure layout quality."""

from __future__ import annotations

import numpy as np

from precompute.numeric import Float32, Int32
from precompute.projections.kernels.attention import bias_between, is_limited, negative_dot_products
from precompute.projections.kernels.compile import inlined, kernel
from precompute.projections.kernels.neighbors import insert_cheapest, squared_distances
from precompute.projections.visibility import Visibility


@kernel()
def neighbor_ranks(columns: Float32, points: Int32, neighbors: Int32, ranks: Int32) -> None:
    """Rank the neighbors of some points among all other points by distance: 1 for the nearest.

    Parameters
    ----------
    columns : float32 [d, n]
        All points.
    points : int32 [m]
        Points whose neighbors are ranked.
    neighbors : int32 [m, k]
    ranks : int32 [m, k]
        Written: 1 + the number of other points that are strictly nearer.
    """
    row = np.empty(len(columns[0]), np.float32)
    for i in range(len(points)):
        squared_distances(columns[:, points[i]].copy(), columns, row)
        row[points[i]] = np.inf
        for place in range(len(neighbors[i])):
            distance = row[neighbors[i, place]]
            nearer = np.int32(0)
            for j in range(len(row)):
                nearer += np.int32(row[j] < distance)
            ranks[i, place] = 1 + nearer


@inlined
def squared_distance(x: Float32, y: Float32) -> np.float32:
    """Return the squared Euclidean distance of two points, the same bits in every kernel."""
    total = np.float32(0)
    for c in range(len(x)):
        difference = x[c] - y[c]
        total += difference * difference
    return total


@inlined
def dot_product(x: Float32, y: Float32) -> np.float32:
    """Return the dot product of two vectors, the same bits in every kernel."""
    total = np.float32(0)
    for c in range(len(x)):
        total += x[c] * y[c]
    return total


@kernel()
def count_as_near(points: Float32, last: Int32, candidates: Int32, counts: Int32) -> None:
    """Count for each point [n, d] the candidates [n, k] that are at most as far away as the point ``last`` [n].

    ``counts`` [n] receives 0..k.
    """
    for i in range(len(points)):
        reach = squared_distance(points[i], points[last[i]])
        counts[i] = 0
        for j in candidates[i]:
            counts[i] += np.int32(squared_distance(points[i], points[j]) <= reach)


@kernel()
def count_as_strong(
    vectors: Float32, partners: Float32, visibility: Visibility, last: Int32, candidates: Int32, counts: Int32
) -> None:
    """Count for each vector the candidates whose dot product with it is at least that of the partner ``last``.

    Vectors are [n, d], partners [m, d], ``last`` [n], candidates [n, k]. A bias is part of the dot product. ``counts``
    [n] receives 0..k.
    """
    for i in range(len(vectors)):
        smallest = dot_product(vectors[i], partners[last[i]]) + bias_between(visibility, i, last[i])
        counts[i] = 0
        for j in candidates[i]:
            counts[i] += np.int32(dot_product(vectors[i], partners[j]) + bias_between(visibility, i, j) >= smallest)


@kernel()
def nearest_seen(points: Float32, columns: Float32, visibility: Visibility, indices: Int32, costs: Float32) -> None:
    """Find for each point [n, d] the k nearest columns [d, m] that it can see.

    ``indices`` and ``costs`` [n, k] receive columns by ascending squared distance, and that distance; ``inf`` where
    fewer than k are visible.
    """
    row = np.empty(len(columns[0]), np.float32)
    for i in range(len(points)):
        squared_distances(points[i], columns, row)
        if is_limited(visibility):
            for j in range(len(row)):
                if bias_between(visibility, i, j) == -np.inf:
                    row[j] = np.inf
        costs[i] = np.inf
        insert_cheapest(row, range(len(row)), indices[i], costs[i], 0)


@kernel()
def attention_on_nearest(
    queries: Float32,
    keys: Float32,
    scale: float,
    bias: Float32,
    query_points: Float32,
    key_points: Float32,
    k: int,
    mass: Float32,
) -> None:
    """Write for every query of an instance its attention on the k visible keys nearest to it in a layout.

    Parameters
    ----------
    queries, keys : float32 [len, d_head]
    bias : float32 [len, len]
        Added to the scores; -inf hides a key.
    query_points, key_points : float32 [len, dims]
    mass : float32 [len]
        Written, 0..1; -1 for a query that sees at most k keys.
    """
    n = len(queries)
    columns, places = keys.T.copy(), key_points.T.copy()
    scores, distances = np.empty(n, np.float32), np.empty(n, np.float32)
    nearest = np.zeros(k, np.int32)
    for query in range(n):
        negative_dot_products(queries[query], columns, scores)
        squared_distances(query_points[query], places, distances)
        highest = np.float32(-np.inf)
        n_visible = 0
        for j in range(n):
            scores[j] = scores[j] * -np.float32(scale) + bias[query, j]
            if scores[j] == -np.inf:
                distances[j] = np.inf
            else:
                n_visible += 1
                highest = max(highest, scores[j])
        mass[query] = -1
        if n_visible <= k:
            continue
        filled = insert_cheapest(distances, range(n), nearest, np.empty(k, np.float32), 0)
        total = 0.0
        for j in range(n):
            scores[j] = np.exp(scores[j] - highest)
            total += scores[j]
        near = 0.0
        for place in range(filled):
            near += scores[nearest[place]]
        mass[query] = near / total


@kernel()
def attention_on_strongest(queries: Float32, keys: Float32, scale: float, bias: Float32, k: int, mass: Float32) -> None:
    """Write for every query of an instance its attention on the k keys that it attends to most.

    No layout can place more attention on k keys. Parameters are those of :func:`attention_on_nearest`.
    """
    n = len(queries)
    columns = keys.T.copy()
    costs = np.empty(n, np.float32)
    strongest, best = np.zeros(k, np.int32), np.empty(k, np.float32)
    for query in range(n):
        negative_dot_products(queries[query], columns, costs)
        n_visible = 0
        for j in range(n):
            costs[j] = costs[j] * np.float32(scale) - bias[query, j]
            if costs[j] < np.inf:
                n_visible += 1
        mass[query] = -1
        if n_visible <= k:
            continue
        filled = insert_cheapest(costs, range(n), strongest, best, 0)
        total = 0.0
        for j in range(n):
            total += np.exp(best[0] - costs[j])
        near = 0.0
        for place in range(filled):
            near += np.exp(best[0] - best[place])
        mass[query] = near / total
