"""Principal components beside the singular values."""

import numpy as np

from precompute.projections.methods.pca import principal_components, starting_layout


def test_components_are_the_singular_vectors() -> None:
    vectors = np.random.default_rng(0).normal(size=(50, 6)).astype(np.float32) @ np.diag([5, 4, 3, 2, 1, 0.5])
    scores = principal_components(vectors.astype(np.float32), 3)
    u, s, _ = np.linalg.svd(vectors - vectors.mean(axis=0), full_matrices=False)
    np.testing.assert_allclose(np.abs(scores), np.abs(u[:, :3] * s[:3]), atol=1e-4)


def test_the_sign_is_fixed_by_the_largest_component() -> None:
    line = np.arange(10, dtype=np.float32)[:, None]
    rising = principal_components(line * np.array([[1, 2]], np.float32), 1)
    turned = principal_components(line * np.array([[-1, -2]], np.float32), 1)
    assert (np.diff(rising[:, 0]) > 0).all()
    assert (np.diff(turned[:, 0]) < 0).all()


def test_missing_dimensions_are_zero() -> None:
    flat = np.arange(5, dtype=np.float32)[:, None]
    scores = principal_components(flat, 3)
    assert scores.shape == (5, 3)
    assert not scores[:, 1:].any()


def test_start_has_the_spread_that_was_asked_for() -> None:
    vectors = np.random.default_rng(0).normal(size=(500, 4)).astype(np.float32)
    assert np.isclose(starting_layout(vectors, 2, 1e-4, 0)[:, 0].std(), 1e-4, rtol=0.01)


def test_equal_vectors_start_apart() -> None:
    start = starting_layout(np.ones((30, 4), np.float32), 3, 1e-4, 0)
    assert len(np.unique(start, axis=0)) == 30


def test_another_start_takes_the_next_components() -> None:
    vectors = np.random.default_rng(0).normal(size=(200, 6)) * [6, 5, 4, 3, 2, 1]
    start = starting_layout(vectors.astype(np.float32), 2, 1e-4, 0, first_axis=2)
    expected = principal_components(vectors.astype(np.float32), 4)[:, 2:]
    assert np.corrcoef(start[:, 0], expected[:, 0])[0, 1] > 0.99
    assert np.corrcoef(start[:, 1], expected[:, 1])[0, 1] > 0.99
    beyond = starting_layout(vectors[:, :2].astype(np.float32), 2, 1e-4, 0, first_axis=2)
    assert (beyond.std(axis=0) > 0).all(), "noise where there are no more components"
