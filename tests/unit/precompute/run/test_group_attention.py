"""Attention between groups of points, beside the pattern summed pair by pair."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from precompute.run.group_attention import GroupAttention, group_attention
from precompute.run.run import Run
from precompute.store.store import Store
from tests.support.small_run import LENGTHS, N_HEADS, N_LAYERS, small_run

N = sum(LENGTHS)
MEMBERS = st.lists(st.booleans(), min_size=N, max_size=N).map(np.array)


@pytest.fixture(scope="module")
def windowed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Run]:
    """Plant a run whose first layer is causal and whose second hides pairs two or more apart."""
    with Store(tmp_path_factory.mktemp("groups") / "store") as store:
        manifest = small_run(store).manifest
        near = [np.abs(np.subtract.outer(np.arange(n), np.arange(n))) < 2 for n in LENGTHS]
        mask = np.concatenate([np.where(seen, 0.25, -np.inf).ravel() for seen in near]).astype(np.float32)[None]
        yield Run(store, replace(manifest, arrays={**manifest.arrays, "mask.1": store.put_array(mask)}))


def pair_by_pair(
    run: Run, layer: int, head: int, queries: np.ndarray, keys: np.ndarray, hidden: np.ndarray
) -> tuple[int, float, float]:
    observed, chance = [], []
    for instance, (start, stop) in enumerate(pairwise(run.offsets.tolist())):
        pattern = run.pattern(layer, head, instance)
        for i in range(stop - start):
            if not queries[start + i] or hidden[start + i]:
                continue
            seen = [j for j in range(stop - start) if _sees(layer, i, j) and not hidden[start + j]]
            if not seen:
                continue
            there = [j for j in seen if keys[start + j]]
            total = sum(float(pattern[i, j]) for j in seen)
            observed.append(sum(float(pattern[i, j]) for j in there) / total)
            chance.append(len(there) / len(seen))
    return len(observed), *((float(np.mean(values)) if values else math.nan) for values in (observed, chance))


def _sees(layer: int, i: int, j: int) -> bool:
    return j <= i if layer == 0 else abs(i - j) < 2


@settings(max_examples=60, deadline=None)
@given(
    layer=st.integers(0, N_LAYERS - 1),
    head=st.integers(0, N_HEADS - 1),
    queries=MEMBERS,
    keys=MEMBERS,
    hidden=MEMBERS,
)
def test_it_is_the_pattern_summed_pair_by_pair(
    windowed: Run, layer: int, head: int, queries: np.ndarray, keys: np.ndarray, hidden: np.ndarray
) -> None:
    measured = group_attention(windowed, layer, head, queries, keys, hidden=hidden)
    count, observed, chance = pair_by_pair(windowed, layer, head, queries, keys, hidden)
    assert measured.n_measured == count
    assert measured.observed == pytest.approx(observed, abs=1e-5, nan_ok=True)
    assert measured.chance == pytest.approx(chance, abs=1e-9, nan_ok=True)


def test_all_keys_get_all_attention_and_no_more_than_chance(windowed: Run) -> None:
    everything = np.ones(N, bool)
    measured = group_attention(windowed, 0, 0, everything, everything)
    assert (measured.observed, measured.chance, measured.ratio) == (
        pytest.approx(1),
        pytest.approx(1),
        pytest.approx(1),
    )
    assert (measured.n_queries, measured.n_keys, measured.n_measured) == (N, N, N)


def test_keys_of_other_instances_are_not_seen(windowed: Run) -> None:
    first, last = np.arange(N) < LENGTHS[0], np.arange(N) >= N - LENGTHS[-1]
    measured = group_attention(windowed, 0, 0, first, last)
    assert (measured.observed, measured.chance) == (0, 0)
    assert math.isnan(measured.ratio)


def test_an_empty_group_has_no_share(windowed: Run) -> None:
    nobody = np.zeros(N, bool)
    measured = group_attention(windowed, 0, 0, nobody, ~nobody)
    assert measured.n_measured == 0
    assert math.isnan(measured.observed)
    assert math.isnan(measured.chance)


def test_large_groups_are_sampled_evenly(tmp_path: Path) -> None:
    with Store(tmp_path / "store") as store:
        lengths = (30,) * 100
        run = Run(store, small_run(store, lengths=lengths).manifest)
        members = np.arange(3000) % 30 < 10
        full = group_attention(run, 0, 1, members, ~members)
        some = group_attention(run, 0, 1, members, ~members, most_cells=12_000)
    assert full.n_measured == 1000
    assert 300 < some.n_measured <= 400
    assert some.n_queries == 1000
    assert some.observed == pytest.approx(full.observed, abs=0.05)


def test_a_ratio_is_observed_over_chance() -> None:
    assert GroupAttention(3, 2, 3, observed=0.6, chance=0.2).ratio == pytest.approx(3)
