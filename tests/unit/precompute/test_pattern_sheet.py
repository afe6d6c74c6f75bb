"""The small heat maps show the run's own patterns."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from precompute.pattern_sheet import pattern_sheet, pool_highest
from precompute.run import Run
from precompute.store import Store
from tests.small_run import LENGTHS, N_HEADS, small_run


@pytest.fixture
def run(tmp_path: Path) -> Iterator[Run]:
    with Store(tmp_path / "store") as store:
        yield Run(store, small_run(store).manifest)


@pytest.mark.parametrize("layer", [0, 1])
@pytest.mark.parametrize("instance", range(len(LENGTHS)))
def test_a_sheet_has_every_head_of_the_layer(run: Run, layer: int, instance: int) -> None:
    sheet = pattern_sheet(run, layer, instance)
    assert sheet.dtype == np.uint8
    for head in range(N_HEADS):
        weights = np.square(sheet[head] / 255)
        np.testing.assert_allclose(weights, run.pattern(layer, head, instance), atol=0.005)


def test_a_causal_layer_has_no_later_key(run: Run) -> None:
    assert not np.triu(pattern_sheet(run, 0, 2), 1).any()


def test_long_instances_are_pooled(run: Run) -> None:
    sheet = pattern_sheet(run, 1, 2, most=2)
    assert sheet.shape == (N_HEADS, 2, 2)
    blocks = run.pattern(1, 3, 2).reshape(2, 2, 2, 2).max(axis=(1, 3))
    np.testing.assert_allclose(np.square(sheet[3] / 255), blocks, atol=0.005)


@pytest.mark.parametrize(("n", "most"), [(5, 5), (5, 8), (7, 3), (200, 96), (97, 96)])
def test_pooling_keeps_the_highest_of_every_block(n: int, most: int) -> None:
    pattern = np.random.default_rng(n).random((n, n), np.float32)
    pooled = pool_highest(pattern, most)
    edges = np.arange(len(pooled) + 1) * n // len(pooled)
    blocks = [[pattern[a:b, c:d].max() for c, d in pairwise(edges)] for a, b in pairwise(edges)]
    np.testing.assert_array_equal(pooled, np.array(blocks, np.float32))


def test_a_diagonal_survives_pooling() -> None:
    assert (np.diagonal(pool_highest(np.eye(300, dtype=np.float32), 96)) == 1).all()


def test_there_is_no_sheet_of_a_layer_or_an_instance_that_is_not_there(run: Run) -> None:
    for layer, instance in ((2, 0), (0, 3)):
        with pytest.raises(IndexError):
            pattern_sheet(run, layer, instance)
