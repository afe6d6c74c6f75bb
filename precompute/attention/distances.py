"""Distances between all heads of a model, from their patterns over the data set."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from precompute.attention.layer import InstanceAttention
from precompute.numeric import Float32, Int32, even_subset

QUERIES_AN_INSTANCE = 64
"""Queries compared per instance, at most."""

COMPARED_PAIRS = 200_000
"""Query-key pairs compared in total, about; evenly chosen instances bound them."""


def compared_instances(offsets: Int32) -> NDArray[np.int64]:
    """Return evenly spread instances with about :data:`COMPARED_PAIRS` pairs, ascending, int64 [m], m >= 1."""
    lengths = np.diff(offsets).astype(np.int64)
    pairs = int((np.minimum(lengths, QUERIES_AN_INSTANCE) * lengths).sum())
    n = len(lengths)
    return even_subset(n, max(1, n * COMPARED_PAIRS // max(1, pairs)))


def head_distances(instances: Iterable[Iterable[InstanceAttention]]) -> Float32:
    """Compute the distance between every two heads, float32 [L * H, L * H]; row layer * H + head.

    The root mean square, over queries, of the Hellinger distance of two heads' attention:
    d(a, b)^2 = 1 - mean_i sum_j sqrt(a_ij b_ij). 0 is the same attention everywhere, 1 never on the same key. It is
    Euclidean between the square roots of the patterns, so all pairs cost one matrix product, and classical scaling is
    exact in enough dimensions. A sink logit counts as a key. Raises ValueError without instances.

    Parameters
    ----------
    instances : iterable of iterable of InstanceAttention
        Per instance the attention of all layers, layer 0 first. Queries without attention in every head, such as
        hidden tokens, do not count.
    """
    affinity: NDArray[np.float64] | None = None
    queries = 0
    for layers in instances:
        roots = np.concatenate([_roots(layer) for layer in layers])
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


def _roots(instance: InstanceAttention) -> Float32:
    """Square roots of the attention of the compared queries, float32 [H, m, len + 1]; the last key is the sink."""
    n_heads, n, _ = instance.pattern.shape
    chosen = even_subset(n, QUERIES_AN_INSTANCE)
    sink = np.zeros((n_heads, n), np.float32) if instance.sink is None else instance.sink
    roots: Float32 = np.sqrt(np.concatenate([instance.pattern[:, chosen], sink[:, chosen, None]], axis=-1))
    return roots
