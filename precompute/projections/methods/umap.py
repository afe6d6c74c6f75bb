"""UMAP of the joint embedding."""

from __future__ import annotations

from precompute.numeric import Float32
from precompute.projections.head_space import HeadSpace
from precompute.projections.registry import register_projection
from precompute.projections.umap_layout import N_NEIGHBORS, fuzzy_graph, memberships, umap_layout


@register_projection(
    "umap",
    label="UMAP",
    description="Points are near when their queries or keys point the same way; drawn into tighter groups than t-SNE.",
)
def umap(head: HeadSpace, n_components: int) -> Float32:
    """UMAP over cosine distances."""
    union = head.shared("umap", lambda: fuzzy_graph(memberships(head.neighbors.first(N_NEIGHBORS))))
    return umap_layout(union, head.directions, n_components, quality=head.quality, seed=head.seed)
