"""Nearest neighbors beside all distances."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from precompute.numeric import Float32
from precompute.projections.neighbors import nearest_neighbors

Floats = NDArray[np.floating]


def brute_force(points: Float32, k: int) -> Floats:
    squared = ((points[:, None].astype(np.float64) - points[None]) ** 2).sum(axis=2)
    np.fill_diagonal(squared, np.inf)
    return np.sort(squared, axis=1)[:, :k]


@settings(max_examples=30, deadline=None)
@given(n=st.integers(1, 40), d=st.integers(1, 7), k=st.integers(1, 50), seed=st.integers(0, 2**32 - 1))
def test_neighbors_are_the_nearest_of_all(n: int, d: int, k: int, seed: int) -> None:
    points = np.random.default_rng(seed).normal(size=(n, d)).astype(np.float32)
    found = nearest_neighbors(points, k)
    expected = brute_force(points, min(k, n - 1))
    assert found.indices.shape == expected.shape
    np.testing.assert_allclose(found.costs, expected, rtol=1e-5)
    distances = ((points[:, None] - points[found.indices]) ** 2).sum(axis=2)
    np.testing.assert_allclose(found.costs, distances, rtol=1e-5)
    assert all(len({i, *row}) == len(row) + 1 for i, row in enumerate(found.indices))


def test_a_point_among_equal_points_names_those_that_follow_it() -> None:
    found = nearest_neighbors(np.ones((6, 3), np.float32), 2)
    assert found.indices.tolist() == [[1, 2], [2, 3], [3, 4], [4, 5], [5, 0], [0, 1]]
    assert not found.costs.any()


def test_first_keeps_the_nearest() -> None:
    points = np.array([[0.0], [1.0], [3.0]], np.float32)
    first = nearest_neighbors(points, 2).first(1)
    assert first.indices.tolist() == [[1], [0], [1]]
    assert first.costs.tolist() == [[1], [1], [4]]
    assert first.degrees.tolist() == [1, 1, 1]
