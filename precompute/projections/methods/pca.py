"""PCA of the joint embedding."""

from __future__ import annotations

from precompute.numeric import Float32
from precompute.projections.head_space import HeadSpace
from precompute.projections.principal import principal_components
from precompute.projections.registry import register_projection


@register_projection(
    "pca",
    label="PCA",
    description="The shadow of the joint vectors along their directions of largest variance: large shapes are true, "
    "but points that look near may lie behind one another.",
)
def pca(head: HeadSpace, n_components: int) -> Float32:
    """Principal components of the joint vectors."""
    return principal_components(head.joint, n_components)
