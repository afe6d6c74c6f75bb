"""How alike heads attend: distances between all heads of a model, from their patterns over the data set."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from precompute.attention.layer import InstanceAttention
from precompute.numeric import Float32, Int32, even_subset

QUERIES_AN_INSTANCE = 64
"""Queries of an instance whose attention is compared; all of them up to this number."""

COMPARED_PAIRS = 200_000
"""Query-key pairs that are compared in all; beyond, evenly chosen instances have about so many."""


def compared_instances(offsets: Int32) -> NDArray[np.int64]:
    """Choose the instances over which heads are compared.

    Parameters
    ----------
    offsets : int32 [n_instances + 1]
        Token range of each instance.

    Returns
    -------
    int64 [m]
        Ascending; evenly spread, with about :data:`COMPARED_PAIRS` pairs, at least one instance.
    """
    lengths = np.diff(offsets).astype(np.int64)
    pairs = int((np.minimum(lengths, QUERIES_AN_INSTANCE) * lengths).sum())
    n = len(lengths)
    return even_subset(n, max(1, n * COMPARED_PAIRS // max(1, pairs)))


def head_distances(instances: Iterable[Iterable[InstanceAttention]]) -> Float32:
    """Measure how differently heads attend.

    The distance is the root mean square, over queries, of the Hellinger distance of two heads' attention:
    d(a, b)^2 = 1 - mean_i sum_j sqrt(a_ij b_ij). It is a Euclidean distance between the square roots of the patterns,
    so all pairs cost one matrix product, and a classical scaling of it to a map is exact in enough dimensions.

    Parameters
    ----------
    instances : iterable of iterable of InstanceAttention
        For every instance the attention of all layers, layer 0 first. Queries that attend to nothing in any head, as
        tokens do that were taken out, are left out.

    Returns
    -------
    float32 [L * H, L * H]
        0 (the same attention everywhere) to 1 (never on the same key); row layer * H + head. Symmetric.

    Raises
    ------
    ValueError
        There is no instance.
    """
    affinity: NDArray[np.float64] | None = None
    queries = 0
    for layers in instances:
        roots = np.concatenate([_roots(layer.pattern) for layer in layers])
        queries += int(roots.any(axis=(0, 2)).sum())
        flat = roots.reshape(len(roots), -1)
        shared = (flat @ flat.T).astype(np.float64)
        affinity = shared if affinity is None else affinity + shared
    if affinity is None or queries == 0:
        raise ValueError("there is no instance to compare heads over")
    squared = np.clip(1 - affinity / queries, 0, 1)
    np.fill_diagonal(squared, 0)
    distances: Float32 = np.sqrt((squared + squared.T) / 2).astype(np.float32)
    return distances


def _roots(pattern: Float32) -> Float32:
    chosen = even_subset(pattern.shape[1], QUERIES_AN_INSTANCE)
    roots: Float32 = np.sqrt(pattern[:, chosen])
    return roots
