"""Other graphs that a layout of attention could start from, beside the ones that are registered."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from scipy import sparse

from precompute.metrics.layout_quality import LayoutJudge
from precompute.projections.graph import Graph, Neighbors
from precompute.projections.head_space import HeadSpace
from precompute.projections.methods.attention import ATTENTION_PERPLEXITY, attention_affinities, attention_memberships
from precompute.projections.methods.tsne import PERPLEXITY, conditional_probabilities, joint_probabilities, tsne_layout
from precompute.projections.methods.umap import UMAP_NEIGHBORS, fuzzy_graph, memberships, umap_layout
from precompute.projections.neighbors import attention_neighbors

METRICS = ("query_recall", "key_recall", "attention_mass", "knn_recall", "trustworthiness")


def partners(head: HeadSpace, perplexity: float) -> sparse.csr_array:
    """Weigh dot products alone; of three times as many partners as the perplexity."""
    found = attention_neighbors(head.head.queries, head.head.keys, head.visibility, round(3 * perplexity))
    return conditional_probabilities(found, perplexity)


def half(head: HeadSpace, perplexity: float, rest: Neighbors) -> Graph:
    """Affinities from dot products and from neighbors by cosine, in equal parts."""
    return joint_probabilities(partners(head, perplexity) + conditional_probabilities(rest))


TSNE_GRAPHS: dict[str, Callable[[HeadSpace], Graph]] = {
    "t-SNE, joint embedding": lambda head: joint_probabilities(conditional_probabilities(head.neighbors)),
    "t-SNE, dot products, perplexity 30": lambda head: joint_probabilities(partners(head, PERPLEXITY)),
    "t-SNE, dot products, perplexity 10": lambda head: joint_probabilities(partners(head, ATTENTION_PERPLEXITY)),
    "half dot products (30), half within types (30)": lambda head: half(head, PERPLEXITY, head.neighbors_within_types),
    "**half dot products (10), half within types (30)**": attention_affinities,
    "half dot products (30), half joint embedding": lambda head: half(head, PERPLEXITY, head.neighbors),
}

UMAP_GRAPHS: dict[str, Callable[[HeadSpace], Graph]] = {
    "UMAP, joint embedding": lambda head: fuzzy_graph(memberships(head.neighbors.first(UMAP_NEIGHBORS))),
    "UMAP, 14 partners": lambda head: fuzzy_graph(memberships(head.attention_neighbors.first(UMAP_NEIGHBORS))),
    "**UMAP, 7 partners and 7 neighbors within types**": attention_memberships,
}


def graphs_compared(heads: list[HeadSpace]) -> list[tuple[object, ...]]:
    """Lay out every head in 2-D from every graph.

    Returns
    -------
    list of tuple
        Name of the graph and the mean of each of ``METRICS`` over heads.
    """
    judged: dict[str, list[list[float]]] = {}
    for head in heads:
        judge = LayoutJudge(head)
        for lay_out, graphs in ((tsne_layout, TSNE_GRAPHS), (umap_layout, UMAP_GRAPHS)):
            for name, graph in graphs.items():
                points = lay_out(graph(head), head.directions, 2, quality=head.quality, seed=head.seed)
                metrics = judge.judge(points)[1]
                judged.setdefault(name, []).append([metrics[metric] for metric in METRICS])
    return [(name, *np.mean(values, axis=0).tolist()) for name, values in judged.items()]
