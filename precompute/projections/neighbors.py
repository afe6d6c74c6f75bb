"""Exact nearest neighbors, by distance and by attention.

The joint embedding approximates dot products by distances; the attention graph uses the dot products themselves. A
row's costs are its largest dot product minus the others, so calibrated weights ``exp(-beta (max - q.k)) / sum`` are a
softmax of the row's scores whose temperature follows from the perplexity instead of sqrt(d_head): attention as if all
tokens of the data set were in one context. Masked pairs are excluded; an additive mask is part of the dot product
(:mod:`precompute.projections.visibility`).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from precompute.embedding.directions import unit_rows
from precompute.numeric import Float32
from precompute.projections import kernels
from precompute.projections.graph import Neighbors
from precompute.projections.visibility import Visibility

TSNE_NEIGHBORS = 91
"""3 x perplexity + 1, as in scikit-learn; weights beyond are negligible."""

N_PARTNERS = 45
"""Keys searched per query, and queries per key: 3 x the perplexity of attention."""


def nearest_neighbors(points: Float32, k: int) -> Neighbors:
    """Return the k nearest other points (at most n - 1) of points float32 [n, d]; costs are squared distances."""
    n = len(points)
    k = max(0, min(k, n - 1))
    indices = np.zeros((n, k), np.int32)
    costs = np.zeros((n, k), np.float32)
    if k > 0:
        kernels.neighbors.nearest(np.ascontiguousarray(points.T), indices, costs)
    return Neighbors(indices, costs, np.full(n, k, np.int32))


def attention_neighbors(queries: Float32, keys: Float32, visibility: Visibility, k: int) -> Neighbors:
    """Return the k strongest keys of every query and the k strongest queries of every key, by dot product.

    Queries and keys are the raw vectors, float32 [N, d_head], contiguous; k is clipped to N. The result lists 2 N
    points, queries then keys; costs are the row's largest dot product minus the pair's.
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
    """Return the k nearest queries of every query and keys of every key, by cosine around their mean.

    Queries and keys are float32 [N, d_head]; k is clipped to N - 1. The result lists 2 N points, queries then keys;
    costs are twice the cosine distance.
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
