"""The joint embedding leaves attention as it is and finds the scale that shows it best."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from precompute.attention.pattern import attention_pattern
from precompute.embedding.joint import JointEmbedding, joint_embedding
from precompute.embedding.scale import ScaleObjective, balanced_scale, search_scale
from precompute.errors import NumericalError
from precompute.numeric import Float32


def planted_head(seed: int, n: int = 400, d: int = 16, gain: float = 1.0) -> tuple[Float32, Float32]:
    """Plant queries and keys that share directions, with means apart and spreads ``gain`` squared apart."""
    rng = np.random.default_rng(seed)
    shared = rng.normal(size=(n, d))
    queries = (shared + 0.5 * rng.normal(size=(n, d)) + rng.normal(size=d)) * gain
    keys = (shared + 0.5 * rng.normal(size=(n, d)) + rng.normal(size=d)) / gain
    return queries.astype(np.float32), keys.astype(np.float32)


@pytest.mark.parametrize("causal", [False, True])
@pytest.mark.parametrize("seed", range(4))
def test_attention_is_unchanged(seed: int, causal: bool) -> None:
    queries, keys = planted_head(seed)
    joint = joint_embedding(queries, keys)
    for start, stop in [(0, 1), (1, 24), (24, 152), (152, 400)]:
        original = attention_pattern(queries[start:stop], keys[start:stop], 0.25, causal=causal)
        moved = attention_pattern(joint.queries[start:stop], joint.keys[start:stop], 0.25, causal=causal)
        np.testing.assert_allclose(moved, original, atol=1e-5)


def test_means_coincide() -> None:
    joint = joint_embedding(*planted_head(1))
    np.testing.assert_allclose(joint.queries.mean(axis=0), joint.keys.mean(axis=0), atol=1e-5)


def test_vectors_follow_from_scale_and_translation() -> None:
    queries, keys = planted_head(2)
    joint = joint_embedding(queries, keys)
    np.testing.assert_allclose(joint.queries, queries * joint.c, rtol=1e-5)
    np.testing.assert_allclose(joint.keys, keys / joint.c + joint.translation, rtol=1e-4, atol=1e-4)
    assert joint.vectors.dtype == joint.translation.dtype == np.float32


@pytest.mark.parametrize("gain", [0.01, 1.0])
@pytest.mark.parametrize("seed", range(4))
def test_search_is_as_good_as_a_dense_grid(seed: int, gain: float) -> None:
    queries, keys = (x.astype(np.float64) for x in planted_head(seed, gain=gain))
    objective = ScaleObjective(queries, keys)
    dense = [objective(c) for c in balanced_scale(queries, keys) * 2.0 ** np.linspace(-4, 4, 161)]
    assert objective(search_scale(queries, keys)) >= 0.98 * max(dense)


def test_search_does_not_depend_on_the_units_of_queries_and_keys() -> None:
    queries, keys = planted_head(3)
    plain, stretched = joint_embedding(queries, keys), joint_embedding(queries * 64, keys / 4)
    assert stretched.c == pytest.approx(plain.c / 16, rel=1e-6)


def test_a_far_smaller_scale_correlates_better_but_does_not_mix() -> None:
    queries, keys = (x.astype(np.float64) for x in planted_head(0))
    objective, c = ScaleObjective(queries, keys), search_scale(queries, keys)
    assert objective.correlation(c / 8) > objective.correlation(c)
    assert objective.mixing(c / 8) < 0.5 * objective.mixing(c)


def test_joint_space_shows_attention_that_raw_vectors_hide() -> None:
    queries, keys = planted_head(4)
    queries += 20
    joint = joint_embedding(queries, keys)
    raw = JointEmbedding(np.concatenate([queries, keys]), 1.0, np.zeros(16, np.float32))

    def own_rank(embedding: JointEmbedding) -> float:
        unit = embedding.vectors / np.linalg.norm(embedding.vectors, axis=1, keepdims=True)
        similarity = unit[:400] @ unit[400:].T
        return float((similarity > np.diag(similarity)[:, None]).sum(axis=1).mean())

    assert own_rank(joint) < 20
    assert own_rank(raw) > 3 * own_rank(joint)


def test_same_input_gives_same_bytes() -> None:
    queries, keys = planted_head(5)
    assert joint_embedding(queries, keys).vectors.tobytes() == joint_embedding(queries, keys).vectors.tobytes()


DEGENERATE: dict[str, tuple[Float32, ...]] = {
    "one token": planted_head(0, n=1),
    "two tokens": planted_head(0, n=2),
    "one dimension": planted_head(0, n=50, d=1),
    "all zero": (np.zeros((30, 4), np.float32), np.zeros((30, 4), np.float32)),
    "zero queries": (np.zeros((30, 4), np.float32), planted_head(0, n=30, d=4)[1]),
    "equal keys": (planted_head(0, n=300, d=4)[0], np.full((300, 4), 0.1, np.float32)),
    "all equal": (np.full((300, 4), 0.1, np.float32), np.full((300, 4), 0.3, np.float32)),
    "duplicates": tuple(np.repeat(x, 40, axis=0) for x in planted_head(0, n=5)),
    "huge": tuple(x * np.float32(1e30) for x in planted_head(0)),
    "tiny": tuple(x * np.float32(1e-30) for x in planted_head(0)),
}


@pytest.mark.parametrize("case", DEGENERATE)
def test_degenerate_heads_stay_finite(case: str) -> None:
    joint = joint_embedding(*DEGENERATE[case])
    assert np.isfinite(joint.vectors).all()
    assert joint.c > 0


def test_nothing_to_tell_scales_apart_keeps_the_balanced_scale() -> None:
    assert joint_embedding(*DEGENERATE["all equal"]).c == 1.0


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_non_finite_values_are_refused(value: float) -> None:
    queries, keys = planted_head(0, n=10)
    keys[3, 2] = value
    with pytest.raises(NumericalError, match="NaN or infinite"):
        joint_embedding(queries, keys)


def test_shapes_must_agree() -> None:
    queries, keys = planted_head(0, n=10)
    with pytest.raises(ValueError, match="must both be"):
        joint_embedding(queries, keys[:9])


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 2**31), n=st.integers(1, 60), d=st.integers(1, 9), gain=st.floats(1e-6, 1e6))
def test_any_head_keeps_its_attention(seed: int, n: int, d: int, gain: float) -> None:
    queries, keys = planted_head(seed, n=n, d=d, gain=gain)
    joint = joint_embedding(queries, keys)
    np.testing.assert_allclose(
        attention_pattern(joint.queries, joint.keys, d**-0.5),
        attention_pattern(queries, keys, d**-0.5),
        atol=1e-5,
    )
