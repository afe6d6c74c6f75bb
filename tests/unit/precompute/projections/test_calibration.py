"""Bandwidths beside a root finder."""

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.optimize import brentq

from precompute.numeric import Float32
from precompute.projections.kernels.calibration import membership_weights, perplexity_weights

Floats = NDArray[np.floating]


def perplexity_of(weights: Float32) -> float:
    positive = weights[weights > 0].astype(np.float64)
    return np.exp(-(positive * np.log(positive)).sum())


def sorted_costs(n: int, k: int, seed: int = 0, size: float = 1.0) -> Float32:
    return np.sort(np.random.default_rng(seed).gamma(2, size, (n, k)), axis=1).astype(np.float32)


@pytest.mark.parametrize("size", [1e-6, 1.0, 1e6])
def test_every_row_has_the_perplexity(size: float) -> None:
    costs = sorted_costs(20, 60, size=size)
    weights = np.empty_like(costs)
    perplexity_weights(costs, np.full(20, 60, np.int32), 15.0, weights)
    np.testing.assert_allclose(weights.sum(axis=1), 1, rtol=1e-5)
    np.testing.assert_allclose([perplexity_of(row) for row in weights], 15, rtol=1e-3)


def test_weights_are_a_gaussian_of_one_bandwidth_a_row() -> None:
    costs = sorted_costs(1, 30)
    weights = np.empty_like(costs)
    perplexity_weights(costs, np.array([30], np.int32), 8.0, weights)

    def probabilities(beta: float) -> Floats:
        raised = np.exp(-beta * costs[0].astype(np.float64))
        return raised / raised.sum()

    beta = brentq(lambda beta: perplexity_of(probabilities(beta)) - 8, 1e-3, 1e3)
    np.testing.assert_allclose(weights[0], probabilities(beta), atol=1e-5)


def test_rows_with_few_neighbors_get_a_third_of_them_as_perplexity() -> None:
    costs = sorted_costs(4, 12)
    weights = np.empty_like(costs)
    perplexity_weights(costs, np.array([12, 6, 1, 0], np.int32), 30.0, weights)
    assert perplexity_of(weights[0]) == pytest.approx(4, rel=1e-3)
    assert perplexity_of(weights[1]) == pytest.approx(2, rel=1e-3)
    assert weights[2].tolist() == [1] + [0] * 11
    assert not weights[3].any()


def test_equal_costs_give_equal_weights() -> None:
    weights = np.empty((2, 10), np.float32)
    perplexity_weights(np.array([[0.0] * 10, [7.0] * 10], np.float32), np.full(2, 10, np.int32), 3.0, weights)
    np.testing.assert_allclose(weights, 0.1, rtol=1e-6)


def test_memberships_sum_to_the_logarithm_of_the_neighbors() -> None:
    costs = sorted_costs(20, 14)
    weights = np.empty_like(costs)
    membership_weights(costs, np.full(20, 14, np.int32), weights)
    assert (weights[:, 0] == 1).all()
    np.testing.assert_allclose(weights.sum(axis=1), np.log2(15), rtol=1e-4)


def test_memberships_fall_exponentially_beyond_the_nearest_distinct_neighbor() -> None:
    costs = np.array([[0, 0, 0.5, 0.9, 1.4, 2.0, 2.1, 3.0]], np.float32)
    weights = np.empty_like(costs)
    membership_weights(costs, np.array([8], np.int32), weights)
    beyond = np.maximum(costs[0].astype(np.float64) - 0.5, 0)
    sigma = brentq(lambda sigma: np.exp(-beyond / sigma).sum() - np.log2(9), 1e-3, 1e3)
    np.testing.assert_allclose(weights[0], np.exp(-beyond / sigma), atol=1e-4)


def test_memberships_of_equal_points_are_one() -> None:
    weights = np.empty((3, 5), np.float32)
    membership_weights(np.zeros((3, 5), np.float32), np.array([5, 2, 0], np.int32), weights)
    assert weights.tolist() == [[1] * 5, [1, 1, 0, 0, 0], [0] * 5]


def test_beyond_many_equally_near_points_memberships_do_not_fall_at_once() -> None:
    """Twelve memberships of 1 are more than log2(15): no sigma is small enough, so its bound decides."""
    costs = np.array([[1.0] * 12 + [1.001, 2.0]], np.float32)
    weights = np.empty_like(costs)
    membership_weights(costs, np.array([14], np.int32), weights)
    sigma = 1e-3 * costs.mean(dtype=np.float64)
    np.testing.assert_allclose(weights[0], np.exp(-(costs[0].astype(np.float64) - 1) / sigma), atol=1e-6)
    assert 0.3 < weights[0, 12] < 0.5


@pytest.mark.parametrize("unit", [0.5, 1e-6])
def test_memberships_do_not_depend_on_the_unit_of_costs(unit: float) -> None:
    costs, degrees = sorted_costs(20, 14), np.full(20, 14, np.int32)
    weights, others = np.empty_like(costs), np.empty_like(costs)
    membership_weights(costs, degrees, weights)
    membership_weights(costs * np.float32(unit), degrees, others)
    np.testing.assert_allclose(others, weights, atol=1e-4)
