"""Which instances are kept when there is a bound on tokens."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from precompute.build.run_model import evenly_within

LENGTHS = st.lists(st.integers(1, 60), min_size=1, max_size=80)


@given(LENGTHS, st.integers(1, 3000))
@example([100, 5, 5], 20)
@example([5, 100], 5)
def test_no_more_instances_would_fit(lengths: list[int], max_tokens: int) -> None:
    chosen = evenly_within(lengths, max_tokens)
    room = max_tokens - sum(lengths[index] for index in chosen)
    assert sorted(set(chosen)) == chosen
    assert room >= 0
    assert all(length > room for index, length in enumerate(lengths) if index not in chosen)
    assert chosen or min(lengths) > max_tokens
    assert len(chosen) == len(lengths) or sum(lengths) > max_tokens


@given(st.integers(1, 60), st.integers(1, 400), st.data())
def test_instances_of_one_length_are_spread_evenly(length: int, n: int, data: st.DataObject) -> None:
    count = data.draw(st.integers(1, n))
    chosen = evenly_within([length] * n, count * length + length - 1)
    assert len(chosen) == count
    assert np.diff([*chosen, n]).max() <= 2 * n / count


@pytest.mark.parametrize("max_tokens", [900, 2000, 4000])
def test_of_instances_of_many_lengths_all_parts_are_kept(max_tokens: int) -> None:
    lengths = np.random.default_rng(0).integers(5, 60, 300).tolist()
    chosen = np.array(evenly_within(lengths, max_tokens))
    thirds = np.bincount(chosen // 100, minlength=3)
    assert sum(lengths[index] for index in chosen) > max_tokens - min(lengths)
    assert thirds.min() > 0.7 * thirds.mean()
