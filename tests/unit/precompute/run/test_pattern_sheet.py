"""The small heat maps show the run's own patterns."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from precompute.run.pattern_sheet import hidden_shares, pattern_sheet, pool_highest
from precompute.run.run import Run
from precompute.store.store import Store
from tests.support.small_run import LENGTHS, N_HEADS, small_run


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


@pytest.mark.parametrize("layer", [0, 1])
def test_tokens_that_are_taken_out_leave_the_others_to_share_what_they_had(run: Run, layer: int) -> None:
    hidden = np.zeros(run.n_tokens, bool)
    start, stop = run.token_range(2)
    hidden[[start, start + 2]] = True
    own = hidden[start:stop]
    sheet = pattern_sheet(run, layer, 2, hidden=hidden)
    shares = hidden_shares(run, layer, 2, hidden)
    for head in range(N_HEADS):
        pattern = run.pattern(layer, head, 2)
        kept = pattern[np.ix_(~own, ~own)]
        left = kept.sum(axis=1, keepdims=True)
        expected = np.zeros_like(pattern)
        expected[np.ix_(~own, ~own)] = np.divide(kept, left, out=np.zeros_like(kept), where=left > 0)
        np.testing.assert_allclose(np.square(sheet[head] / 255), expected, atol=0.005)
        assert shares[head] == pytest.approx(float(pattern[~own][:, own].sum(axis=1).mean()), abs=1e-5)


def test_taking_everything_or_nothing_out(run: Run) -> None:
    everything, nothing = np.ones(run.n_tokens, bool), np.zeros(run.n_tokens, bool)
    assert not pattern_sheet(run, 1, 2, hidden=everything).any()
    np.testing.assert_array_equal(pattern_sheet(run, 1, 2, hidden=nothing), pattern_sheet(run, 1, 2))
    assert hidden_shares(run, 1, 2, everything).tolist() == hidden_shares(run, 1, 2, nothing).tolist() == [0] * N_HEADS


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
