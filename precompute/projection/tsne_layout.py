"""t-SNE from any neighbour graph: affinities, schedule, start."""

from __future__ import annotations

from dataclasses import dataclass

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


@dataclass(frozen=True)
class Schedule:
    """How long and how fast the layout moves.

    Attributes
    ----------
    n_exaggerated, n_iterations : int
        Steps with exaggerated attraction, then steps on the objective itself.
    exaggeration : float
        Factor of the attraction (van der Maaten and Hinton 2008, section 3.4).
    points_per_rate : float
        Learning rate = number of points / this, at least ``MIN_RATE``: it must grow with them (Belkina et al. 2019).
    early_momentum, late_momentum : float
    """

    n_exaggerated: int
    n_iterations: int
    exaggeration: float = 12.0
    points_per_rate: float = 6.0
    early_momentum: float = 0.5
    late_momentum: float = 0.8


MIN_RATE = 50.0

SCHEDULES: dict[Quality, Schedule] = {"fast": Schedule(50, 250), "best": Schedule(250, 750)}


def conditional_probabilities(neighbours: Neighbours, perplexity: float = PERPLEXITY) -> sparse.csr_array:
    """Give ``p_j|i`` of a perplexity over the neighbours of each point, float64 [n, n]."""
    weights = np.empty_like(neighbours.costs)
    kernels.calibration.perplexity_weights(
        np.ascontiguousarray(neighbours.costs), neighbours.degrees, perplexity, weights
    )
    return sparse_rows(neighbours, weights)


def joint_probabilities(conditional: sparse.csr_array) -> Graph:
    """Make P symmetric: ``p_ij = (p_j|i + p_i|j) / (2 n)`` (van der Maaten and Hinton 2008), summing to 1."""
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
    rate = max(len(start) / schedule.points_per_rate, MIN_RATE)
    y = np.ascontiguousarray(start.T)
    for n_iterations, exaggeration, momentum in (
        (schedule.n_exaggerated, schedule.exaggeration, schedule.early_momentum),
        (schedule.n_iterations, 1.0, schedule.late_momentum),
    ):
        kernels.tsne.descend(y, affinities, kernels.tsne.Phase(n_iterations, exaggeration, rate, momentum))
    return np.ascontiguousarray(y.T)
