"""t-SNE with one normalizer per block of pairs, beside its definition and numerical gradient."""

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import sparse
from scipy.optimize import approx_fprime

from precompute.projections.graph import Graph, as_graph
from precompute.projections.kernels.tsne import TILE, Phase, descend, kl_divergence

Floats = NDArray[np.floating]


def blocks_of(n: int, n_queries: int) -> list[NDArray[np.bool_]]:
    """Return the pairs of each block, bool [n, n]."""
    query = np.arange(n) < n_queries
    same = np.equal.outer(query, query)
    return [np.outer(query, query), np.outer(~query, ~query), ~same]


def affinities(n: int, n_queries: int) -> Floats:
    """Return P with three times as much weight for a pair of a query and a key as for another."""
    rng = np.random.default_rng(0)
    upper = np.triu(rng.random((n, n)) * (rng.random((n, n)) < 0.4), 1)
    p = upper + upper.T + 0.5 * (np.eye(n, k=1) + np.eye(n, k=-1))
    p[blocks_of(n, n_queries)[2]] *= 3
    return p / p.sum()


def similarities(y: Floats) -> tuple[Floats, Floats]:
    """Return differences [n, n, dims], and q [n, n] with a diagonal of 0."""
    far = y[:, None] - y[None]
    q = 1 / (1 + (far**2).sum(axis=2))
    np.fill_diagonal(q, 0)
    return far, q


def dense_divergence(y: Floats, p: Floats, n_queries: int) -> float:
    """Sum p log(p / (m q / Z)) over all pairs of every block."""
    _, q = similarities(y)
    total = 0.0
    for block in blocks_of(len(y), n_queries):
        pairs = block & (p > 0)
        total += (p[pairs] * np.log(p[pairs] / (p[block].sum() * q[pairs] / q[block].sum()))).sum()
    return float(total)


def dense_gradient(y: Floats, p: Floats, n_queries: int) -> Floats:
    far, q = similarities(y)
    expected = np.zeros_like(q)
    for block in blocks_of(len(y), n_queries):
        if p[block].any():
            expected[block] = p[block].sum() * q[block] / q[block].sum()
    return 4 * (((p - expected) * q)[:, :, None] * far).sum(axis=1)


def graph(p: Floats) -> Graph:
    return as_graph(sparse.csr_array(p))


def spread_out(n: int, dims: int) -> Floats:
    return np.random.default_rng(1).normal(0, 2, (n, dims)).astype(np.float32).astype(np.float64)


@pytest.mark.parametrize("dims", [2, 3])
def test_divergence_has_a_normalizer_for_every_block(dims: int) -> None:
    p, y = affinities(25, 9), spread_out(25, dims)
    found = kl_divergence(np.ascontiguousarray(y.T, np.float32), graph(p), 9)
    assert found == pytest.approx(dense_divergence(y, p, 9), rel=1e-5)
    assert found != pytest.approx(dense_divergence(y, p, 0), rel=1e-2)


@pytest.mark.parametrize("dims", [2, 3])
@pytest.mark.parametrize(("n", "n_queries"), [(12, 5), (12, 11), (2 * TILE + 70, TILE + 30)])
def test_a_step_goes_down_the_gradient(n: int, n_queries: int, dims: int) -> None:
    rate, p, y = 0.05, affinities(n, n_queries), spread_out(n, dims)
    share = np.maximum(p.sum(axis=1, keepdims=True), 0.5 / n)
    move = y - rate * dense_gradient(y, p, n_queries) / share
    stepped = np.ascontiguousarray(y.T, np.float32)
    descend(stepped, graph(p), Phase(1, 1.0, rate, 0.5, 0.0), n_queries)
    np.testing.assert_allclose(stepped.T, move - move.mean(axis=0), atol=1e-4)


@pytest.mark.parametrize("dims", [2, 3])
def test_the_dense_gradient_is_the_numerical_one(dims: int) -> None:
    n, n_queries = 12, 5
    p, y = affinities(n, n_queries), spread_out(n, dims)
    numerical = approx_fprime(y.ravel(), lambda x: dense_divergence(x.reshape(n, dims), p, n_queries), 1e-6)
    np.testing.assert_allclose(dense_gradient(y, p, n_queries).ravel(), numerical, atol=1e-5)


def test_the_divergence_falls_from_check_to_check() -> None:
    p = graph(affinities(80, 30))
    start = np.random.default_rng(0).normal(0, 1e-4, (2, 80)).astype(np.float32)
    falls = []
    for n_iterations in range(25, 176, 25):
        y = start.copy()
        descend(y, p, Phase(n_iterations, 1.0, 0.3, 0.8, -1.0), 30)
        falls.append(kl_divergence(y, p, 30))
    assert np.diff(falls).max() < 0


def test_a_block_that_no_edge_joins_does_not_push() -> None:
    """Without an edge between queries and keys, the forces of each group sum to 0, so neither moves as a whole."""
    p, y = affinities(20, 6), spread_out(20, 2)
    p[blocks_of(20, 6)[2]] = 0
    y[:6] += 4
    y -= y.mean(axis=0)
    stepped = np.ascontiguousarray(y.T, np.float32)
    descend(stepped, graph(p / p.sum()), Phase(1, 1.0, 0.05, 0.5, 0.0), 6)
    weights = np.maximum(p.sum(axis=1) / p.sum(), 0.5 / 20)
    shift = np.average(stepped.T - y, axis=0, weights=weights)
    for group in (slice(6), slice(6, None)):
        np.testing.assert_allclose(
            np.average(stepped.T[group] - y[group], axis=0, weights=weights[group]), shift, atol=1e-5
        )
