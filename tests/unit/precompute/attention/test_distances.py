"""Heads that attend alike are near, heads that never meet are at distance 1."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from precompute.attention.distances import COMPARED_PAIRS, QUERIES_AN_INSTANCE, compared_instances, head_distances
from precompute.attention.layer import InstanceAttention
from precompute.numeric import Float32


def attention(pattern: Float32) -> InstanceAttention:
    n = pattern.shape[1]
    return InstanceAttention(slice(0, n), pattern, np.ones((1, n, n), bool))


def random_patterns(rng: np.random.Generator, n_heads: int, n: int) -> Float32:
    return rng.dirichlet(np.full(n, 0.3), (n_heads, n)).astype(np.float32)


def hellinger(one: NDArray[np.float64], other: NDArray[np.float64]) -> float:
    """Root mean square, over queries, of the textbook's sqrt(sum (sqrt p - sqrt q)^2 / 2)."""
    squared = ((np.sqrt(one) - np.sqrt(other)) ** 2).sum(axis=-1) / 2
    return float(np.sqrt(squared.mean()))


def test_the_matrix_product_gives_the_textbooks_distance() -> None:
    rng = np.random.default_rng(0)
    lengths = (5, 9, 2)
    layers = [[random_patterns(rng, 3, n) for _ in range(2)] for n in lengths]
    distances = head_distances([[attention(pattern) for pattern in instance] for instance in layers])
    rows = [
        np.concatenate(
            [np.pad(instance[layer][head], ((0, 0), (0, 9 - n))) for instance, n in zip(layers, lengths, strict=True)]
        )
        for layer in range(2)
        for head in range(3)
    ]
    expected = [[hellinger(one.astype(np.float64), other.astype(np.float64)) for other in rows] for one in rows]
    np.testing.assert_allclose(distances, expected, atol=2e-3)


def test_the_same_head_is_at_zero_and_heads_that_never_meet_at_one() -> None:
    own, previous = np.eye(6, dtype=np.float32), np.roll(np.eye(6, dtype=np.float32), -1, axis=1)
    distances = head_distances([[attention(np.stack([own, previous, own]))]])
    np.testing.assert_allclose(distances, [[0, 1, 0], [1, 0, 1], [0, 1, 0]], atol=1e-3)


@settings(deadline=None, max_examples=20)
@given(st.integers(0, 10**6), st.integers(2, 5), st.integers(2, 7))
def test_it_is_a_distance_and_the_order_of_instances_plays_no_role(seed: int, n_heads: int, n: int) -> None:
    rng = np.random.default_rng(seed)
    instances = [[attention(random_patterns(rng, n_heads, n))] for _ in range(3)]
    distances = head_distances(instances)
    assert (distances == distances.T).all()
    assert (np.diagonal(distances) == 0).all()
    assert (distances >= 0).all()
    assert (distances <= 1).all()
    detour = (distances[:, :, None] + distances[None]).min(axis=1)
    assert (distances <= detour + 1e-5).all()
    np.testing.assert_allclose(head_distances(instances[::-1]), distances, atol=1e-5)


def test_long_instances_count_with_some_of_their_queries() -> None:
    n = 4 * QUERIES_AN_INSTANCE
    own = np.eye(n, dtype=np.float32)[None]
    half = own / 2 + np.float32(0.5 / n)
    distances = head_distances([[attention(np.concatenate([own, half]))]])
    assert distances[0, 1] == pytest.approx(hellinger(own[0].astype(float), half[0].astype(float)), abs=1e-3)


def test_without_instances_there_is_nothing_to_compare() -> None:
    with pytest.raises(ValueError, match="no instance"):
        head_distances([])


def test_small_data_are_compared_whole_and_large_ones_in_part() -> None:
    assert len(compared_instances(np.arange(0, 1000, 10, dtype=np.int32))) == 99
    lengths = np.full(5000, 40)
    chosen = compared_instances(np.concatenate([[0], np.cumsum(lengths)]).astype(np.int32))
    assert 0.9 * COMPARED_PAIRS < len(chosen) * 40 * 40 <= COMPARED_PAIRS
    assert chosen[0] < 100
    assert chosen[-1] > 4900
