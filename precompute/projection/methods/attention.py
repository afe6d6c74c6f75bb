"""t-SNE and UMAP of the attention graph."""

from __future__ import annotations

from precompute.projection.head_space import HeadSpace
from precompute.projection.registry import register_projection
from precompute.projection.tsne_layout import conditional_probabilities, joint_probabilities, tsne_layout
from precompute.projection.umap_layout import N_NEIGHBOURS, fuzzy_graph, memberships, umap_layout
from precompute.types import Float32


@register_projection(
    "attention-tsne",
    label="t-SNE of attention",
    description="A query is near the keys it would attend to most, wherever they are in the data set.",
)
def attention_tsne(head: HeadSpace, n_components: int) -> Float32:
    """t-SNE whose affinities are softmaxes of dot products."""
    affinities = joint_probabilities(conditional_probabilities(head.attention_neighbours))
    return tsne_layout(affinities, head.directions, n_components, quality=head.quality, seed=head.seed)


@register_projection(
    "attention-umap",
    label="UMAP of attention",
    description="A query is near the keys it would attend to most; drawn into tighter groups than t-SNE of attention.",
)
def attention_umap(head: HeadSpace, n_components: int) -> Float32:
    """UMAP whose memberships fall with the dot product."""
    union = fuzzy_graph(memberships(head.attention_neighbours.first(N_NEIGHBOURS)))
    return umap_layout(union, head.directions, n_components, quality=head.quality, seed=head.seed)
