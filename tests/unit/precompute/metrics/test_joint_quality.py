"""Fidelity numbers agree with brute force and behave at the edges."""

from __future__ import annotations

import time
from itertools import pairwise

import numpy as np
import pytest
from scipy.stats import rankdata, spearmanr

from precompute.attention.pattern import attention_pattern
from precompute.embedding.joint import JointEmbedding, joint_embedding
from precompute.metrics import sampled_pairs
from precompute.metrics.joint_quality import FIDELITY_METRICS, head_fidelity, mixing_share
from precompute.metrics.sampled_pairs import PAIR_SAMPLE, PairSample, mean_estimate
from precompute.metrics.spearman import centered_ranks, spearman
from precompute.numeric import Float32
from tests.support.heads import head_of


def head(seed: int, n: int, d: int = 8) -> tuple[Float32, Float32]:
    rng = np.random.default_rng(seed)
    shared = rng.normal(size=(n, d))
    queries = shared + 0.4 * rng.normal(size=(n, d)) + rng.normal(size=d)
    keys = shared + 0.4 * rng.normal(size=(n, d)) + rng.normal(size=d)
    return queries.astype(np.float32), keys.astype(np.float32)


def offsets_of(*lengths: int) -> np.ndarray:
    return np.concatenate([[0], np.cumsum(lengths)]).astype(np.int32)


def distances(joint: JointEmbedding) -> Float32:
    unit = joint.vectors / np.linalg.norm(joint.vectors, axis=1, keepdims=True)
    return 1 - unit @ unit.T


@pytest.mark.parametrize("causal", [False, True])
def test_small_data_sets_are_measured_on_all_pairs(causal: bool) -> None:
    queries, keys = head(0, 60)
    joint = joint_embedding(queries, keys)
    offsets = offsets_of(20, 7, 33)
    fidelity = head_fidelity(head_of(queries, keys, 0.3, offsets, causal=causal), joint)
    across = distances(joint)[:60, 60:]
    assert fidelity.correlation == pytest.approx(spearmanr(across.ravel(), (queries @ keys.T).ravel())[0], abs=1e-4)
    by_hand = []
    for start, stop in pairwise(offsets):
        own = slice(start, stop)
        seen = np.tri(stop - start, dtype=bool) if causal else np.ones((stop - start, stop - start), bool)
        pattern = attention_pattern(queries[own], keys[own], 0.3, causal=causal)
        by_hand.append(spearmanr(across[own, own][seen], pattern[seen])[0])
    assert fidelity.attention_correlation == pytest.approx(np.mean(by_hand), abs=1e-4)


def test_mixing_by_brute_force() -> None:
    joint = joint_embedding(*head(1, 40))
    apart = distances(joint)
    np.fill_diagonal(apart, np.inf)
    nearest = np.argsort(apart, axis=1)[:, :15]
    own_type = np.arange(80) < 40
    expected = np.mean((nearest < 40) != own_type[:, None])
    unit = joint.vectors / np.linalg.norm(joint.vectors, axis=1, keepdims=True)
    found = mixing_share(unit[:40], unit[40:], PairSample(40))
    assert found.value == pytest.approx(expected, abs=1e-6)
    assert found.error == 0


def test_large_data_sets_come_as_close_as_their_error_says(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sampled_pairs, "PAIR_SAMPLE", 256)
    n = 600
    apart = []
    for seed in range(12):
        queries, keys = head(seed, n, d=4)
        joint = JointEmbedding(np.concatenate([queries, keys]), 1.0, np.zeros(4, np.float32))
        fidelity = head_fidelity(head_of(queries, keys, 0.3, offsets_of(n)), joint)
        exact = spearman(distances(joint)[:n, n:], queries @ keys.T)
        assert 0 < fidelity.errors()["joint.correlation"] < 0.05
        apart.append((fidelity.correlation - exact) / fidelity.correlation_error)
    assert 0.4 < np.sqrt(np.mean(np.square(apart))) < 1.8


def test_pairs_of_one_query_are_not_independent() -> None:
    """Values that only depend on the key are as uncertain as a thousand keys, not as a million pairs."""
    n = 8 * PAIR_SAMPLE
    rng = np.random.default_rng(0)
    of_keys, noise = rng.normal(size=(2, n))
    sample = PairSample(n)
    x, y = (np.tile(v[sample.keys], (PAIR_SAMPLE, 1)) for v in (of_keys, of_keys + noise))
    found = sample.spearman(sample.ranks(x), sample.ranks(y))
    assert found.error == pytest.approx((1 - 0.48) / np.sqrt(PAIR_SAMPLE), rel=0.5)
    assert abs(found.value - spearman(of_keys, of_keys + noise)) < 3 * found.error


def test_the_error_of_a_mean_is_the_spread_of_repeated_samples() -> None:
    rng = np.random.default_rng(0)
    values = rng.random(400).astype(np.float32)
    estimates = [mean_estimate(values[rng.permutation(400)[:100]], 400) for _ in range(300)]
    spread = np.std([estimate.value - values.mean() for estimate in estimates])
    assert np.mean([estimate.error for estimate in estimates]) == pytest.approx(spread, rel=0.15)
    assert mean_estimate(values, 400).error == 0


def test_queries_and_keys_are_sampled_independently() -> None:
    sample = PairSample(50_000)
    assert len(set(sample.queries)) == len(set(sample.keys)) == PAIR_SAMPLE
    assert len(set(sample.queries) & set(sample.keys)) < PAIR_SAMPLE / 8


def test_hidden_pairs_do_not_count() -> None:
    queries, keys = head(3, 12)
    joint = joint_embedding(queries, keys)
    hidden = np.where(np.tri(12, dtype=bool), 0, -np.inf).astype(np.float32)
    masked = head_fidelity(head_of(queries, keys, 0.3, offsets_of(12), mask=hidden.ravel()), joint)
    causal = head_fidelity(head_of(queries, keys, 0.3, offsets_of(12), causal=True), joint)
    assert masked == causal


def test_queries_and_keys_that_coincide_mix_and_correlate() -> None:
    rng = np.random.default_rng(4)
    directions = rng.normal(size=(200, 8)).astype(np.float32)
    directions -= directions.mean(axis=0)
    directions /= np.linalg.norm(directions, axis=1, keepdims=True)
    joint = JointEmbedding(np.concatenate([directions, directions]), 1.0, np.zeros(8, np.float32))
    fidelity = head_fidelity(head_of(directions, directions, 1.0, offsets_of(200)), joint)
    assert fidelity.correlation == pytest.approx(-1, abs=1e-3)
    assert 0.45 < fidelity.mixing < 0.6


@pytest.mark.parametrize("size", [1, 2, 30])
@pytest.mark.parametrize("value", [0.0, 0.1, 1e15])
def test_equal_vectors_give_no_correlation_and_no_warning(size: int, value: float) -> None:
    same = np.full((size, 4), value, np.float32)
    fidelity = head_fidelity(head_of(same, same, 0.5, offsets_of(size)), joint_embedding(same, same))
    assert fidelity.correlation == 0
    assert fidelity.attention_correlation == 0 or size == 1
    assert 0 < fidelity.mixing <= 1


def test_without_pairs_to_rank_there_is_no_correlation_with_attention() -> None:
    queries, keys = head(7, 40)
    joint = joint_embedding(queries, keys)
    alone = head_fidelity(head_of(queries, keys, 0.5, offsets_of(*[1] * 40)), joint)
    assert np.isnan(alone.attention_correlation)
    assert alone.correlation < 0
    one_pair_more = head_fidelity(head_of(queries, keys, 0.5, offsets_of(*[1] * 38, 2)), joint)
    assert np.isfinite(one_pair_more.attention_correlation)


def test_huge_norms_stay_finite() -> None:
    queries, keys = (x * np.float32(1e15) for x in head(5, 50))
    fidelity = head_fidelity(head_of(queries, keys, 0.5, offsets_of(25, 25)), joint_embedding(queries, keys))
    assert np.isfinite(list(fidelity.metrics().values())).all()


def test_metrics_carry_the_declared_names() -> None:
    queries, keys = head(6, 20)
    fidelity = head_fidelity(head_of(queries, keys, 0.5, offsets_of(20)), joint_embedding(queries, keys))
    assert list(fidelity.metrics()) == [metric.name for metric in FIDELITY_METRICS]


def test_a_head_of_five_thousand_tokens_takes_less_than_a_second() -> None:
    queries, keys = head(7, 5000, d=64)
    joint = joint_embedding(queries, keys)
    start = time.process_time()
    head_fidelity(head_of(queries, keys, 0.125, offsets_of(*[25] * 200)), joint)
    assert time.process_time() - start < 1


def test_spearman_of_ties_is_scipys() -> None:
    rng = np.random.default_rng(8)
    a, b = rng.integers(0, 5, (2, 400)).astype(np.float32)
    assert spearman(a, b) == pytest.approx(spearmanr(a, b)[0])


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("distinct", [1, 2, 7, 10_000])
def test_ranks_are_scipys_around_their_mean(dtype: type[np.floating], distinct: int) -> None:
    values = np.random.default_rng(9).integers(0, distinct, (30, 20)).astype(dtype)
    values[0, :3] = np.inf, -np.inf, np.inf
    np.testing.assert_allclose(centered_ranks(values), rankdata(values) - (values.size + 1) / 2)
    assert centered_ranks(values[:0]).size == 0
