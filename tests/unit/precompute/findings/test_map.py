"""A map of heads keeps flat distances exactly, and lists tell who is near whom."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from precompute.findings.map import Neighbor, head_map, nearest_heads, redundant_pairs
from precompute.numeric import Float32


def distances_between(places: Float32) -> Float32:
    distances: Float32 = np.sqrt(((places[:, None] - places[None]) ** 2).sum(axis=-1)).astype(np.float32)
    return distances


@settings(deadline=None, max_examples=30)
@given(st.integers(0, 10**6), st.integers(1, 12))
def test_heads_in_a_plane_come_back_as_they_were(seed: int, n: int) -> None:
    places = np.random.default_rng(seed).normal(size=(n, 2)).astype(np.float32)
    distances = distances_between(places)
    mapped = head_map(distances)
    np.testing.assert_allclose(distances_between(mapped), distances, atol=2e-3)
    np.testing.assert_allclose(mapped.mean(axis=0), 0, atol=1e-5)


def test_a_map_always_comes_out_the_same_way() -> None:
    places = np.random.default_rng(1).normal(size=(6, 2)).astype(np.float32)
    np.testing.assert_allclose(head_map(distances_between(-places)), head_map(distances_between(places)), atol=1e-4)


LINE = distances_between(np.array([[0, 0], [0.1, 0], [0.15, 0], [0.9, 0]], np.float32))


def test_the_nearest_heads_come_first() -> None:
    assert [near.second for near in nearest_heads(LINE, 0, 2)] == [1, 2]
    assert [near.second for near in nearest_heads(LINE, 3, 9)] == [2, 1, 0]


def test_pairs_that_are_near_enough_are_listed_once() -> None:
    pairs = redundant_pairs(LINE, within=0.12)
    assert [(pair.first, pair.second) for pair in pairs] == [(1, 2), (0, 1)]
    assert pairs[0].distance == pytest.approx(0.05, abs=1e-6)
    assert len(redundant_pairs(LINE, within=1, count=2)) == 2
    assert redundant_pairs(LINE, within=0.01) == []


def test_distance_says_how_much_attention_is_shared() -> None:
    assert Neighbor(0, 1, 0.2).shared == pytest.approx(0.96)
