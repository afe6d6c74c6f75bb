"""t-SNE and UMAP of the attention graph: half dot products between queries and keys, half cosines within each type.

Dot products alone place every query near its keys but similar queries anywhere; neighbors within types double the
neighbors that a layout keeps, with as much attention (docs/adr/0006-attention-graph.md).
"""

from __future__ import annotations

from precompute.numeric import Float32
from precompute.projections.graph import Graph
from precompute.projections.head_space import HeadSpace
from precompute.projections.methods.tsne import conditional_probabilities, joint_probabilities, tsne_layout
from precompute.projections.methods.umap import UMAP_NEIGHBORS, fuzzy_graph, memberships, umap_layout
from precompute.projections.registry import projection

ATTENTION_PERPLEXITY = 10.0
"""Effective partners of a point: fewer than its neighbors of the same type, as attention is sharp."""


@projection(
    "attention-tsne",
    label="t-SNE of attention",
    help="A query is near the keys it would attend to most in the whole data set, and near queries like it.",
)
def attention_tsne(head: HeadSpace, n_components: int) -> Float32:
    """t-SNE whose affinities are, in equal parts, softmaxes of dot products and Gaussians within types."""
    affinities = head.shared("attention-tsne", lambda: attention_affinities(head))
    return tsne_layout(affinities, head.directions, n_components, quality=head.quality, seed=head.seed)


@projection(
    "attention-umap",
    label="UMAP of attention",
    help="A query is near the keys it would attend to most, and queries like it; in tighter groups than t-SNE.",
)
def attention_umap(head: HeadSpace, n_components: int) -> Float32:
    """UMAP with the usual number of neighbors, half of them by dot product and half by cosine within types."""
    union = head.shared("attention-umap", lambda: attention_memberships(head))
    return umap_layout(union, head.directions, n_components, quality=head.quality, seed=head.seed)


def attention_affinities(head: HeadSpace) -> Graph:
    """Affinities P of the attention graph: one half across types, one half within."""
    across = conditional_probabilities(head.attention_neighbors, ATTENTION_PERPLEXITY)
    within = conditional_probabilities(head.neighbors_within_types)
    return joint_probabilities(across + within)


def attention_memberships(head: HeadSpace) -> Graph:
    """Fuzzy memberships of the attention graph: half of the neighbors across types, half within."""
    across = memberships(head.attention_neighbors.first(UMAP_NEIGHBORS // 2))
    within = memberships(head.neighbors_within_types.first(UMAP_NEIGHBORS // 2))
    return fuzzy_graph(across + within)
