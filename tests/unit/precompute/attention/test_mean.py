"""Aggregates are plain means over the instances that have both positions."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from precompute.attention.layer import InstanceAttention
from precompute.attention.mean import MAX_OFFSET, MAX_POSITIONS, aggregate_counts, aggregate_layer, offset_sums
from precompute.numeric import Float32
from tests.support.heads import layer_of


def offsets_of(*lengths: int) -> np.ndarray:
    return np.concatenate([[0], np.cumsum(lengths)]).astype(np.int32)


def random_layer(lengths: tuple[int, ...], *, causal: bool = False, seed: int = 0) -> list[InstanceAttention]:
    rng = np.random.default_rng(seed)
    queries, keys = rng.normal(size=(2, 3, sum(lengths), 4)).astype(np.float32)
    return list(layer_of(queries, keys, 0.5, offsets_of(*lengths), causal=causal).attention())


def brute_force_mean(instances: list[InstanceAttention], size: int) -> Float32:
    mean = np.zeros((3, size, size))
    for head, i, j in np.ndindex(mean.shape):
        both = [seen.pattern[head, i, j] for seen in instances if seen.pattern.shape[1] > max(i, j)]
        mean[head, i, j] = np.mean(both)
    return mean / mean.sum(axis=2, keepdims=True)


def test_counts_by_hand() -> None:
    np.testing.assert_array_equal(aggregate_counts(offsets_of(2, 4, 2)), [3, 3, 1, 1])


def test_counts_stop_at_the_cap() -> None:
    counts = aggregate_counts(offsets_of(5, MAX_POSITIONS + 70))
    assert len(counts) == MAX_POSITIONS
    assert counts[5] == 1


@settings(max_examples=20, deadline=None)
@given(lengths=st.lists(st.integers(1, 9), min_size=1, max_size=6).map(tuple), causal=st.booleans())
def test_mean_by_brute_force(lengths: tuple[int, ...], causal: bool) -> None:
    instances = random_layer(lengths, causal=causal)
    aggregate = aggregate_layer(instances, aggregate_counts(offsets_of(*lengths)))
    np.testing.assert_allclose(aggregate.mean, brute_force_mean(instances, max(lengths)), atol=1e-6)


@settings(max_examples=20, deadline=None)
@given(lengths=st.lists(st.integers(1, 9), min_size=1, max_size=6).map(tuple), causal=st.booleans())
def test_offset_profile_by_brute_force(lengths: tuple[int, ...], causal: bool) -> None:
    instances = random_layer(lengths, causal=causal)
    profile = aggregate_layer(instances, aggregate_counts(offsets_of(*lengths))).offset_profile
    reach = max(lengths) - 1
    assert profile.shape == (3, 2 * reach + 1)
    for offset in range(-reach, reach + 1):
        pairs = [
            seen.pattern[:, i, i - offset]
            for seen in instances
            for i in range(seen.pattern.shape[1])
            if 0 <= i - offset < seen.pattern.shape[1] and seen.visible[0, i, i - offset]
        ]
        expected = np.mean(pairs, axis=0) if pairs else np.zeros(3)
        np.testing.assert_allclose(profile[:, reach + offset], expected, atol=1e-6)


def test_order_of_instances_does_not_matter() -> None:
    lengths = (4, 9, 2, 7)
    counts = aggregate_counts(offsets_of(*lengths))
    instances = random_layer(lengths)
    forward, backward = aggregate_layer(instances, counts), aggregate_layer(instances[::-1], counts)
    np.testing.assert_allclose(forward.mean, backward.mean, atol=1e-7)
    np.testing.assert_allclose(forward.offset_profile, backward.offset_profile, atol=1e-7)


def test_previous_token_head_peaks_at_offset_one() -> None:
    pattern = np.zeros((1, 6, 6), np.float32)
    pattern[0, np.arange(1, 6), np.arange(5)] = 1
    pattern[0, 0, 0] = 1
    instance = InstanceAttention(slice(0, 6), pattern, np.ones((1, 6, 6), bool))
    profile = aggregate_layer([instance], aggregate_counts(offsets_of(6))).offset_profile[0]
    assert profile[5 + 1] == 1
    assert profile[5] == pytest.approx(1 / 6)
    assert profile.sum() == pytest.approx(7 / 6)


def test_long_instances_are_cut_and_rows_still_sum_to_one() -> None:
    instances = random_layer((MAX_POSITIONS + 30, 3))
    aggregate = aggregate_layer(instances, aggregate_counts(offsets_of(MAX_POSITIONS + 30, 3)))
    assert aggregate.mean.shape == (3, MAX_POSITIONS, MAX_POSITIONS)
    assert aggregate.offset_profile.shape == (3, 2 * MAX_OFFSET + 1)
    np.testing.assert_allclose(aggregate.mean.sum(axis=2), 1, atol=1e-5)


def test_a_row_whose_keys_are_all_hidden_stays_zero() -> None:
    pattern = np.array([[[0, 0], [0.5, 0.5]]], np.float32)
    visible = np.array([[[False, False], [True, True]]])
    aggregate = aggregate_layer([InstanceAttention(slice(0, 2), pattern, visible)], aggregate_counts(offsets_of(2)))
    np.testing.assert_array_equal(aggregate.mean[0], [[0, 0], [0.5, 0.5]])


def test_offset_sums_are_traces() -> None:
    pattern = np.random.default_rng(0).random((2, 5, 5)).astype(np.float32)
    sums = offset_sums(pattern, 6)
    for offset in range(-6, 7):
        np.testing.assert_allclose(sums[:, 6 + offset], np.trace(pattern, -offset, axis1=1, axis2=2), rtol=1e-6)


def test_nothing_to_aggregate_is_an_error() -> None:
    with pytest.raises(ValueError, match="no instance"):
        aggregate_layer([], np.zeros(0, np.int32))
