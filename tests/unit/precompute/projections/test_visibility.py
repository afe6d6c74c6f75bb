"""Who can meet whom, by positions."""

import numpy as np
import pytest
from numpy.typing import NDArray

from precompute.projections.visibility import NO_BIAS, bias_by_position, visibility_of_queries

OFFSETS = np.array([0, 3, 3, 8], np.int32)
POSITIONS = np.array([0, 1, 2, 0, 1, 2, 3, 4], np.int32)


def stored(relation: NDArray[np.floating]) -> NDArray[np.float32]:
    """Masks of instances of 3, 0 and 5 tokens that follow one relation of positions."""
    return np.concatenate([relation[:n, :n].ravel() for n in np.diff(OFFSETS)]).astype(np.float32)


def window(length: int, size: int) -> NDArray[np.floating]:
    behind = np.arange(length)[:, None] - np.arange(length)
    return np.where((behind >= 0) & (behind < size), 0, -np.inf)


def test_a_window_hides_by_position_what_it_hides_in_every_instance() -> None:
    np.testing.assert_array_equal(bias_by_position(stored(window(5, 2)), OFFSETS, POSITIONS, 0.5), window(5, 2))


def test_a_bias_by_distance_is_kept_in_units_of_dot_products() -> None:
    slope = window(5, 5) - 0.25 * np.abs(np.arange(5)[:, None] - np.arange(5))
    np.testing.assert_allclose(bias_by_position(stored(slope), OFFSETS, POSITIONS, 0.5), slope / 0.5)


def test_instances_that_differ_are_averaged_over_those_that_see_the_pair() -> None:
    mask = stored(np.zeros((5, 5)))
    mask[0:3] = -np.inf, 1.0, 4.0
    bias = bias_by_position(mask, OFFSETS, POSITIONS, 1.0)
    np.testing.assert_allclose(bias[0], [0, 0.5, 2, 0, 0])
    assert not bias[1:].any()


def test_tokens_left_out_change_no_other_pair() -> None:
    """Positions of the rest stay, so a window still hides by distance in the whole instance."""
    kept = np.array([0, 1, 1, 0, 1, 0, 1, 1], bool)
    mask = np.concatenate([window(5, 2)[np.ix_(own, own)].ravel() for own in ([1, 2], [], [1, 3, 4])])
    bias = bias_by_position(mask.astype(np.float32), np.array([0, 2, 2, 5], np.int32), POSITIONS[kept], 1.0)
    for pair in ((1, 1), (2, 1), (4, 3), (3, 1)):
        assert bias[pair] == window(5, 2)[pair]


def test_no_instance_no_bias() -> None:
    assert bias_by_position(np.zeros(0, np.float32), np.zeros(1, np.int32), np.zeros(0, np.int32), 1.0).shape == (0, 0)


@pytest.mark.parametrize("causal", [False, True])
def test_keys_see_the_queries_that_see_them(causal: bool) -> None:
    bias = np.arange(25, dtype=np.float32).reshape(5, 5)
    visibility = visibility_of_queries(POSITIONS, causal=causal, bias=bias)
    back = visibility.reversed()
    np.testing.assert_array_equal(back.bias, bias.T)
    assert back.order == -visibility.order
    assert back.reversed().order == int(causal)
    assert len(visibility_of_queries(POSITIONS, causal=causal).bias) == len(NO_BIAS)
