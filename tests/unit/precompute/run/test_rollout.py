"""The rollout is the sum over all ways through the layers."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from precompute.run.rollout import follow_attention, rollout
from precompute.run.run import Run
from precompute.store.store import Store
from tests.support.small_run import LENGTHS, N_HEADS, N_LAYERS, small_run


@pytest.fixture
def run(tmp_path: Path) -> Iterator[Run]:
    with Store(tmp_path / "store") as store:
        yield Run(store, small_run(store).manifest)


def weight_of_a_step(run: Run, layer: int, instance: int, query: int, key: int) -> float:
    attention = sum(float(run.pattern(layer, head, instance)[query, key]) for head in range(N_HEADS)) / N_HEADS
    return 0.5 * attention + 0.5 * (query == key)


@pytest.mark.parametrize("instance", range(len(LENGTHS)))
@pytest.mark.parametrize("layer", range(N_LAYERS))
def test_it_sums_over_every_way_through_the_layers(run: Run, layer: int, instance: int) -> None:
    tokens = range(LENGTHS[instance])
    expected = np.zeros((len(tokens), len(tokens)))
    for start, end in itertools.product(tokens, tokens):
        for between in itertools.product(tokens, repeat=layer):
            way = (start, *between, end)
            steps = enumerate(itertools.pairwise(way))
            expected[start, end] += np.prod(
                [weight_of_a_step(run, layer - down, instance, query, key) for down, (query, key) in steps]
            )
    found = rollout(run, layer, instance)
    assert found.dtype == np.float32
    np.testing.assert_allclose(found, expected, atol=1e-6)


def test_rows_are_shares(run: Run) -> None:
    shares = rollout(run, N_LAYERS - 1, 2)
    assert (shares >= 0).all()
    np.testing.assert_allclose(shares.sum(axis=1), 1, atol=1e-6)


def test_two_layers_that_look_one_back_reach_two_back() -> None:
    back = np.eye(4, k=-1, dtype=np.float32)
    back[0, 0] = 1
    found = follow_attention([back, back], 4)
    np.testing.assert_allclose(found[3], [0, 0.25, 0.5, 0.25])


def test_a_token_that_sees_nothing_keeps_itself() -> None:
    blind = np.zeros((2, 2), np.float32)
    np.testing.assert_allclose(
        follow_attention([blind, np.full((2, 2), 0.5, np.float32)], 2), [[0.75, 0.25], [0.25, 0.75]]
    )


def test_there_is_no_rollout_of_a_layer_or_an_instance_that_is_not_there(run: Run) -> None:
    for layer, instance in ((N_LAYERS, 0), (-1, 0), (0, len(LENGTHS))):
        with pytest.raises(IndexError):
            rollout(run, layer, instance)
