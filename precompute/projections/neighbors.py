"""Neighbors by attention: for every query the keys it would attend to most, for every key the queries that would.

The joint embedding turns dot products into distances as well as it can; this graph needs no such translation. A row's
costs are its largest dot product minus the others, so calibrated weights ``exp(-beta (max - q.k)) / sum`` are a
softmax of the row's scores, whose temperature is set by the perplexity in place of 1 / sqrt(d_head): attention, were
all tokens of the data set in one context.

Pairs that can never meet, such as a query and a later key of a causal head, are left out of the graph, and an additive
mask counts as part of the dot product; see :mod:`precompute.projections.visibility`.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from precompute.embedding.directions import unit_rows
from precompute.numeric import Float32
from precompute.projections import kernels
from precompute.projections.graph import Neighbors
from precompute.projections.visibility import Visibility


def nearest_neighbors(points: Float32, k: int) -> Neighbors:
    """Find the exact k nearest other points of every point; costs are squared Euclidean distances.

    Parameters
    ----------
    points : float32 [n, d]
    k : int
        Cut to n - 1.

    Returns
    -------
    Neighbors
    """
    n = len(points)
    k = max(0, min(k, n - 1))
    indices = np.zeros((n, k), np.int32)
    costs = np.zeros((n, k), np.float32)
    if k > 0:
        kernels.neighbors.nearest(np.ascontiguousarray(points.T), indices, costs)
    return Neighbors(indices, costs, np.full(n, k, np.int32))


TSNE_NEIGHBORS = 91
"""Three times the perplexity of t-SNE and one, as scikit-learn takes: weights beyond are negligible."""

N_PARTNERS = 30
"""Keys of a query, and queries of a key, that are looked for."""


def attention_neighbors(queries: Float32, keys: Float32, visibility: Visibility, k: int) -> Neighbors:
    """Find for every query its k keys, and for every key its k queries, of largest dot product.

    Parameters
    ----------
    queries, keys : float32 [N, d_head]
        Raw, as the attention uses them, contiguous.
    visibility : Visibility
        What queries see of keys.
    k : int
        Cut to N.

    Returns
    -------
    Neighbors
        Of the 2 N points, queries then keys; costs are the row's largest dot product minus the pair's.
    """
    n = len(queries)
    k = min(k, n)
    indices = np.zeros((2 * n, k), np.int32)
    costs = np.empty((2 * n, k), np.float32)
    strongest = kernels.attention.strongest
    strongest(queries, np.ascontiguousarray(keys.T), visibility, indices[:n], costs[:n])
    strongest(keys, np.ascontiguousarray(queries.T), visibility.reversed(), indices[n:], costs[n:])
    indices[:n] += n
    degrees = np.isfinite(costs).sum(axis=1).astype(np.int32)
    return Neighbors(indices, costs, degrees)


def neighbors_within_types(queries: Float32, keys: Float32, k: int) -> Neighbors:
    """Find for every query its nearest queries, for every key its nearest keys, by cosine around their mean.

    Parameters
    ----------
    queries, keys : float32 [N, d_head]
    k : int
        Cut to N - 1.

    Returns
    -------
    Neighbors
        Of the 2 N points, queries then keys; costs are twice the cosine distance.
    """
    of_queries = nearest_neighbors(unit_rows(around_mean(queries)), k)
    of_keys = nearest_neighbors(unit_rows(around_mean(keys)), k)
    return Neighbors(
        np.concatenate([of_queries.indices, of_keys.indices + np.int32(len(queries))]),
        np.concatenate([of_queries.costs, of_keys.costs]),
        np.concatenate([of_queries.degrees, of_keys.degrees]),
    )


def around_mean(vectors: Float32) -> Float32:
    """Subtract the mean row."""
    difference: NDArray[np.float64] = vectors - vectors.mean(axis=0, dtype=np.float64)
    return difference.astype(np.float32)
