"""Attention without any preference scores near 0, and what a metric chooses it does not measure on the same queries."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from precompute.attention.layer import InstanceAttention
from precompute.attention.mean import MAX_OFFSET
from precompute.metrics.layer_measure import layer_metrics
from precompute.metrics.methods.position import SUPPORT
from precompute.numeric import Float32
from precompute.tokens.features import token_features
from tests.support import planted

N_HEADS = 72
CONCENTRATION = 0.05
WORDS = ("bank", "birch", "light", "river", "##s", "over", "sang", "the", "two", ",")
NOT_FROM_EVEN = {"best_offset", "effective_keys", "focus", "mean_distance", "sink_share", "query_norm", "key_norm"}
"""Metrics whose 0 is not even attention."""


def random_heads(lengths: list[int], seed: int, *, causal: bool, n_heads: int = N_HEADS) -> list[InstanceAttention]:
    """Draw every row by itself from a Dirichlet distribution: nearly all of it on few keys, whichever these are."""
    rng = np.random.default_rng(seed)
    heads, start = [], 0
    for n in lengths:
        visible = np.tri(n, dtype=bool)[None] if causal else np.ones((1, n, n), bool)
        pattern = np.zeros((n_heads, n, n), np.float32)
        for i in range(n):
            seen = i + 1 if causal else n
            pattern[:, i, :seen] = rng.dirichlet(np.full(seen, CONCENTRATION), n_heads)
        heads.append(InstanceAttention(slice(start, start + n), pattern, visible))
        start += n
    return heads


def measure(heads: list[InstanceAttention]) -> dict[str, Float32]:
    """Measure heads on sentences of few words, so that they repeat."""
    rng = np.random.default_rng(0)
    sentences = [["[CLS]", *rng.choice(WORDS, one.pattern.shape[1] - 2).tolist(), "[SEP]"] for one in heads]
    features = token_features(planted.table_of(sentences))
    ones = np.ones((len(heads[0].pattern), len(features.ids)), np.float32)
    return {info.name: values for info, values in layer_metrics(heads, features, ones, ones).items()}


@pytest.mark.parametrize("causal", [False, True], ids=["bidirectional", "causal"])
@pytest.mark.parametrize("lengths", [[20], [17, 20, 22, 23]], ids=["one sentence", "four sentences"])
@pytest.mark.parametrize("seed", range(3))
def test_random_heads_score_0_on_average(lengths: list[int], seed: int, *, causal: bool) -> None:
    scores = measure(random_heads(lengths, seed, causal=causal))
    assert {"sink", "best_offset_score", "induction", "cls", "punctuation"} <= scores.keys()
    for metric in scores.keys() - NOT_FROM_EVEN:
        assert abs(scores[metric].mean()) < 0.05, metric


@pytest.mark.parametrize("causal", [False, True], ids=["bidirectional", "causal"])
@pytest.mark.parametrize("metric", ["sink", "best_offset_score"])
def test_single_random_heads_score_near_0_over_four_sentences(metric: str, *, causal: bool) -> None:
    scores = measure(random_heads([17, 20, 22, 23], 0, causal=causal))
    assert np.abs(scores[metric]).mean() < 0.05
    assert np.abs(scores[metric]).max() < 0.25


@pytest.mark.parametrize("causal", [False, True], ids=["bidirectional", "causal"])
@pytest.mark.parametrize("n_sentences", [1, 4])
def test_perfect_heads_still_score_1_and_even_ones_0(n_sentences: int, *, causal: bool) -> None:
    heads = {"sink": planted.first_token, "back": planted.three_back, "even": planted.uniform}
    layer = planted.plant(heads, planted.repeated_words(n_sentences, segment=10), causal=causal)
    ones = np.ones(layer.queries.shape[:2], np.float32)
    found = layer_metrics(layer.attention(), layer.features, ones, ones)
    scores = {info.name: values for info, values in found.items()}
    np.testing.assert_allclose(scores["sink"][[0, 2]], [1, 0], atol=1e-4)
    np.testing.assert_allclose(scores["best_offset_score"][1:], [1, 0], atol=1e-4)
    assert scores["best_offset"][1] == -3


def sink_by_hand(heads: list[InstanceAttention], head: int) -> float:
    reached = even = counted = 0.0
    for one in heads:
        pattern, visible = one.pattern[head], one.visible[0]
        halves = [[i for i in range(len(pattern)) if i % 2 == odd and visible[i].sum() > 1] for odd in (0, 1)]
        if not all(halves):
            continue
        counted += 1
        for choosing, measured in (halves, halves[::-1]):
            key = int(np.argmax(pattern[choosing].sum(axis=0, dtype=np.float64)))
            for i in measured:
                reached += float(pattern[i, key]) / sum(map(len, halves))
                even += float(visible[i, key] / visible[i].sum()) / sum(map(len, halves))
    return (reached - even) / (counted - even) if counted > even else 0.0


def best_offset_score_by_hand(heads: list[InstanceAttention], head: int) -> float:
    pairs = [
        (i % 2, i - j, float(one.pattern[head, i, j]), 1 / float(one.visible[0, i].sum()))
        for one in heads
        for i, j in np.argwhere(one.visible[0]).tolist()
    ]

    def sums(half: int, offset: int) -> tuple[float, int, float]:
        chosen = [pair[2:] for pair in pairs if pair[:2] == (half, offset)]
        return sum(pair[0] for pair in chosen), len(chosen), sum(pair[1] for pair in chosen)

    def score(total: float, count: float, even: float) -> float:
        return (total - even) / (count - even) if count > even else 0.0

    n_queries = sum(len(one.pattern[head]) for one in heads)
    offsets = [
        k
        for k in range(-MAX_OFFSET, MAX_OFFSET + 1)
        if k and max(SUPPORT * n_queries, 1) <= sum(pair[1] == k for pair in pairs)
    ]
    measured = []
    for half in (0, 1):
        competing = [k for k in offsets if sums(half, k)[1]]
        if competing:
            best = max(competing, key=lambda k: score(*sums(half, k)))
            measured.append(sums(1 - half, best))
    return score(*np.sum(measured, axis=0).tolist()) if measured else 0.0


@settings(max_examples=25, deadline=None)
@given(st.lists(st.integers(2, 9), min_size=1, max_size=4), st.integers(0, 999), st.booleans())
def test_scores_are_what_a_loop_over_queries_finds(lengths: list[int], seed: int, causal: bool) -> None:
    heads = random_heads(lengths, seed, causal=causal, n_heads=3)
    scores = measure(heads)
    for head in range(3):
        assert scores.get("sink", np.zeros(3))[head] == pytest.approx(sink_by_hand(heads, head), abs=1e-5)
        found = scores.get("best_offset_score", np.zeros(3))[head]
        assert found == pytest.approx(best_offset_score_by_hand(heads, head), abs=1e-5)
