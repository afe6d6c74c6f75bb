"""Weights that attend by row, column, brightness or hue are found from their pixels, each by its own metric alone."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest

from precompute.build import BuildRequest, ExecutionOptions, build
from precompute.format.manifest import Recipe
from precompute.run.run import Run
from precompute.store.store import Store
from precompute.tokens.patches import patch_features
from tests.support import planted_vit
from tests.support.planted_vit import CHROMA, HEADS, LEVELS, N_HUES, N_LEVELS, SIDE

QUANTITIES = ("row", "column", "brightness", "hue")
PLACES = ("self", "cls", "neighbour", "sink")
N_PICTURES = 2


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    directory = tmp_path_factory.mktemp("planted")
    planted_vit.save_planted_vit(directory / "vit")
    planted_vit.save_mosaics(directory / "mosaics", N_PICTURES)
    store = Store(directory / "store")
    recipe = Recipe(projections=("pca",), dims=(2,))
    outcome = build(
        BuildRequest(str(directory / "vit"), str(directory / "mosaics"), recipe=recipe), store, ExecutionOptions(1)
    )
    return Run(store, store.manifest(outcome.run))


def test_mosaics_are_of_one_chroma_and_have_every_hue_at_every_brightness(run: Run) -> None:
    patches = patch_features(run.array("pictures"), run.tokens)[slice(1, SIDE**2 + 1)]
    colors = planted_vit.mosaic_colors() / 255
    np.testing.assert_allclose(np.hypot(*planted_vit.CHROMATIC @ colors.T), CHROMA, atol=0.004)
    levels = np.abs(patches.brightness[:, None] - LEVELS).argmin(axis=1)
    np.testing.assert_allclose(patches.brightness, LEVELS[levels], atol=0.003)
    hues = np.rint(patches.hue * N_HUES).astype(int) % N_HUES
    np.testing.assert_allclose((patches.hue - hues / N_HUES + 0.5) % 1, 0.5, atol=0.005)
    pairs = Counter(zip(hues.tolist(), levels.tolist(), strict=True))
    assert set(pairs.values()) == {SIDE**2 // (N_HUES * N_LEVELS)}
    assert len(pairs) == N_HUES * N_LEVELS


@pytest.mark.parametrize("metric", QUANTITIES)
def test_planted_heads_score_on_their_own_quantity_alone(run: Run, metric: str) -> None:
    for name, score in zip(HEADS, run.metric(metric)[0], strict=True):
        if name == metric:
            assert score > 0.9
        else:
            assert abs(score) < 0.1, name


@pytest.mark.parametrize("metric", QUANTITIES)
def test_planted_heads_are_the_best_of_their_run(run: Run, metric: str) -> None:
    scores = run.metric(metric)
    assert np.unravel_index(scores.argmax(), scores.shape) == (0, HEADS.index(metric))


@pytest.mark.parametrize("metric", PLACES)
def test_planted_heads_prefer_no_place_but_their_own_row_or_column(run: Run, metric: str) -> None:
    for name, score in zip(HEADS, run.metric(metric)[0], strict=True):
        assert abs(score) < 0.1, name


def test_attention_falls_evenly_on_all_that_match(run: Run) -> None:
    n = SIDE**2
    matches = {"row": SIDE, "column": SIDE, "brightness": n // N_LEVELS, "hue": n // N_HUES, "even": n + 1}
    for name, keys in zip(HEADS, run.metric("effective_keys")[0], strict=True):
        assert keys == pytest.approx((n * matches[name] + n + 1) / (n + 1), rel=0.02), name
