"""Projections as a whole, beside the libraries and beside what they are for."""

from __future__ import annotations

import warnings
from importlib import import_module

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import sparse
from sklearn.manifold import TSNE
from threadpoolctl import threadpool_limits

from precompute.embedding.joint import joint_embedding
from precompute.metrics.layout_quality import LayoutJudge
from precompute.numeric import Float32
from precompute.projections.graph import Graph
from precompute.projections.head_space import HeadSpace
from precompute.projections.kernels.tsne import kl_divergence
from precompute.projections.methods.tsne import conditional_probabilities, joint_probabilities, tsne_layout
from precompute.projections.neighbors import nearest_neighbors
from precompute.projections.registry import PROJECTIONS
from tests.support.heads import head_of

N = 300
Floats = NDArray[np.floating]


def head_space(queries: Floats, keys: Floats) -> HeadSpace:
    queries, keys = queries.astype(np.float32), keys.astype(np.float32)
    offsets = np.arange(0, N + 1, 20, dtype=np.int32)
    head = head_of(queries, keys, queries.shape[1] ** -0.5, offsets)
    return HeadSpace(head, joint_embedding(queries, keys).vectors)


@pytest.fixture(scope="module")
def sheet() -> HeadSpace:
    """Put queries and keys on a sheet that is bent through sixteen dimensions."""
    rng = np.random.default_rng(1)
    places = rng.uniform(-1, 1, (2, N, 2)) @ rng.normal(size=(2, 16)) + rng.uniform(0, 2 * np.pi, 16)
    return head_space(*(np.cos(places) + 0.1 * rng.normal(size=places.shape)))


@pytest.fixture(scope="module")
def few_dimensions_meet() -> HeadSpace:
    """Return queries that meet keys, of many lengths, in three dimensions; the others are larger and of no use."""
    rng = np.random.default_rng(0)
    queries, keys = np.zeros((2, N, 23))
    queries[:, :3], keys[:, :3] = rng.normal(size=(2, N, 3))
    queries[:, 3:13], keys[:, 13:] = rng.normal(0, 2, (2, N, 10))
    return head_space(queries, keys * rng.lognormal(0, 0.5, (N, 1)))


def test_tsne_is_as_good_as_scikit_learns(sheet: HeadSpace) -> None:
    with threadpool_limits(1):
        library = TSNE(2, init="pca", random_state=0, n_jobs=1).fit_transform(sheet.directions)
    ours = PROJECTIONS.all()["tsne"].function(sheet, 2)
    affinities = joint_probabilities(conditional_probabilities(sheet.neighbors, perplexity=30))
    kl_library, kl_ours = (kl_divergence(np.ascontiguousarray(points.T), affinities, 0) for points in (library, ours))
    recall_library, recall_ours = (LayoutJudge(sheet).judge(points)[1]["knn_recall"] for points in (library, ours))
    assert kl_ours <= 1.02 * kl_library
    assert recall_ours >= recall_library - 0.02


def test_tsne_looks_at_thirty_neighbors(sheet: HeadSpace) -> None:
    weights = conditional_probabilities(sheet.neighbors).toarray()
    entropies = -np.sum(weights * np.log(weights, out=np.zeros_like(weights), where=weights > 0), axis=1)
    np.testing.assert_allclose(np.exp(entropies), 30, rtol=1e-3)


@pytest.mark.parametrize("name", ["tsne", "umap"])
def test_layouts_of_attention_keep_more_of_the_strongest_keys(name: str, few_dimensions_meet: HeadSpace) -> None:
    joint, attention = (
        LayoutJudge(few_dimensions_meet).judge(PROJECTIONS.all()[method].function(few_dimensions_meet, 2))[1]
        for method in (name, f"attention-{name}")
    )
    assert attention["query_recall"] > max(0.2, 2 * joint["query_recall"])
    assert attention["key_recall"] > max(0.2, 2 * joint["key_recall"])


def test_two_thirds_of_the_affinities_join_queries_and_keys(few_dimensions_meet: HeadSpace) -> None:
    weights = dense(shared_graph(few_dimensions_meet, "attention-tsne"))
    assert weights[:N, N:].sum() + weights[N:, :N].sum() == pytest.approx(2 / 3, rel=1e-3)


def test_queries_choose_more_of_the_affinities_than_keys(few_dimensions_meet: HeadSpace) -> None:
    """Weights of pairs that only one of the two lists, so that the sum does not mix both choices."""
    space = few_dimensions_meet
    weights = dense(shared_graph(space, "attention-tsne"))[:N, N:]
    listed = conditional_probabilities(space.attention_neighbors, 15).toarray()
    of_queries, of_keys = listed[:N, N:], listed[N:, :N].T
    only_queries, only_keys = (of_queries > 0) & (of_keys == 0), (of_keys > 0) & (of_queries == 0)
    a_query, a_key = (
        (weights / np.where(one, chosen, 1))[one].mean()
        for one, chosen in ((only_queries, of_queries), (only_keys, of_keys))
    )
    assert a_query / a_key == pytest.approx(0.55 / 0.45, rel=1e-3)


def test_layouts_of_attention_descend_with_a_normalizer_per_block(few_dimensions_meet: HeadSpace) -> None:
    space = few_dimensions_meet
    layout = PROJECTIONS.all()["attention-tsne"].function(space, 2)
    graph = shared_graph(space, "attention-tsne")
    single = tsne_layout(graph, space.directions, 2, quality="fast", seed=0)
    ours, other = (kl_divergence(np.ascontiguousarray(points.T), graph, N) for points in (layout, single))
    assert ours < 0.97 * other


def test_the_nearest_of_each_type_are_members_for_certain(few_dimensions_meet: HeadSpace) -> None:
    weights = dense(shared_graph(few_dimensions_meet, "attention-umap"))
    of_type = weights.reshape(2, N, 2, N).max(axis=3)
    np.testing.assert_allclose(of_type, 1, rtol=1e-5)


@pytest.mark.slow
def test_umap_starts_from_the_graph_of_umap_learn() -> None:
    rng = np.random.default_rng(0)
    queries, keys = rng.normal(size=(2, N, 6))
    queries[:40] = queries[0]
    space = head_space(queries, keys)
    near = nearest_neighbors(space.directions, 14)
    itself = np.arange(2 * N, dtype=np.int32)[:, None]
    indices, cosine_distances = np.hstack([itself, near.indices]), np.hstack([0 * itself, near.costs / 2])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of what umap-learn could do were more installed
        expected, *_ = import_module("umap.umap_").fuzzy_simplicial_set(
            space.directions, 15, None, "cosine", knn_indices=indices, knn_dists=cosine_distances.astype(np.float32)
        )
    np.testing.assert_allclose(dense(shared_graph(space, "umap")), expected.toarray(), atol=2e-4)


def shared_graph(space: HeadSpace, name: str) -> Graph:
    """Return the graph that layouts of a head started from."""
    PROJECTIONS.all()[name].function(space, 2)
    return space.shared(name, lambda: pytest.fail("the layout did not keep its graph"))


def dense(graph: Graph) -> Float32:
    return sparse.csr_array((graph.weights, graph.neighbors, graph.starts)).toarray()
