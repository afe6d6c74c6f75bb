"""Ways to lay out the attention of a head in 2-D: graphs and objectives, beside the ones in use."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from scipy import sparse

from precompute.numeric import Float32
from precompute.projections.graph import Graph, Neighbors
from precompute.projections.head_space import HeadSpace
from precompute.projections.methods.attention import (
    ATTENTION_PERPLEXITY,
    attention_affinities,
    attention_tsne,
    attention_umap,
)
from precompute.projections.methods.tsne import PERPLEXITY, conditional_probabilities, joint_probabilities, tsne_layout
from precompute.projections.methods.umap import UMAP_NEIGHBORS, fuzzy_graph, memberships, umap_layout

LayOut = Callable[[HeadSpace], Float32]

METRICS = ("query_recall", "key_recall", "attention_mass", "knn_recall", "trustworthiness")

OLD_PERPLEXITY = 10.0
OLD = "half dot products (10), half within types (30); one normalizer (before)"
UMAP = "**UMAP, 7 partners and 7 neighbors within types (in use)**"
NEW = "**two thirds dot products (15), the rest within types (30); one normalizer a block (in use)**"


def by_tsne(graph: Callable[[HeadSpace], Graph], head: HeadSpace, *, by_block: bool) -> Float32:
    """Lay out a head's affinities, with one normalizer or one per block."""
    n_queries = len(head.head.queries) if by_block else 0
    return tsne_layout(graph(head), head.directions, 2, quality=head.quality, seed=head.seed, n_queries=n_queries)


def by_umap(graph: Callable[[HeadSpace], Graph], head: HeadSpace) -> Float32:
    """Lay out a head's memberships."""
    return umap_layout(graph(head), head.directions, 2, quality=head.quality, seed=head.seed)


def partners(head: HeadSpace, perplexity: float) -> sparse.csr_array:
    """Weigh dot products alone; of three times as many partners as the perplexity."""
    return conditional_probabilities(head.attention_neighbors.first(round(3 * perplexity)), perplexity)


def dot_products(head: HeadSpace) -> Graph:
    """Affinities from dot products alone."""
    return joint_probabilities(partners(head, ATTENTION_PERPLEXITY))


def half(head: HeadSpace, perplexity: float, rest: Neighbors) -> Graph:
    """Affinities from dot products and from neighbors by cosine, in equal parts."""
    return joint_probabilities(partners(head, perplexity) + conditional_probabilities(rest))


def old_affinities(head: HeadSpace) -> Graph:
    """Affinities in equal parts at the perplexity 10."""
    return half(head, OLD_PERPLEXITY, head.neighbors_within_types)


def joint_affinities(head: HeadSpace) -> Graph:
    """Affinities of t-SNE of the joint embedding."""
    return joint_probabilities(conditional_probabilities(head.neighbors, PERPLEXITY))


def partner_memberships(head: HeadSpace) -> Graph:
    """Memberships of partners alone."""
    return fuzzy_graph(memberships(head.attention_neighbors.first(UMAP_NEIGHBORS)))


LAYOUTS: dict[str, LayOut] = {
    "t-SNE, joint embedding": partial(by_tsne, joint_affinities, by_block=False),
    "dot products (15); one normalizer": partial(by_tsne, dot_products, by_block=False),
    "dot products (15); one normalizer a block": partial(by_tsne, dot_products, by_block=True),
    OLD: partial(by_tsne, old_affinities, by_block=False),
    "the same graph; one normalizer a block": partial(by_tsne, old_affinities, by_block=True),
    "half dot products (15), half joint embedding; one normalizer a block": partial(
        by_tsne, lambda head: half(head, ATTENTION_PERPLEXITY, head.neighbors), by_block=True
    ),
    "the graph in use; one normalizer": partial(by_tsne, attention_affinities, by_block=False),
    NEW: partial(attention_tsne, n_components=2),
    "UMAP, 14 partners": partial(by_umap, partner_memberships),
    UMAP: partial(attention_umap, n_components=2),
}
