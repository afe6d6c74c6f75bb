"""Heads that attend alike are grouped as a brute-force average linkage groups them."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.cluster.hierarchy import fcluster, linkage
from scipy.spatial.distance import squareform

from precompute.findings.clusters import head_clusters, medoid
from precompute.numeric import Float32


def random_distances(n: int, seed: int) -> Float32:
    places = np.random.default_rng(seed).random((n, 3))
    apart = np.linalg.norm(places[:, None] - places[None, :], axis=-1)
    return (apart / 2).astype(np.float32)


@settings(max_examples=60, deadline=None)
@given(n=st.integers(2, 20), seed=st.integers(0, 10_000), within=st.floats(0.01, 0.9))
def test_clusters_are_those_of_average_linkage(n: int, seed: int, within: float) -> None:
    distances = random_distances(n, seed)
    exact = squareform((distances.astype(np.float64) + distances.T) / 2, checks=False)
    labels = fcluster(linkage(exact, "average"), within, criterion="distance")
    expected = {tuple(np.flatnonzero(labels == label).tolist()) for label in set(labels)}
    assert set(head_clusters(distances, within=within)) == {rows for rows in expected if len(rows) > 1}


def test_two_groups_and_a_loner() -> None:
    distances = np.full((6, 6), 0.9, np.float32)
    for group in ([0, 3], [1, 2, 5]):
        distances[np.ix_(group, group)] = 0.1
    np.fill_diagonal(distances, 0)
    assert head_clusters(distances) == ((1, 2, 5), (0, 3))
    distances[5, [1, 2]] = distances[[1, 2], 5] = 0.05
    assert medoid(distances, (1, 2, 5)) == 5


@pytest.mark.parametrize("n", [0, 1])
def test_a_single_head_is_no_cluster(n: int) -> None:
    assert head_clusters(np.zeros((n, n), np.float32)) == ()


def test_a_thousand_heads_are_sorted_into_clusters_without_repeating_one() -> None:
    clustered = [head for cluster in head_clusters(random_distances(1024, 1)) for head in cluster]
    assert 900 < len(clustered) == len(set(clustered))
