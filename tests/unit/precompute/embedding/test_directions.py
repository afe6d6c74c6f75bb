"""Directions have length 1 at any magnitude, and neighbors are counted by type."""

from __future__ import annotations

import numpy as np
import pytest

from precompute.embedding.directions import other_type_share, unit_rows


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("magnitude", [1e-30, 1.0, 1e30])
def test_rows_get_length_one(dtype: type[np.floating], magnitude: float) -> None:
    vectors = (np.random.default_rng(0).normal(size=(20, 5)) * magnitude).astype(dtype)
    unit = unit_rows(vectors)
    assert unit.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(unit, axis=1), 1, rtol=1e-6)
    np.testing.assert_allclose(unit[:, 0] / unit[:, 1], vectors[:, 0] / vectors[:, 1], rtol=1e-4)


def test_a_zero_row_stays_zero() -> None:
    np.testing.assert_array_equal(unit_rows(np.array([[0.0, 0.0], [0.0, 2.0]])), [[0, 0], [0, 1]])


def test_other_type_share_by_hand() -> None:
    within = np.array([[-np.inf, 0.9, 0.1]], np.float32)
    across = np.array([[0.8, 0.7, 0.2]], np.float32)
    assert other_type_share(within, across, 3)[0] == pytest.approx(2 / 3)


def test_neighbors_as_near_as_the_last_all_count() -> None:
    within = np.array([[-np.inf, 0.5]], np.float32)
    across = np.array([[0.5, 0.5, 0.5]], np.float32)
    assert other_type_share(within, across, 1)[0] == pytest.approx(3 / 4)


def test_few_points_are_all_neighbors() -> None:
    within, across = np.array([[-np.inf, 0.5]], np.float32), np.array([[0.1, 0.2]], np.float32)
    assert other_type_share(within, across, 15)[0] == pytest.approx(2 / 3)
