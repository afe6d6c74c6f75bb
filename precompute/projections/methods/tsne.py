"""t-SNE of the joint embedding."""

from __future__ import annotations

from precompute.numeric import Float32
from precompute.projections.head_space import HeadSpace
from precompute.projections.registry import register_projection
from precompute.projections.tsne_layout import conditional_probabilities, joint_probabilities, tsne_layout


@register_projection(
    "tsne",
    label="t-SNE",
    description="Points are near when their queries or keys point the same way; distances between groups mean little.",
)
def tsne(head: HeadSpace, n_components: int) -> Float32:
    """t-SNE with a Gaussian kernel on the chord between unit vectors, ``2 (1 - cos)``."""
    affinities = head.shared("tsne", lambda: joint_probabilities(conditional_probabilities(head.neighbors)))
    return tsne_layout(affinities, head.directions, n_components, quality=head.quality, seed=head.seed)
