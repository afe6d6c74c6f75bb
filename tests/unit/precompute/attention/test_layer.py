"""Streaming a layer returns the same pattern for each instance as the instance alone."""

from __future__ import annotations

import numpy as np
import pytest

from precompute.attention.pattern import attention_pattern
from tests.support.heads import layer_of

OFFSETS = np.array([0, 3, 3, 8], np.int32)


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(0)


@pytest.mark.parametrize("causal", [False, True])
def test_grouped_heads_read_their_shared_keys(rng: np.random.Generator, causal: bool) -> None:
    queries = rng.normal(size=(4, 8, 5)).astype(np.float32)
    keys = rng.normal(size=(2, 8, 5)).astype(np.float32)
    first, last = layer_of(queries, keys, 0.5, OFFSETS, causal=causal).attention()
    assert (first.tokens, last.tokens) == (slice(0, 3), slice(3, 8))
    for head in range(4):
        alone = attention_pattern(queries[head, 3:8], keys[head // 2, 3:8], 0.5, causal=causal)
        np.testing.assert_allclose(last.pattern[head], alone, atol=1e-6)
    assert last.visible.sum() == (15 if causal else 25)


def test_masks_are_cut_out_by_instance(rng: np.random.Generator) -> None:
    queries, keys = rng.normal(size=(2, 2, 8, 5)).astype(np.float32)
    mask = np.where(rng.random((2, 9 + 25)) < 0.3, -np.inf, rng.normal(size=(2, 34))).astype(np.float32)
    mask[:, ::4] = 0
    _, last = layer_of(queries, keys, 0.5, OFFSETS, mask=mask).attention()
    own = mask[:, 9:].reshape(2, 5, 5)
    np.testing.assert_array_equal(last.visible, own > -np.inf)
    for head in range(2):
        alone = attention_pattern(queries[head, 3:], keys[head, 3:], 0.5, mask=own[head])
        np.testing.assert_allclose(last.pattern[head], alone, atol=1e-6)


def test_chosen_instances_come_in_the_order_asked_for(rng: np.random.Generator) -> None:
    queries = rng.normal(size=(1, 8, 5)).astype(np.float32)
    seen = layer_of(queries, queries, 0.5, OFFSETS).attention(instances=[2, 0])
    assert [view.tokens.start for view in seen] == [3, 0]
