"""Measures of layouts beside their definitions."""

from itertools import pairwise

import numpy as np
import pytest
from numpy.typing import NDArray
from sklearn.manifold import trustworthiness as reference_trustworthiness

from precompute.attention.pattern import attention_pattern
from precompute.embedding.joint import joint_embedding
from precompute.metrics.layout_quality import LayoutJudge, continuity, kept_neighbors, trustworthiness
from precompute.numeric import Float32
from precompute.projections.head_space import HeadSpace
from precompute.projections.kernels.quality import attention_on_nearest
from precompute.projections.neighbors import nearest_neighbors
from precompute.projections.registry import PROJECTIONS
from tests.support.heads import head_of

Floats = NDArray[np.floating]


OFFSETS = np.array([0, 12, 20, 24, 45], np.int32)
N = 45


def head_space(*, causal: bool = False, seed: int = 0, mask: Float32 | None = None) -> HeadSpace:
    rng = np.random.default_rng(seed)
    queries, keys = rng.normal(size=(2, N, 6)).astype(np.float32)
    return HeadSpace(
        head_of(queries, keys, 0.7, OFFSETS, causal=causal, mask=mask), joint_embedding(queries, keys).vectors
    )


BEHIND = np.arange(21)[:, None] - np.arange(21)
RELATIONS = {
    "full": np.zeros((21, 21)),
    "causal": np.where(BEHIND >= 0, 0, -np.inf),
    "sliding window": np.where((BEHIND >= 0) & (BEHIND < 9), 0, -np.inf),
    "bias by distance": -0.3 * np.abs(BEHIND),
}


def space_with(relation: str) -> HeadSpace:
    """Make a head whose mask follows a relation of positions; only full and causal ones need not be stored."""
    if relation in ("full", "causal"):
        return head_space(causal=relation == "causal")
    masks = [RELATIONS[relation][:n, :n].ravel() for n in np.diff(OFFSETS)]
    return head_space(mask=np.concatenate(masks).astype(np.float32))


def random_layout(dims: int = 2) -> Float32:
    return np.random.default_rng(1).normal(size=(2 * N, dims)).astype(np.float32)


def test_kept_neighbors_are_those_in_both_lists() -> None:
    rng = np.random.default_rng(0)
    vectors, layout = rng.normal(size=(60, 5)).astype(np.float32), rng.normal(size=(60, 2)).astype(np.float32)
    before, after = (nearest_neighbors(points, 7).indices for points in (vectors, layout))
    expected = [len(set(first) & set(second)) / 7 for first, second in zip(before, after, strict=True)]
    np.testing.assert_allclose(kept_neighbors(vectors, before, after), expected, rtol=1e-6)


def test_of_many_equal_points_any_are_the_nearest() -> None:
    rng = np.random.default_rng(0)
    vectors = np.concatenate([np.ones((40, 3)), rng.normal(size=(40, 3)) + 9]).astype(np.float32)
    scattered = np.concatenate([rng.normal(size=(40, 2)), rng.normal(size=(40, 2)) + 99]).astype(np.float32)
    before, after = (nearest_neighbors(points, 15).indices for points in (vectors, scattered))
    assert (kept_neighbors(vectors, before, after)[:40] == 1).all()


def test_of_equally_strong_partners_any_are_the_strongest() -> None:
    space = head_space()
    keys = np.repeat(space.head.keys[:1], N, axis=0)
    same = HeadSpace(head_of(space.head.queries, keys, 1.0, OFFSETS), space.joint)
    kept, metrics = LayoutJudge(same).judge(random_layout())
    assert metrics["query_recall"] == 1
    assert (kept.partners[:N] == 1).all()


@pytest.mark.parametrize("k", [1, 5, 15])
def test_trustworthiness_is_scikit_learns(k: int) -> None:
    rng = np.random.default_rng(0)
    vectors, layout = rng.normal(size=(120, 8)).astype(np.float32), rng.normal(size=(120, 2)).astype(np.float32)
    layout[:60] += vectors[:60, :2] * 5
    found = trustworthiness(vectors, nearest_neighbors(layout, k).indices, np.arange(120, dtype=np.int32))
    assert found == pytest.approx(reference_trustworthiness(vectors, layout, n_neighbors=k), abs=1e-6)


@pytest.mark.parametrize("k", [1, 5, 15])
def test_continuity_is_trustworthiness_from_the_other_side(k: int) -> None:
    rng = np.random.default_rng(0)
    vectors, layout = rng.normal(size=(120, 8)).astype(np.float32), rng.normal(size=(120, 2)).astype(np.float32)
    layout[:60] += vectors[:60, :2] * 5
    found = continuity(layout, nearest_neighbors(vectors, k).indices, np.arange(120, dtype=np.int32))
    ranks = np.argsort(np.argsort(np.linalg.norm(layout[:, None] - layout[None], axis=2), axis=1), axis=1)
    near = np.argsort(np.linalg.norm(vectors[:, None] - vectors[None], axis=2), axis=1)[:, 1 : k + 1]
    excess = sum(max(0, ranks[i, j] - k) for i in range(120) for j in near[i])
    assert found == pytest.approx(1 - 2 / (120 * k * (240 - 3 * k - 1)) * excess, abs=1e-6)
    assert found == pytest.approx(reference_trustworthiness(layout, vectors, n_neighbors=k), abs=1e-6)


def test_a_torn_group_costs_continuity_and_a_merged_one_trustworthiness() -> None:
    line = np.linspace(0, 1, 200, dtype=np.float32)
    circle = np.stack([np.cos(2 * np.pi * line), np.sin(2 * np.pi * line)], axis=1).astype(np.float32)
    every, straight = np.arange(200, dtype=np.int32), line[:, None]
    folded = np.abs(straight - 0.5)

    def both(space: Float32, layout: Float32) -> tuple[float, float]:
        near, shown = (nearest_neighbors(np.ascontiguousarray(points), 15).indices for points in (space, layout))
        return trustworthiness(space, shown, every), continuity(layout, near, every)

    torn, merged = both(circle, straight), both(straight, folded)
    assert torn[0] > torn[1] + 0.015
    assert merged[1] > merged[0] + 0.15


@pytest.mark.parametrize("relation", RELATIONS)
def test_the_ceiling_of_the_mass_is_the_attention_on_the_five_strongest_keys(relation: str) -> None:
    space = space_with(relation)
    masses = []
    for first, end in pairwise(OFFSETS):
        tokens, bias = slice(first, end), RELATIONS[relation][: end - first, : end - first]
        pattern = attention_pattern(space.head.queries[tokens], space.head.keys[tokens], space.head.scale, mask=bias)
        masses += [
            np.sort(row)[-5:].sum() for row, seen in zip(pattern, bias, strict=True) if np.isfinite(seen).sum() > 5
        ]
    metrics = LayoutJudge(space).judge(random_layout())[1]
    assert metrics["attention_mass.ceiling"] == pytest.approx(np.mean(masses), rel=1e-5)
    assert metrics["attention_mass"] < metrics["attention_mass.ceiling"]


def test_a_layout_for_partners_alone_keeps_more_of_them_than_one_that_shows_likeness_too() -> None:
    rng = np.random.default_rng(0)
    places, likeness = rng.normal(size=(2 * 300, 3)), rng.normal(size=(2 * 300, 12))
    queries, keys = np.split(np.concatenate([4 * places, likeness], axis=1).astype(np.float32), 2)
    keys[:, 3:] = 0
    head = head_of(queries, keys, 0.7, np.array([0, 300], np.int32))
    space = HeadSpace(head, joint_embedding(queries, keys).vectors)
    judged = LayoutJudge(space).judge(PROJECTIONS.all()["attention-tsne"].function(space, 2))[1]
    for side in ("query_recall", "key_recall"):
        assert judged[f"{side}.ceiling"] > judged[side] + 0.02


def test_the_correlation_of_a_small_head_has_no_error() -> None:
    assert LayoutJudge(head_space()).judge(random_layout())[1]["correlation.error"] == 0


def test_the_space_itself_keeps_everything() -> None:
    space = head_space()
    kept, metrics = LayoutJudge(space).judge(space.directions)
    assert (kept.neighbors == 1).all()
    assert metrics["knn_recall"] == metrics["trustworthiness"] == metrics["continuity"] == 1


@pytest.mark.parametrize("relation", RELATIONS)
def test_recalls_are_the_shares_of_strongest_partners_among_the_nearest(relation: str) -> None:
    space, layout = space_with(relation), random_layout()
    bias = RELATIONS[relation][space.head.positions[:, None], space.head.positions]
    dots = space.head.queries @ space.head.keys.T + bias / space.head.scale
    distances = np.where(np.isfinite(bias), np.linalg.norm(layout[:N, None] - layout[None, N:], axis=2), np.inf)

    def recalls(dots: Floats, distances: Floats) -> Floats:
        shares = [
            len(set(np.argsort(-row)[:10]) & set(np.argsort(far)[:10])) / 10 if np.isfinite(row).sum() > 10 else np.nan
            for row, far in zip(dots, distances, strict=True)
        ]
        return np.array(shares)

    kept, metrics = LayoutJudge(space).judge(layout)
    expected = np.concatenate([recalls(dots, distances), recalls(dots.T, distances.T)])
    np.testing.assert_allclose(kept.partners, np.where(np.isnan(expected), 1, expected))
    assert metrics["query_recall"] == pytest.approx(np.nanmean(expected[:N]))
    assert metrics["key_recall"] == pytest.approx(np.nanmean(expected[N:]))
    assert metrics["attention_recall"] == pytest.approx((metrics["query_recall"] + metrics["key_recall"]) / 2)


@pytest.mark.parametrize("relation", RELATIONS)
def test_two_starts_agree_on_the_partners_that_are_near_in_both(relation: str) -> None:
    space, layout = space_with(relation), random_layout()
    other = layout + np.random.default_rng(2).normal(size=layout.shape).astype(np.float32) / 4
    judge = LayoutJudge(space)
    partners, agreement = judge.compare_starts(layout, other)
    expected = (judge.judge(layout)[0].partners + judge.judge(other)[0].partners) / 2
    np.testing.assert_allclose(partners, expected)
    visible = np.isfinite(RELATIONS[relation][space.head.positions[:, None], space.head.positions])

    def nearest(points: Float32) -> list[set[int]]:
        distances = np.where(visible, np.linalg.norm(points[:N, None] - points[None, N:], axis=2), np.inf)
        both = zip([*distances, *distances.T], [*visible, *visible.T], strict=True)
        return [set(np.argsort(row)[:10].tolist()) if seen.sum() > 10 else set() for row, seen in both]

    pairs = list(zip(nearest(layout), nearest(other), strict=True))
    shares = [np.mean([len(one & two) / 10 for one, two in half if one]) for half in (pairs[:N], pairs[N:])]
    assert agreement == pytest.approx(np.mean(shares), abs=1e-6)
    assert judge.compare_starts(layout, layout)[1] == 1


@pytest.mark.parametrize("relation", RELATIONS)
def test_attention_mass_is_the_attention_on_the_five_nearest_keys_that_are_seen(relation: str) -> None:
    space, layout = space_with(relation), random_layout(3)
    masses = []
    for first, end in pairwise(OFFSETS):
        tokens, bias = slice(first, end), RELATIONS[relation][: end - first, : end - first]
        pattern = attention_pattern(space.head.queries[tokens], space.head.keys[tokens], space.head.scale, mask=bias)
        distances = np.linalg.norm(layout[:N][tokens, None] - layout[None, N:][:, tokens], axis=2)
        for row, far in zip(pattern, np.where(np.isfinite(bias), distances, np.inf), strict=True):
            if np.isfinite(far).sum() > 5:
                masses.append(row[np.argsort(far)[:5]].sum())
    assert LayoutJudge(space).judge(layout)[1]["attention_mass"] == pytest.approx(np.mean(masses), rel=1e-5)


def test_a_stored_causal_mask_is_judged_like_a_causal_head() -> None:
    masks = [RELATIONS["causal"][:n, :n].ravel() for n in np.diff(OFFSETS)]
    stored = head_space(mask=np.concatenate(masks).astype(np.float32))
    assert (
        LayoutJudge(stored).judge(random_layout())[1] == LayoutJudge(head_space(causal=True)).judge(random_layout())[1]
    )


def test_correlation_is_that_of_distances_and_dot_products() -> None:
    space, layout = head_space(), random_layout()
    distances = np.linalg.norm(layout[:N, None] - layout[None, N:], axis=2).ravel()
    dots = (space.head.queries @ space.head.keys.T).ravel()
    ranks = [np.argsort(np.argsort(values)) for values in (distances, dots)]
    expected = np.corrcoef(ranks)[0, 1]
    assert LayoutJudge(space).judge(layout)[1]["correlation"] == pytest.approx(expected, abs=1e-6)


@pytest.mark.parametrize("exponent", [-110, 120])
def test_measures_do_not_depend_on_the_size_of_a_layout(exponent: int) -> None:
    judge, layout = LayoutJudge(head_space(causal=True)), random_layout()
    kept, metrics = judge.judge(layout)
    kept_resized, metrics_resized = judge.judge(np.ldexp(layout, exponent))
    np.testing.assert_array_equal(kept_resized.partners, kept.partners)
    np.testing.assert_array_equal(kept_resized.neighbors, kept.neighbors)
    assert metrics_resized == metrics


def test_keys_whose_distance_overflows_are_near_no_query() -> None:
    space = head_space()
    head = space.head
    places = np.full((N, 2), 1e30, np.float32)
    mass = np.empty(N, np.float32)
    for instance in range(head.n_instances):
        own = head.tokens(instance)
        near = (-places[own], places[own], 5, mass[own])
        attention_on_nearest(head.queries[own], head.keys[own], head.scale, head.bias(instance), *near)
    assert (mass == np.where(np.repeat(np.diff(OFFSETS) > 5, np.diff(OFFSETS)), 0, -1)).all()


def test_where_no_point_has_a_choice_there_is_no_recall() -> None:
    one = np.ones((3, 4), np.float32)
    space = HeadSpace(head_of(one, one, 1.0, np.array([0, 3], np.int32)), np.ones((6, 4), np.float32))
    kept, metrics = LayoutJudge(space).judge(np.zeros((6, 2), np.float32))
    assert (kept.partners == 1).all()
    assert np.isnan(metrics["query_recall"])
    assert np.isnan(metrics["attention_mass"])
    assert metrics["trustworthiness"] == 1
