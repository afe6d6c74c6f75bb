"""The attention graph beside sorted dot products."""

import numpy as np
import pytest

from precompute.projection.attention_graph import attention_neighbours, neighbours_within_types
from precompute.types import Float32

N, D = 40, 5


@pytest.fixture
def qk() -> tuple[Float32, Float32]:
    rng = np.random.default_rng(0)
    return rng.normal(size=(N, D)).astype(np.float32), rng.normal(1, 1, (N, D)).astype(np.float32)


def test_partners_are_those_of_largest_dot_product(qk: tuple[Float32, Float32]) -> None:
    queries, keys = qk
    anywhere = np.zeros(N, np.int32)
    found = attention_neighbours(queries, keys, (anywhere, anywhere), 7)
    dots = queries @ keys.T
    for i in range(N):
        assert set(found.indices[i]) == set(N + np.argsort(-dots[i])[:7])
        assert set(found.indices[N + i]) == set(np.argsort(-dots[:, i])[:7])
        np.testing.assert_allclose(found.costs[i], dots[i].max() - np.sort(dots[i])[::-1][:7], atol=1e-5)


def test_causal_partners_could_see_each_other(qk: tuple[Float32, Float32]) -> None:
    queries, keys = qk
    positions = np.tile(np.arange(8, dtype=np.int32), 5)
    found = attention_neighbours(queries, keys, (positions, positions), 12)
    dots = np.where(positions[:, None] >= positions, queries @ keys.T, -np.inf)
    for i in range(N):
        visible = np.isfinite(dots[i]).sum()
        assert found.degrees[i] == min(12, visible)
        assert set(found.indices[i, : found.degrees[i]]) == set(N + np.argsort(-dots[i])[: min(12, visible)])
        seeing = np.isfinite(dots[:, i]).sum()
        assert found.degrees[N + i] == min(12, seeing)
        assert set(found.indices[N + i, : found.degrees[N + i]]) == set(np.argsort(-dots[:, i])[: min(12, seeing)])


def test_equal_keys_are_shared_out_among_queries() -> None:
    ones = np.ones((N, D), np.float32)
    anywhere = np.zeros(N, np.int32)
    found = attention_neighbours(ones, ones, (anywhere, anywhere), 4)
    assert np.bincount(found.indices[:N].ravel() - N, minlength=N).tolist() == [4] * N


def test_neighbours_within_types_stay_within_their_type(qk: tuple[Float32, Float32]) -> None:
    found = neighbours_within_types(*qk, 6)
    assert (found.indices[:N] < N).all()
    assert (found.indices[N:] >= N).all()
    keys = qk[1] - qk[1].mean(axis=0)
    unit = keys / np.linalg.norm(keys, axis=1, keepdims=True)
    cosine = unit @ unit.T
    np.fill_diagonal(cosine, -np.inf)
    assert set(found.indices[N]) == set(N + np.argsort(-cosine[0])[:6])
