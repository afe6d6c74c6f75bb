"""UMAP of the joint embedding."""

from __future__ import annotations

from precompute.projection.head_space import HeadSpace
from precompute.projection.registry import register_projection
from precompute.projection.umap_layout import N_NEIGHBOURS, fuzzy_graph, memberships, umap_layout
from precompute.types import Float32


@register_projection(
    "umap",
    label="UMAP",
    description="Points are near when their queries or keys point the same way; drawn into tighter groups than t-SNE.",
)
def umap(head: HeadSpace, n_components: int) -> Float32:
    """UMAP over cosine distances."""
    union = head.shared("umap", lambda: fuzzy_graph(memberships(head.neighbours.first(N_NEIGHBOURS))))
    return umap_layout(union, head.directions, n_components, quality=head.quality, seed=head.seed)
