"""t-SNE of the joint embedding."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import sparse

from precompute.format.manifest import Quality
from precompute.numeric import Float32
from precompute.projections import kernels
from precompute.projections.graph import Graph, Neighbors, as_graph, sparse_rows
from precompute.projections.head_space import HeadSpace
from precompute.projections.methods.pca import starting_layout
from precompute.projections.references import scikit_learn_tsne
from precompute.projections.registry import projection

PERPLEXITY = 30.0
START_SPREAD = 1e-4
"""Standard deviation of the start along its first axis: small, so that points can pass each other."""

EXAGGERATION = 2.5
"""Early factor of P. 12 is for a random start; from principal components 2 to 3 converge lower, and sooner."""

N_EXAGGERATED = 50
"""Iterations with ``EXAGGERATION``."""

EARLY_RATE, EARLY_MOMENTUM = 0.3, 0.8

LATE_RATE = 1.0
"""Momentum m is stable up to the rate ``2 (1 + m) / curvature``: 0.5 while all partners coincide (curvature 8), well
above 1 once they are apart."""


@dataclass(frozen=True)
class Stretch:
    """Settings of a stretch of iterations without exaggeration.

    Attributes
    ----------
    n_iterations : int
        Maximum.
    momentum : float
        Groups that drift slowly move ``1 / (1 - momentum)`` times as far.
    tolerance : float
        The stretch ends when the divergence falls by less than this share of it in 25 iterations.
    """

    n_iterations: int
    momentum: float
    tolerance: float


FAST = Stretch(400, 0.97, 0.01)
SETTLE = Stretch(1000, 0.99, 1e-3)
CONVERGE = Stretch(5000, 0.99, 1e-4)
"""The larger momentum is for layouts with a stable shape: from the start it would shake them."""

SMALL = 1500
"""Up to this number of points ``fast`` includes ``SETTLE``: it takes tenths of a second, and small groups far from each
other would otherwise stop too early."""


def stretches(quality: Quality, n_points: int) -> tuple[Stretch, ...]:
    """Return the stretches of a layout, in order."""
    if quality != "fast":
        return FAST, CONVERGE
    return (FAST, SETTLE) if n_points <= SMALL else (FAST,)


def conditional_probabilities(neighbors: Neighbors, perplexity: float = PERPLEXITY) -> sparse.csr_array:
    """Return ``p_j|i`` of a perplexity over the neighbors of each point, float64 [n, n]."""
    weights = np.empty_like(neighbors.costs)
    kernels.calibration.perplexity_weights(
        np.ascontiguousarray(neighbors.costs), neighbors.degrees, perplexity, weights
    )
    return sparse_rows(neighbors, weights)


def joint_probabilities(conditional: sparse.csr_array) -> Graph:
    """Return the symmetric P, ``p_ij ~ p_j|i + p_i|j`` (van der Maaten and Hinton 2008), summing to 1."""
    joint = conditional + conditional.T.tocsr()
    total = joint.sum()
    if total > 0:
        joint.data /= total
    return as_graph(joint)


def tsne_layout(
    affinities: Graph,
    vectors: Float32,
    n_components: int,
    *,
    quality: Quality,
    seed: int,
    n_queries: int = 0,
    first_axis: int = 0,
) -> Float32:
    """Minimize KL(P || Q) from the principal components, after ``first_axis`` of them, of vectors float32 [n, d].

    P is symmetric and sums to 1. If the first ``n_queries`` points are queries, Q has one normalizer for pairs of
    queries, one for pairs of keys and one for pairs of both; by default one for all pairs. Returns float32
    [n, n_components], in 2 or 3 dimensions.
    """
    start = starting_layout(vectors, n_components, START_SPREAD, seed, first_axis=first_axis)
    if not len(affinities.weights):
        return start
    y = np.ascontiguousarray(start.T)
    phase = kernels.tsne.Phase
    early = phase(N_EXAGGERATED, EXAGGERATION, EARLY_RATE, EARLY_MOMENTUM, 0.0)
    kernels.tsne.descend(y, affinities, early, n_queries)
    for stretch in stretches(quality, len(vectors)):
        late = phase(stretch.n_iterations, 1.0, LATE_RATE, stretch.momentum, stretch.tolerance)
        kernels.tsne.descend(y, affinities, late, n_queries)
    return np.ascontiguousarray(y.T)


@projection(
    "tsne",
    label="t-SNE",
    help="Points are near when their queries or keys point the same way; distances between groups mean little.",
    version=2,
    reference=scikit_learn_tsne,
)
def tsne(head: HeadSpace, n_components: int) -> Float32:
    """t-SNE with a Gaussian kernel on the chord between unit vectors, ``2 (1 - cos)``."""
    affinities = head.shared("tsne", lambda: joint_probabilities(conditional_probabilities(head.neighbors)))
    return tsne_layout(affinities, head.directions, n_components, quality=head.quality, seed=head.seed)
