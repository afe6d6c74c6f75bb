"""t-SNE and UMAP of the attention graph: dot products between queries and keys, and cosines within each type.

Dot products alone place every query near its keys but similar queries anywhere; neighbors within types double the
neighbors that a layout keeps, with as much attention (docs/adr/0006-attention-graph.md).
"""

from __future__ import annotations

import numpy as np
from scipy import sparse

from precompute.numeric import Float32
from precompute.projections.graph import Graph
from precompute.projections.head_space import HeadSpace
from precompute.projections.methods.tsne import conditional_probabilities, joint_probabilities, tsne_layout
from precompute.projections.methods.umap import UMAP_NEIGHBORS, fuzzy_graph, memberships, umap_layout
from precompute.projections.registry import projection

ATTENTION_PERPLEXITY = 15.0
"""Effective partners of a point: fewer than its neighbors of the same type, as attention is sharp."""

ACROSS = 2 / 3
"""Share of P between queries and keys; the rest is within the types."""

OF_QUERIES = 0.55
"""Share of ``ACROSS`` that queries choose among keys. Keys choose the rest among queries: attention is normalized over
keys, so a layout that keeps a query's keys keeps more of it."""


@projection(
    "attention-tsne",
    label="t-SNE of attention",
    help="A query is near the keys it would attend to most in the whole data set, and near queries like it.",
    version=3,
    without_sinks=True,
    second_start=True,
)
def attention_tsne(head: HeadSpace, n_components: int) -> Float32:
    """t-SNE whose affinities are softmaxes of dot products and Gaussians within types, with a normalizer per block.

    A single normalizer would let the many pairs of similar queries set the repulsion between queries and keys.
    """
    affinities = head.shared("attention-tsne", lambda: attention_affinities(head))
    return tsne_layout(
        affinities,
        head.directions,
        n_components,
        quality=head.quality,
        seed=head.seed,
        n_queries=len(head.head.queries),
        first_axis=head.first_axis,
    )


@projection(
    "attention-umap",
    label="UMAP of attention",
    help="A query is near the keys it would attend to most, and queries like it; in tighter groups than t-SNE.",
    version=2,
    without_sinks=True,
    second_start=True,
)
def attention_umap(head: HeadSpace, n_components: int) -> Float32:
    """UMAP with the usual number of neighbors, half of them by dot product and half by cosine within types."""
    union = head.shared("attention-umap", lambda: attention_memberships(head))
    return umap_layout(
        union, head.directions, n_components, quality=head.quality, seed=head.seed, first_axis=head.first_axis
    )


def partners_layout(head: HeadSpace) -> Float32:
    """Lay a head out in the plane by its partners alone, float32 [2 N, 2].

    :func:`attention_tsne` without affinities or repulsion within types: points of one type that are alike end anywhere,
    so it is no picture to look at. It keeps more partners than the projections: as many as a plane is known to hold.
    """
    n = len(head.head.queries)
    across = conditional_probabilities(head.attention_neighbors, ATTENTION_PERPLEXITY)
    of_rows = sparse.diags_array(np.repeat([OF_QUERIES, 1 - OF_QUERIES], n))
    affinities = joint_probabilities(of_rows @ across)
    return tsne_layout(affinities, head.directions, 2, quality="fast", seed=head.seed, n_queries=n)


def attention_affinities(head: HeadSpace) -> Graph:
    """Affinities P of the attention graph: ``ACROSS`` of it across types, the rest within."""
    n = len(head.head.queries)
    across = conditional_probabilities(head.attention_neighbors, ATTENTION_PERPLEXITY)
    within = conditional_probabilities(head.neighbors_within_types)
    of_rows = sparse.diags_array(np.repeat([2 * ACROSS * OF_QUERIES, 2 * ACROSS * (1 - OF_QUERIES)], n))
    return joint_probabilities(of_rows @ across + (1 - ACROSS) * within)


def attention_memberships(head: HeadSpace) -> Graph:
    """Fuzzy memberships of the attention graph: half of the neighbors across types, half within."""
    across = memberships(head.attention_neighbors.first(UMAP_NEIGHBORS // 2))
    within = memberships(head.neighbors_within_types.first(UMAP_NEIGHBORS // 2))
    return fuzzy_graph(across + within)
