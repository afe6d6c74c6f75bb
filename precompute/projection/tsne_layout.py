"""t-SNE from any neighbour graph: affinities, schedule, start."""

from __future__ import annotations

import numpy as np
from scipy import sparse

from precompute.projection import kernels
from precompute.projection.neighbours import Graph, Neighbours, graph, sparse_rows
from precompute.types import Float32, Quality

PERPLEXITY = 30.0
N_NEIGHBOURS = 91
"""Three times the perplexity and one, as scikit-learn takes: weights beyond are negligible."""


def conditional_probabilities(neighbours: Neighbours, perplexity: float = PERPLEXITY) -> sparse.csr_array:
    """Give ``p_j|i`` of a perplexity over the neighbours of each point, float64 [n, n]."""
    weights = np.empty_like(neighbours.costs)
    kernels.calibration.perplexity_weights(
        np.ascontiguousarray(neighbours.costs), neighbours.degrees, perplexity, weights
    )
    return sparse_rows(neighbours, weights)


def joint_probabilities(conditional: sparse.csr_array) -> Graph:
    """Make P symmetric: ``p_ij = (p_j|i + p_i|j) / (2 n)`` (van der Maaten and Hinton 2008, section 3.1), summing to 1."""
    joint = conditional + conditional.T.tocsr()
    total = joint.sum()
    if total > 0:
        joint.data /= total
    return graph(joint)
