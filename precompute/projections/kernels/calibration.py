"""Weights from neighbor costs, with one bandwidth per row."""

from __future__ import annotations

import numpy as np

from precompute.numeric import Float32, Int32
from precompute.projections.kernels.compile import inlined, kernel

MAX_STEPS = 64
TOLERANCE = 1e-5
SMALLEST_SIGMA = 1e-3
"""As a share of the mean cost. Where many neighbors tie, no bandwidth reaches the target sum."""


@kernel()
def perplexity_weights(costs: Float32, degrees: Int32, perplexity: float, weights: Float32) -> None:
    """Write ``p_j|i ~ exp(-beta_i cost_ij)`` of a given perplexity (van der Maaten and Hinton 2008, eq. 1).

    Parameters
    ----------
    costs : float32 [n, k]
        Ascending in each row, the first ``degrees[i]`` valid; squared distances for t-SNE.
    perplexity : float
        ``exp`` of the entropy of every row; capped at a third of the row's degree, at least 1.
    weights : float32 [n, k]
        Written; rows sum to 1, or are 0 without neighbors.
    """
    weights[:] = 0
    for i in range(len(costs)):
        degree = degrees[i]
        if degree == 0:
            continue
        entropy = np.log(max(min(perplexity, degree / 3), 1.0))
        nearest = np.float64(costs[i, 0])
        spread = np.float64(0)
        for j in range(degree):
            spread += (costs[i, j] - nearest) / degree
        beta = 1 / spread if spread > 0 else 1.0
        lowest, highest = 0.0, np.inf
        total = 1.0
        for _ in range(MAX_STEPS):
            total = 0.0
            mean_cost = 0.0
            for j in range(degree):
                weight = np.exp(-beta * (costs[i, j] - nearest))
                total += weight
                mean_cost += weight * (costs[i, j] - nearest)
            excess = np.log(total) + beta * mean_cost / total - entropy
            if abs(excess) < TOLERANCE:
                break
            if excess > 0:
                lowest = beta
                beta = beta * 2 if highest == np.inf else (beta + highest) / 2
            else:
                highest = beta
                beta = (beta + lowest) / 2
        for j in range(degree):
            weights[i, j] = np.exp(-beta * (costs[i, j] - nearest)) / total


@inlined
def membership_scale(costs: Float32, rho: float, sigma: float) -> float:
    """Find sigma with ``sum_j exp(-max(0, cost_j - rho) / sigma) = log2(len(costs) + 1)`` by bisection from a guess."""
    target = np.log2(len(costs) + 1)
    lowest, highest = 0.0, np.inf
    for _ in range(MAX_STEPS):
        total = 0.0
        for cost in costs:
            total += np.exp(-max(cost - rho, 0.0) / sigma)
        if abs(total - target) < TOLERANCE:
            break
        if total > target:
            highest = sigma
            sigma = (lowest + sigma) / 2
        else:
            lowest = sigma
            sigma = sigma * 2 if highest == np.inf else (sigma + highest) / 2
    return sigma


@kernel()
def membership_weights(costs: Float32, degrees: Int32, weights: Float32) -> None:
    """Write memberships ``exp(-max(0, cost_ij - rho_i) / sigma_i)`` (McInnes, Healy and Melville 2018, section 3.1).

    ``rho_i`` is the smallest positive cost; ``sigma_i`` makes the memberships of a row sum to ``log2(degree + 1)``, and
    is at least a thousandth of the row's mean cost. The result does not depend on the unit of the costs.

    Parameters
    ----------
    costs : float32 [n, k]
        Ascending in each row, without the point itself; the first ``degrees[i]`` are valid.
    weights : float32 [n, k]
        Written, in 0..1.
    """
    weights[:] = 0
    for i in range(len(costs)):
        degree = degrees[i]
        rho = 0.0
        mean = 0.0
        for j in range(degree):
            mean += costs[i, j] / degree
            if rho == 0 and costs[i, j] > 0:
                rho = np.float64(costs[i, j])
        sigma = membership_scale(costs[i, :degree], rho, mean if mean > 0 else 1.0)
        sigma = max(sigma, SMALLEST_SIGMA * mean)
        for j in range(degree):
            weights[i, j] = np.exp(-max(costs[i, j] - rho, 0.0) / sigma)
