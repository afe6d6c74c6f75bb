"""Heads that attend by hue, brightness, pattern or place are found by their own metric and by no other."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from precompute.attention.layer import InstanceAttention
from precompute.metrics.layer_measure import layer_metrics
from precompute.numeric import Float32
from precompute.tokens.features import TokenFeatures
from precompute.tokens.patches import PatchFeatures

SIDE = 8
N = SIDE * SIDE + 1
N_PICTURES = 6
PREFERENCES = ("hue", "brightness", "frequency", "angle", "row", "column")
PLACES = ("self", "cls", "neighbour")


def scattered(rng: np.random.Generator, values: Float32) -> Float32:
    """Assign one of the values to every patch, each equally often, at random positions; CLS has none."""
    patches = np.concatenate([rng.permutation(np.resize(values, N - 1)) for _ in range(N_PICTURES)])
    return with_prefix(patches.reshape(N_PICTURES, -1))


def with_prefix(patches: Float32) -> Float32:
    return np.pad(patches.astype(np.float32), ((0, 0), (1, 0)), constant_values=np.nan).ravel()


@pytest.fixture(scope="module")
def patches() -> PatchFeatures:
    """Patches whose hue, brightness, frequency, angle and place have nothing to do with each other."""
    rng = np.random.default_rng(0)
    place = np.tile(np.arange(SIDE * SIDE), (N_PICTURES, 1))
    levels = np.arange(8, dtype=np.float32)
    return PatchFeatures(
        row=with_prefix(place // SIDE),
        column=with_prefix(place % SIDE),
        hue=scattered(rng, levels / 8),
        saturation=scattered(rng, levels / 7),
        brightness=scattered(rng, levels / 7),
        frequency=scattered(rng, (2.0 ** (levels / 2)).astype(np.float32)),
        angle=scattered(rng, levels * 22.5),
    )


def tokens_of(patches: PatchFeatures) -> TokenFeatures:
    n = len(patches.row)
    zeros = np.zeros(n, bool)
    return TokenFeatures(np.arange(n), np.isnan(patches.row), zeros, np.arange(n), patches)


def equal(values: Float32) -> Float32:
    """Attend evenly to the other patches of the same value; CLS attends to itself."""
    same = values[:, None] == values[None, :]
    np.fill_diagonal(same, val=False)
    same[0, 0] = True
    return (same / same.sum(axis=1, keepdims=True)).astype(np.float32)


def neighbors(patches: PatchFeatures) -> Float32:
    steps = np.maximum(*(np.abs(v[:, None] - v[None, :]) for v in (patches.row, patches.column)))
    touching = steps == 1
    touching[0, 0] = True
    return (touching / touching.sum(axis=1, keepdims=True)).astype(np.float32)


HEADS: Mapping[str, Callable[[PatchFeatures], Float32]] = {
    **{name: (lambda p, name=name: equal(getattr(p, name))) for name in PREFERENCES},  # type: ignore[misc]
    "self": lambda _: np.eye(N, dtype=np.float32),
    "cls": lambda _: np.eye(1, N, dtype=np.float32).repeat(N, axis=0),
    "neighbour": neighbors,
    "even": lambda _: np.full((N, N), 1 / N, np.float32),
}


def measure(patches: PatchFeatures, heads: Mapping[str, Callable[[PatchFeatures], Float32]]) -> dict[str, Float32]:
    tokens = [slice(i * N, (i + 1) * N) for i in range(len(patches.row) // N)]
    visible = np.ones((1, N, N), bool)
    attention = [
        InstanceAttention(part, np.stack([head(patches[part]) for head in heads.values()]), visible) for part in tokens
    ]
    ones = np.ones((len(heads), len(patches.row)), np.float32)
    found = layer_metrics(attention, tokens_of(patches), ones, ones, kind="image")
    return {info.name: values for info, values in found.items()}


def test_heads_score_near_1_on_their_own_quantity_and_near_0_on_the_others(patches: PatchFeatures) -> None:
    scores = measure(patches, HEADS)
    for metric in (*PREFERENCES, *PLACES):
        for head, name in enumerate(HEADS):
            score = scores[metric][head]
            if name == metric:
                assert score > 0.999, (metric, name)
            elif {metric, name} in ({"row", "neighbour"}, {"column", "neighbour"}):
                assert score > 0.1, (metric, name)
            elif {metric, name} == {"row", "column"}:
                assert -0.15 < score < 0, "the other patches of a column are all in other rows"
            else:
                assert -0.15 < score < 0.06, (metric, name)


def test_even_attention_scores_0(patches: PatchFeatures) -> None:
    scores = measure(patches, {"even": HEADS["even"]})
    for metric in (*PREFERENCES, *PLACES):
        assert abs(scores[metric][0]) < 1e-5, metric


def test_attention_on_the_opposite_scores_below_0(patches: PatchFeatures) -> None:
    def farthest(p: PatchFeatures) -> Float32:
        apart = np.abs((p.hue[:, None] - p.hue[None, :] + 0.5) % 1 - 0.5)
        far = np.nan_to_num(apart) == 0.5
        far[0, 0] = True
        return (far / far.sum(axis=1, keepdims=True)).astype(np.float32)

    assert measure(patches, {"far": farthest})["hue"][0] < -0.9


def test_half_the_attention_earns_half_the_score(patches: PatchFeatures) -> None:
    def half(p: PatchFeatures) -> Float32:
        return (equal(p.brightness) + HEADS["cls"](p)) / 2

    assert measure(patches, {"half": half})["brightness"][0] == pytest.approx(0.5, abs=0.05)


def test_patches_without_a_value_do_not_count(patches: PatchFeatures) -> None:
    gray = np.random.default_rng(1).random(len(patches.hue)) < 0.5
    partly = PatchFeatures(**{**vars(patches), "hue": np.where(gray, np.nan, patches.hue)})

    def by_hue(p: PatchFeatures) -> Float32:
        known = ~np.isnan(p.hue)
        same = known[:, None] & (p.hue[:, None] == p.hue[None, :]) & ~np.eye(N, dtype=bool)
        same[~same.any(axis=1), 0] = True
        return (same / same.sum(axis=1, keepdims=True)).astype(np.float32)

    assert measure(partly, {"hue": by_hue})["hue"][0] > 0.95


def test_quantities_that_no_patch_has_are_left_out(patches: PatchFeatures) -> None:
    nothing = np.full_like(patches.hue, np.nan)
    gray = PatchFeatures(**{**vars(patches), "hue": nothing, "frequency": nothing, "angle": nothing})
    assert {"hue", "frequency", "angle"}.isdisjoint(measure(gray, {"even": HEADS["even"]}))
    flat = PatchFeatures(**{**vars(patches), "brightness": np.where(np.isnan(patches.row), np.nan, 0.5)})
    assert "brightness" not in measure(flat, {"even": HEADS["even"]})


def test_sentences_have_no_metrics_of_patches() -> None:
    features = TokenFeatures(np.arange(4), np.zeros(4, bool), np.zeros(4, bool), np.arange(4))
    attention = [InstanceAttention(slice(0, 4), np.full((1, 4, 4), 0.25, np.float32), np.ones((1, 4, 4), bool))]
    ones = np.ones((1, 4), np.float32)
    for kind in ("text", "image"):
        names = {info.name for info in layer_metrics(attention, features, ones, ones, kind=kind)}  # type: ignore[arg-type]
        assert names.isdisjoint({*PREFERENCES, "neighbour"})


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_scores_equal_a_loop_over_pairs(seed: int) -> None:
    rng = np.random.default_rng(seed)
    values = rng.random(N).astype(np.float32)
    values[rng.random(N) < 0.2] = np.nan
    row = np.r_[np.nan, np.repeat(np.arange(SIDE), SIDE)].astype(np.float32)
    column = np.r_[np.nan, np.tile(np.arange(SIDE), SIDE)].astype(np.float32)
    own = PatchFeatures(row, column, values, values, values, values + 1, values * 180)
    pattern = rng.dirichlet(np.full(N, 0.1), N).astype(np.float32)
    found = measure(own, {"random": lambda _: pattern})["brightness"][0]
    gained = possible = 0.0
    for i in range(N):
        apart = [(j, abs(float(values[i]) - float(values[j]))) for j in range(N) if j != i]
        apart = [(j, d) for j, d in apart if not np.isnan(d)]
        if apart:
            mean = np.mean([d for _, d in apart])
            gained += sum(float(pattern[i, j]) * (mean - d) for j, d in apart)
            possible += mean - min(d for _, d in apart)
    assert found == pytest.approx(gained / possible, abs=1e-4)
