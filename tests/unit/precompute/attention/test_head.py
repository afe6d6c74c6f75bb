"""A head's attention is that of brute force, whatever its mask, and grouped heads read their shared keys."""

from __future__ import annotations

import numpy as np
import pytest

from precompute.attention.head import Head, key_heads, positions_in
from tests.support.heads import head_of, layer_of

OFFSETS = np.array([0, 3, 3, 8], np.int32)
WINDOW = [np.where(np.abs(np.subtract.outer(np.arange(n), np.arange(n))) < 2, 0, -np.inf) for n in (3, 0, 5)]


def head_with(relation: str) -> Head:
    queries, keys = np.random.default_rng(0).normal(size=(2, 8, 4)).astype(np.float32)
    mask = np.concatenate([window.ravel() for window in WINDOW]).astype(np.float32) if relation == "window" else None
    return head_of(queries, keys, 0.5, OFFSETS, causal=relation == "causal", mask=mask)


@pytest.mark.parametrize("relation", ["full", "causal", "window"])
@pytest.mark.parametrize("instance", [0, 2])
def test_attention_is_the_softmax_over_the_keys_that_a_query_sees(relation: str, instance: int) -> None:
    head = head_with(relation)
    start, stop = OFFSETS[instance], OFFSETS[instance + 1]
    pattern, visible = head.attention(instance), head.visible(instance)
    for i in range(stop - start):
        weights = np.zeros(stop - start)
        for j in range(stop - start):
            seen = {"full": True, "causal": j <= i, "window": abs(i - j) < 2}[relation]
            assert visible[i, j] == seen
            if seen:
                weights[j] = np.exp(0.5 * float(head.queries[start + i] @ head.keys[start + j]))
        np.testing.assert_allclose(pattern[i], weights / weights.sum(), atol=1e-6)
    np.testing.assert_array_equal(np.isfinite(head.bias(instance)), visible)


@pytest.mark.parametrize("relation", ["full", "causal", "window"])
def test_a_head_without_tokens_attends_as_the_whole_one_renormalized(relation: str) -> None:
    head, hidden = head_with(relation), np.array([1, 0, 0, 0, 1, 0, 0, 1], bool)
    rest = head.without(hidden)
    assert rest.offsets.tolist() == [0, 2, 2, 5]
    assert rest.positions.tolist() == [1, 2, 0, 2, 3]
    for instance in (0, 2):
        kept = ~hidden[head.tokens(instance)]
        left = head.attention(instance)[np.ix_(kept, kept)]
        np.testing.assert_allclose(rest.attention(instance), left / left.sum(axis=1, keepdims=True), atol=1e-6)


@pytest.mark.parametrize("instance", [-1, 3])
def test_there_is_no_attention_of_an_instance_that_does_not_exist(instance: int) -> None:
    with pytest.raises(IndexError):
        head_with("full").attention(instance)


def test_heads_of_a_group_read_the_same_keys() -> None:
    rng = np.random.default_rng(0)
    queries, keys = rng.normal(size=(6, 8, 4)).astype(np.float32), rng.normal(size=(2, 8, 4)).astype(np.float32)
    layer = layer_of(queries, keys, 0.5, OFFSETS, causal=True)
    assert key_heads(6, 2).tolist() == [0, 0, 0, 1, 1, 1]
    _, last = layer.attention(heads=slice(2, 5))
    for row, index in enumerate((2, 3, 4)):
        head = layer.head(index)
        np.testing.assert_array_equal(head.keys, keys[index // 3])
        np.testing.assert_allclose(head.attention(2), last.pattern[row], atol=1e-6)
    with pytest.raises(IndexError):
        layer.head(6)


def test_positions_restart_in_every_instance() -> None:
    assert positions_in(OFFSETS).tolist() == [0, 1, 2, 0, 1, 2, 3, 4]
    assert positions_in(np.zeros(1, np.int32)).shape == (0,)
