"""Tokens that attention is parked on: found, named, and excluded."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from precompute.attention.layer import InstanceAttention
from precompute.attention.mean import aggregate_counts, aggregate_layer
from precompute.attention.sinks import sink_names, sink_share, sink_tokens, without_tokens
from precompute.metrics.layer_measure import LayerMeasure
from precompute.numeric import Float32
from tests.support import planted
from tests.support.heads import head_of

BERT = planted.table_of([["[CLS]", "a", "b", "[SEP]"], ["[CLS]", "c", "[SEP]"]])
GPT = planted.table_of([["a", "b"], ["c", "d", "e"]])
LLAMA = planted.table_of([["[BOS]", "a"], ["[BOS]", "b"]])


def test_special_tokens_are_sinks_and_so_is_the_first_of_a_causal_model() -> None:
    assert sink_tokens(BERT, causal=False).tolist() == [True, False, False, True, True, False, True]
    assert sink_tokens(GPT, causal=True).tolist() == [True, False, True, False, False]
    assert not sink_tokens(GPT, causal=False).any()
    assert len(sink_tokens(planted.table_of([]), causal=True)) == 0


def test_sinks_are_called_what_they_are() -> None:
    assert sink_names(BERT, causal=False) == "special tokens"
    assert sink_names(LLAMA, causal=True) == "special tokens"
    assert sink_names(GPT, causal=True) == "the first token"
    assert sink_names(planted.table_of([["a", "[SEP]"]]), causal=True) == "special and first tokens"
    assert sink_names(GPT, causal=False) == ""


def random_instance(n: int, seed: int, *, causal: bool) -> InstanceAttention:
    rng = np.random.default_rng(seed)
    visible = np.tri(n, dtype=bool)[None] if causal else np.ones((1, n, n), bool)
    weights = rng.random((2, n, n)) * visible
    return InstanceAttention(slice(0, n), (weights / weights.sum(-1, keepdims=True)).astype(np.float32), visible)


@settings(max_examples=40, deadline=None)
@given(n=st.integers(1, 7), seed=st.integers(0, 99), causal=st.booleans(), data=st.data())
def test_what_is_left_sums_to_one_as_pair_by_pair(n: int, seed: int, *, causal: bool, data: st.DataObject) -> None:
    taken = np.array(data.draw(st.lists(st.booleans(), min_size=n, max_size=n)))
    whole = random_instance(n, seed, causal=causal)
    bare = without_tokens(whole, taken)
    for head, i, j in np.ndindex(2, n, n):
        left = sum(float(whole.pattern[head, i, k]) for k in range(n) if not taken[k])
        kept = 0.0 if taken[i] or taken[j] or left == 0 else float(whole.pattern[head, i, j]) / left
        assert bare.pattern[head, i, j] == pytest.approx(kept, abs=1e-6)
        assert bare.visible[0, i, j] == (whole.visible[0, i, j] and not taken[i] and not taken[j])


SENTENCES = [["[CLS]", "a", "b", "c", "d", "e", "[SEP]"], ["[CLS]", "c", "d", "a", "g", "[SEP]"]]


def to_start_and_previous(tokens: list[str], i: int) -> list[int]:
    return [0, i - 1] if i > 1 else [0]


def measured(*, without: bool) -> dict[str, Float32]:
    layer = planted.plant({"mixed": to_start_and_previous, "previous_token": planted.previous_token}, SENTENCES)
    sinks = sink_tokens(layer.table, causal=False)
    norms = np.where(sinks, 100, 1).astype(np.float32)[None].repeat(2, axis=0)
    measure = LayerMeasure(replace(layer.features, sinks=sinks), norms, norms)
    for instance in layer.attention():
        measure.add(without_tokens(instance, sinks[instance.tokens]) if without else instance)
    return {info.name: values for info, values in measure.metrics().items()}


def test_a_head_that_rests_on_a_sink_shows_what_else_it_does_once_that_is_gone() -> None:
    with_sinks, bare = measured(without=False), measured(without=True)
    assert with_sinks["previous_token"][0] < 0.6
    assert bare["previous_token"][0] >= 0.95
    assert bare["previous_token"][1] >= 0.95
    assert not {"cls", "sep", "first_token", "sink_share"} & bare.keys()
    np.testing.assert_allclose(bare["query_norm"], 1)
    np.testing.assert_allclose(with_sinks["query_norm"], (9 * 1 + 4 * 100) / 13, rtol=1e-6)


def test_the_share_on_sinks_is_what_is_taken_out() -> None:
    shares = measured(without=False)["sink_share"]
    by_hand = []
    layer = planted.plant({"mixed": to_start_and_previous}, SENTENCES)
    for instance, (start, stop) in zip(layer.attention(), pairwise(layer.offsets.tolist()), strict=True):
        sinks = sink_tokens(layer.table, causal=False)[start:stop]
        by_hand += [float(row[sinks].sum()) for row, sink in zip(instance.pattern[0], sinks, strict=True) if not sink]
    assert shares[0] == pytest.approx(np.mean(by_hand), abs=1e-6)
    # Only the first word has a sink before it.
    assert shares[1] == pytest.approx(2 / 9, abs=1e-5)


def test_the_profile_without_sinks_has_no_trace_of_them() -> None:
    layer = planted.plant({"mixed": to_start_and_previous}, SENTENCES)
    sinks = sink_tokens(layer.table, causal=False)
    profile = aggregate_layer(layer.attention(), aggregate_counts(layer.offsets), sinks)
    assert profile.without_sinks is not None
    middle = profile.without_sinks.shape[1] // 2
    assert profile.offset_profile[0, middle + 1] < 0.6
    assert profile.without_sinks[0, middle + 1] == pytest.approx(1, abs=1e-4)
    assert aggregate_layer(layer.attention(), aggregate_counts(layer.offsets)).without_sinks is None


@pytest.mark.parametrize("causal", [False, True])
def test_the_share_of_a_head_is_that_of_the_metric(causal: bool) -> None:
    """Pair by pair: queries that are no sinks and see one."""
    rng = np.random.default_rng(0)
    offsets = np.array([0, 4, 4, 9, 10], np.int32)
    queries, keys = rng.normal(size=(2, 10, 5)).astype(np.float32)
    head = head_of(queries, keys, 0.7, offsets, causal=causal)
    sinks = np.array([1, 0, 0, 1, 0, 0, 1, 0, 0, 1], bool)
    shares = []
    for start, stop in ((0, 4), (4, 9), (9, 10)):
        for i in range(start, stop):
            seen = [j for j in range(start, stop) if j <= i or not causal]
            weights = np.exp([0.7 * float(queries[i] @ keys[j]) for j in seen])
            if not sinks[i] and sinks[seen].any():
                shares.append(weights[sinks[seen]].sum() / weights.sum())
    assert sink_share(head, sinks) == pytest.approx(np.mean(shares), rel=1e-5)
    assert sink_share(head, np.zeros(10, bool)) == 0
