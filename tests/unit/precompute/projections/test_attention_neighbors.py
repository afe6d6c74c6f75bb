"""The attention graph beside sorted dot products."""

import numpy as np
import pytest

from precompute.numeric import Float32
from precompute.projections.neighbors import attention_neighbors, neighbors_within_types
from precompute.projections.visibility import Visibility, visibility_of_queries

N, D = 40, 5
POSITIONS = np.tile(np.arange(8, dtype=np.int32), 5)
EVERYTHING = visibility_of_queries(POSITIONS, causal=False)


@pytest.fixture
def qk() -> tuple[Float32, Float32]:
    rng = np.random.default_rng(0)
    return rng.normal(size=(N, D)).astype(np.float32), rng.normal(1, 1, (N, D)).astype(np.float32)


def test_partners_are_those_of_largest_dot_product(qk: tuple[Float32, Float32]) -> None:
    queries, keys = qk
    found = attention_neighbors(queries, keys, EVERYTHING, 7)
    dots = queries @ keys.T
    for i in range(N):
        assert set(found.indices[i]) == set(N + np.argsort(-dots[i])[:7])
        assert set(found.indices[N + i]) == set(np.argsort(-dots[:, i])[:7])
        np.testing.assert_allclose(found.costs[i], dots[i].max() - np.sort(dots[i])[::-1][:7], atol=1e-5)


BEHIND = np.arange(8)[:, None] - np.arange(8)
WINDOW = np.where((BEHIND >= 0) & (BEHIND < 3), 0, -np.inf).astype(np.float32)
SLOPE = (-0.7 * np.abs(BEHIND)).astype(np.float32)
VISIBILITIES = {
    "causal": (visibility_of_queries(POSITIONS, causal=True), np.where(BEHIND >= 0, 0, -np.inf)),
    "sliding window": (visibility_of_queries(POSITIONS, causal=False, bias=WINDOW), WINDOW),
    "bias by distance": (visibility_of_queries(POSITIONS, causal=False, bias=SLOPE), SLOPE),
    "causal with a bias": (
        visibility_of_queries(POSITIONS, causal=True, bias=SLOPE),
        np.where(BEHIND >= 0, SLOPE, -np.inf),
    ),
}


@pytest.mark.parametrize("name", VISIBILITIES)
def test_partners_are_those_that_could_meet_of_largest_dot_product_and_bias(
    name: str, qk: tuple[Float32, Float32]
) -> None:
    queries, keys = qk
    visibility: Visibility
    visibility, relation = VISIBILITIES[name]
    found = attention_neighbors(queries, keys, visibility, 12)
    scores = queries @ keys.T + relation[POSITIONS[:, None], POSITIONS]
    for own, others, offset in ((scores, slice(None, N), N), (scores.T, slice(N, None), 0)):
        for row, indices, costs, degree in zip(
            own, found.indices[others], found.costs[others], found.degrees[others], strict=True
        ):
            assert degree == min(12, np.isfinite(row).sum())
            assert set(indices[:degree]) == set(offset + np.argsort(-row)[:degree])
            np.testing.assert_allclose(costs[:degree], row.max() - np.sort(row)[::-1][:degree], atol=1e-5)


def test_equal_keys_are_shared_out_among_queries() -> None:
    ones = np.ones((N, D), np.float32)
    found = attention_neighbors(ones, ones, EVERYTHING, 4)
    assert np.bincount(found.indices[:N].ravel() - N, minlength=N).tolist() == [4] * N


def test_neighbors_within_types_stay_within_their_type(qk: tuple[Float32, Float32]) -> None:
    found = neighbors_within_types(*qk, 6)
    assert (found.indices[:N] < N).all()
    assert (found.indices[N:] >= N).all()
    keys = qk[1] - qk[1].mean(axis=0)
    unit = keys / np.linalg.norm(keys, axis=1, keepdims=True)
    cosine = unit @ unit.T
    np.fill_diagonal(cosine, -np.inf)
    assert set(found.indices[N]) == set(N + np.argsort(-cosine[0])[:6])
