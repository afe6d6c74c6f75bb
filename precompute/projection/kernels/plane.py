"""Loops that judge layouts."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from precompute.projection.kernels.attention import negative_dot_products
from precompute.projection.kernels.compile import inlined, kernel
from precompute.projection.kernels.neighbours import insert_cheapest, squared_distances
from precompute.types import Float32, Int32


@kernel()
def neighbour_ranks(columns: Float32, points: Int32, neighbours: Int32, ranks: Int32) -> None:
    """Write the rank of some points' neighbours among all other points by distance: 1 for the nearest.

    Parameters
    ----------
    columns : float32 [d, n]
        All points, one a column.
    points : int32 [m]
        Those to look at.
    neighbours : int32 [m, k]
        Other points, for each of ``points``.
    ranks : int32 [m, k]
        Written: 1 + the number of other points that are strictly nearer.
    """
    row = np.empty(len(columns[0]), np.float32)
    for i in range(len(points)):
        squared_distances(columns[:, points[i]].copy(), columns, row)
        row[points[i]] = np.inf
        for place in range(len(neighbours[i])):
            distance = row[neighbours[i, place]]
            nearer = np.int32(0)
            for j in range(len(row)):
                nearer += np.int32(row[j] < distance)
            ranks[i, place] = 1 + nearer


@inlined
def squared_distance(x: Float32, y: Float32) -> np.float32:
    """Squared Euclidean distance of two points, the same bits for the same two."""
    total = np.float32(0)
    for c in range(len(x)):
        difference = x[c] - y[c]
        total += difference * difference
    return total


@inlined
def dot_product(x: Float32, y: Float32) -> np.float32:
    """Dot product of two vectors, the same bits for the same two."""
    total = np.float32(0)
    for c in range(len(x)):
        total += x[c] * y[c]
    return total


@kernel()
def count_as_near(points: Float32, last: Int32, candidates: Int32, counts: Int32) -> None:
    """Write how many of each point's candidates are as near to it as a given point, or nearer.

    Parameters
    ----------
    points : float32 [n, d]
    last : int32 [n]
        The point to compare with.
    candidates : int32 [n, k]
    counts : int32 [n]
        Written, 0..k.
    """
    for i in range(len(points)):
        reach = squared_distance(points[i], points[last[i]])
        counts[i] = 0
        for j in candidates[i]:
            counts[i] += np.int32(squared_distance(points[i], points[j]) <= reach)


@kernel()
def count_as_strong(vectors: Float32, partners: Float32, last: Int32, candidates: Int32, counts: Int32) -> None:
    """Write how many of each vector's candidates have as large a dot product with it as a given partner, or a larger.

    Parameters
    ----------
    vectors : float32 [n, d]
    partners : float32 [m, d]
    last : int32 [n]
        The partner to compare with.
    candidates : int32 [n, k]
    counts : int32 [n]
        Written, 0..k.
    """
    for i in range(len(vectors)):
        smallest = dot_product(vectors[i], partners[last[i]])
        counts[i] = 0
        for j in candidates[i]:
            counts[i] += np.int32(dot_product(vectors[i], partners[j]) >= smallest)


@kernel()
def nearest_allowed(
    points: Float32, columns: Float32, allowed: tuple[Int32, Int32], indices: Int32, costs: Float32
) -> None:
    """Write for every point its k nearest columns.

    Parameters
    ----------
    points : float32 [n, d]
    columns : float32 [d, m]
    allowed : tuple of int32 [n] and int32 [m]
        Point i and column j are compared if ``allowed[0][i] >= allowed[1][j]``.
    indices, costs : int32 and float32 [n, k]
        Written: columns by ascending squared distance, and that distance; ``inf`` where there are fewer than k.
    """
    row = np.empty(len(columns[0]), np.float32)
    for i in range(len(points)):
        squared_distances(points[i], columns, row)
        for j in range(len(row)):
            if allowed[0][i] < allowed[1][j]:
                row[j] = np.inf
        costs[i] = np.inf
        insert_cheapest(row, range(len(row)), indices[i], costs[i], 0)


class Attention(NamedTuple):
    """What the attention inside instances follows from.

    Attributes
    ----------
    queries, keys : float32 [N, d_head]
    scale : float
    causal : bool
    offsets : int32 [n_instances + 1]
    """

    queries: Float32
    keys: Float32
    scale: float
    causal: bool
    offsets: Int32


@kernel()
def attention_on_nearest(
    attention: Attention, query_points: Float32, key_points: Float32, k: int, mass: Float32
) -> None:
    """Write for every query the attention on the k visible keys of its instance that are nearest to it in a layout.

    Parameters
    ----------
    attention : Attention
    query_points, key_points : float32 [N, dims]
        Layout.
    k : int
    mass : float32 [N]
        Written, 0..1; -1 for a query that sees no more than k keys.
    """
    for instance in range(len(attention.offsets) - 1):
        first, end = attention.offsets[instance], attention.offsets[instance + 1]
        keys = attention.keys[first:end].T.copy()
        places = key_points[first:end].T.copy()
        for query in range(first, end):
            n_visible = query - first + 1 if attention.causal else end - first
            mass[query] = -1
            if n_visible <= k:
                continue
            costs = np.empty(n_visible, np.float32)
            negative_dot_products(attention.queries[query], keys, costs)
            distances = np.empty(n_visible, np.float32)
            squared_distances(query_points[query], places, distances)
            nearest = np.empty(k, np.int32)
            insert_cheapest(distances, range(n_visible), nearest, np.empty(k, np.float32), 0)
            lowest = costs.min()
            total = 0.0
            for j in range(n_visible):
                costs[j] = np.exp((lowest - costs[j]) * np.float32(attention.scale))
                total += costs[j]
            near = 0.0
            for place in range(k):
                near += costs[nearest[place]]
            mass[query] = near / total
