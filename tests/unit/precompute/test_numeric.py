"""Subsets are even and have no period; a small range is taken whole."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from precompute.numeric import even_order, even_subset


@given(n=st.integers(0, 10_000), size=st.integers(1, 500))
def test_indices_are_ascending_unique_and_in_range(n: int, size: int) -> None:
    chosen = even_subset(n, size)
    assert (np.diff(chosen) > 0).all()
    assert min(n, size) * 0.75 <= len(chosen) <= size
    assert len(chosen) == 0 or (chosen[0] >= 0 and chosen[-1] < n)


@pytest.mark.parametrize("n", [500, 4321, 100_000])
def test_gaps_are_even(n: int) -> None:
    gaps = np.diff(even_subset(n, 256))
    assert gaps.max() <= 3 * n / 256


@pytest.mark.parametrize("period", [7, 14, 25, 32])
def test_no_column_of_a_grid_is_missed(period: int) -> None:
    counts = np.bincount(even_subset(period * 200, 256) % period, minlength=period)
    assert counts.min() > 0.4 * counts.mean()


@given(n=st.integers(1, 5000), data=st.data())
def test_every_beginning_of_the_order_is_spread_evenly(n: int, data: st.DataObject) -> None:
    order = even_order(n)
    m = data.draw(st.integers(1, n))
    assert order[0] == 0
    assert sorted(order) == list(range(n))
    assert np.diff([*np.sort(order[:m]), n]).max() <= 2 * n / m
