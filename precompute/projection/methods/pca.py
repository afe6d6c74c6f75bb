"""PCA of the joint embedding."""

from __future__ import annotations

from precompute.projection.head_space import HeadSpace
from precompute.projection.principal import principal_components
from precompute.projection.registry import register_projection
from precompute.types import Float32


@register_projection(
    "pca",
    label="PCA",
    description="The shadow of the joint vectors along their directions of largest variance: large shapes are true, "
    "but points that look near may lie behind one another.",
)
def pca(head: HeadSpace, n_components: int) -> Float32:
    """Principal components of the joint vectors."""
    return principal_components(head.joint, n_components)
