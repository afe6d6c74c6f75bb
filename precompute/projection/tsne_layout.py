"""t-SNE from any neighbour graph: affinities, schedule, start."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
from scipy import sparse

from precompute.projection import kernels
from precompute.projection.graph import Graph, Neighbours, as_graph, sparse_rows
from precompute.projection.principal import starting_layout
from precompute.types import Float32, Quality

PERPLEXITY = 30.0
N_NEIGHBOURS = 91
"""Three times the perplexity and one, as scikit-learn takes: weights beyond are negligible."""

START_SPREAD = 1e-4
"""Standard deviation of the start along its first axis: small, so that points can pass one another."""


EXAGGERATION = 4.0
"""Factor of P at first. 12 is for a random start; from principal components 4 ends at a lower divergence, sooner."""

EARLY_MOMENTUM, LATE_MOMENTUM = 0.5, 0.9

POINTS_PER_RATE = 6.0
"""Points / learning rate, which is at least ``MIN_RATE``: it must grow with the points (Belkina et al. 2019)."""

MIN_RATE = 50.0


@dataclass(frozen=True)
class Schedule:
    """How long the layout moves.

    Attributes
    ----------
    n_exaggerated : int
        Iterations with exaggerated P.
    n_iterations : int
        At most so many on the objective itself.
    tolerance : float
        They end when the divergence falls by less than this share of it in fifty iterations.
    """

    n_exaggerated: int
    n_iterations: int
    tolerance: float


SCHEDULES: Mapping[Quality, Schedule] = MappingProxyType(
    {"fast": Schedule(50, 500, 0.01), "best": Schedule(100, 2000, 0.001)}
)


def conditional_probabilities(neighbours: Neighbours, perplexity: float = PERPLEXITY) -> sparse.csr_array:
    """Give ``p_j|i`` of a perplexity over the neighbours of each point, float64 [n, n]."""
    weights = np.empty_like(neighbours.costs)
    kernels.calibration.perplexity_weights(
        np.ascontiguousarray(neighbours.costs), neighbours.degrees, perplexity, weights
    )
    return sparse_rows(neighbours, weights)


def joint_probabilities(conditional: sparse.csr_array) -> Graph:
    """Make P symmetric: ``p_ij ~ p_j|i + p_i|j`` (van der Maaten and Hinton 2008), summing to 1."""
    joint = conditional + conditional.T.tocsr()
    total = joint.sum()
    if total > 0:
        joint.data /= total
    return as_graph(joint)


def tsne_layout(affinities: Graph, vectors: Float32, n_components: int, *, quality: Quality, seed: int) -> Float32:
    """Minimise KL(P || Q) from the principal components of vectors.

    Parameters
    ----------
    affinities : Graph
        Symmetric P, summing to 1.
    vectors : float32 [n, d]
        Their principal components are the start.
    n_components : int
        2 or 3.
    quality : {"fast", "best"}
    seed : int

    Returns
    -------
    float32 [n, n_components]
    """
    start = starting_layout(vectors, n_components, START_SPREAD, seed)
    if not len(affinities.weights):
        return start
    schedule = SCHEDULES[quality]
    rate = max(len(start) / POINTS_PER_RATE, MIN_RATE)
    y = np.ascontiguousarray(start.T)
    phase = kernels.tsne.Phase
    kernels.tsne.descend(y, affinities, phase(schedule.n_exaggerated, EXAGGERATION, rate, EARLY_MOMENTUM, 0.0))
    kernels.tsne.descend(y, affinities, phase(schedule.n_iterations, 1.0, rate, LATE_MOMENTUM, schedule.tolerance))
    return np.ascontiguousarray(y.T)
