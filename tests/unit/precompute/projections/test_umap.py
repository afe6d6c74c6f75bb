"""UMAP beside its loop in float64."""

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import sparse
from scipy.optimize import curve_fit

from precompute.numeric import Float32
from precompute.projections import kernels
from precompute.projections.graph import Graph
from precompute.projections.kernels.umap import Edges, Forces, attract_and_repel, forces, interpolated
from precompute.projections.methods.umap import A, B, fuzzy_graph, memberships, umap_layout
from precompute.projections.neighbors import nearest_neighbors

Floats = NDArray[np.floating]


def test_curve_is_the_fit_for_a_minimal_distance_of_a_tenth() -> None:
    distance = np.linspace(0, 3, 300)
    target = np.where(distance < 0.1, 1, np.exp(0.1 - distance))
    (a, b), _ = curve_fit(lambda x, a, b: 1 / (1 + a * x ** (2 * b)), distance, target)
    assert pytest.approx((a, b), rel=1e-3) == (A, B)


def test_fuzzy_graph_is_the_probabilistic_union() -> None:
    points = np.random.default_rng(0).normal(size=(30, 3)).astype(np.float32)
    directed = memberships(nearest_neighbors(points, 5))
    union = fuzzy_graph(directed)
    dense = sparse.csr_array((union.weights, union.neighbors, union.starts), shape=(30, 30)).toarray()
    w = directed.toarray()
    np.testing.assert_allclose(dense, w + w.T - w * w.T, rtol=1e-6)


@pytest.mark.parametrize("b", [0.5, B, 1.0])
def test_forces_are_interpolated_to_three_digits(b: float) -> None:
    squared = np.geomspace(1e-30, 1e15, 1000).astype(np.float32)
    tables, x = forces(2.0, b), squared.astype(np.float64)
    pulls = -2 * 2.0 * b * x ** (b - 1) / (1 + 2.0 * x**b)
    pushes = 2 * b / ((0.001 + x) * (1 + 2.0 * x**b))
    np.testing.assert_allclose([interpolated(tables.pulls, value) for value in squared], pulls, rtol=1e-3)
    np.testing.assert_allclose([interpolated(tables.pushes, value) for value in squared], pushes, rtol=1e-3)
    assert interpolated(tables.pulls, np.float32(0)) == 0
    assert np.isfinite(tables.pulls).all()
    assert np.isfinite(tables.pushes).all()


def xorshift(state: int) -> int:
    state ^= (state << 13) & (2**64 - 1)
    state ^= state >> 7
    return state ^ (state << 17) & (2**64 - 1)


def brute_force_layout(y: Floats, edges: Edges, n_epochs: int, seed: int) -> Floats:
    """Run the loop in float64, with the same random numbers."""
    y, n = y.astype(np.float64), len(y)
    state = (seed * 2654435761 + 88172645463325252) % 2**64
    next_epoch = edges.periods.astype(np.float64)
    for epoch in range(n_epochs):
        alpha = 1 - epoch / n_epochs
        for edge in np.flatnonzero(next_epoch <= epoch + 1):
            next_epoch[edge] += edges.periods[edge]
            i, j = int(edges.heads[edge]), int(edges.tails[edge])
            here = y[i].copy()
            d2 = ((here - y[j]) ** 2).sum()
            force = np.clip(-2 * A * B * d2 ** (B - 1) / (1 + A * d2**B) * (here - y[j]), -4, 4)
            y[j] -= alpha * force
            for _ in range(5):
                state = xorshift(state)
                far = here - y[(state >> 32) * n >> 32]
                d2 = (far**2).sum()
                force = force + np.clip(2 * B / ((0.001 + d2) * (1 + A * d2**B)) * far, -4, 4)
            y[i] = here + alpha * force
    return y


@pytest.mark.parametrize("dims", [2, 3])
def test_kernel_follows_the_loop(dims: int) -> None:
    rng = np.random.default_rng(0)
    y = rng.normal(0, 3, (15, dims)).astype(np.float32)
    pairs = np.array([(i, j) for i in range(15) for j in range(15) if (i + j) % 4 == 1], np.uint32)
    edges = Edges(pairs[:, 0].copy(), pairs[:, 1].copy(), rng.uniform(1, 3, len(pairs)).astype(np.float32))
    expected = brute_force_layout(y, edges, 3, 7)
    attract_and_repel(y, edges, forces(A, B), 3, 7)
    np.testing.assert_allclose(y, expected, atol=5e-3)


@pytest.mark.parametrize("dims", [2, 3])
def test_planted_groups_are_kept_apart(dims: int) -> None:
    rng = np.random.default_rng(0)
    points = (np.repeat(rng.normal(0, 10, (4, 8)), 60, axis=0) + rng.normal(0, 1, (240, 8))).astype(np.float32)
    graph = fuzzy_graph(memberships(nearest_neighbors(points, 14)))
    near = nearest_neighbors(umap_layout(graph, points, dims, quality="fast", seed=0), 15).indices
    group = np.repeat(np.arange(4), 60)
    assert (group[near] == group[:, None]).mean() > 0.99


@pytest.fixture
def runs(monkeypatch: pytest.MonkeyPatch) -> list[tuple[Edges, int]]:
    """Edges and number of epochs that layouts are made with."""
    seen: list[tuple[Edges, int]] = []
    lay_out = kernels.umap.attract_and_repel

    def watched(y: Float32, edges: Edges, forces: Forces, n_epochs: int, seed: int) -> None:
        seen.append((edges, n_epochs))
        lay_out(y, edges, forces, n_epochs, seed)

    monkeypatch.setattr(kernels.umap, "attract_and_repel", watched)
    return seen


def test_an_edge_takes_part_as_often_as_its_weight_says(runs: list[tuple[Edges, int]]) -> None:
    points = np.random.default_rng(0).normal(size=(40, 4)).astype(np.float32)
    graph = fuzzy_graph(memberships(nearest_neighbors(points, 14)))
    weights = sparse.csr_array((graph.weights, graph.neighbors, graph.starts), shape=(40, 40)).toarray()
    umap_layout(graph, points, 2, quality="fast", seed=0)
    ((edges, n_epochs),) = runs
    expected = {
        (i, j): pytest.approx(weights.max() / weights[i, j], rel=1e-6)
        for i, j in np.argwhere(weights > 0).tolist()
        if weights[i, j] * n_epochs >= weights.max()
    }
    ends = zip(edges.heads.tolist(), edges.tails.tolist(), strict=True)
    assert dict(zip(ends, edges.periods.tolist(), strict=True)) == expected
    assert len(set(edges.periods.tolist())) > 100


def test_best_moves_twice_as_long_and_ends_elsewhere(runs: list[tuple[Edges, int]]) -> None:
    points = np.random.default_rng(0).normal(size=(40, 4)).astype(np.float32)
    graph = fuzzy_graph(memberships(nearest_neighbors(points, 14)))
    layouts = [umap_layout(graph, points, 2, quality=quality, seed=0) for quality in ("fast", "best")]
    fast, best = (n_epochs for _, n_epochs in runs)
    assert best >= 2 * fast
    assert not np.allclose(*layouts)


def test_without_edges_the_start_stays() -> None:
    nothing = np.zeros(0, np.uint32)
    graph = Graph(np.zeros(2, np.uint32), nothing, np.zeros(0, np.float32))
    assert umap_layout(graph, np.ones((1, 3), np.float32), 2, quality="fast", seed=0).shape == (1, 2)
