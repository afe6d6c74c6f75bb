"""Heads whose attention float32 cannot hold."""

import numpy as np
import pytest

from precompute.attention.head import LARGEST, require_finite_attention
from precompute.errors import NumericalError
from tests.support.heads import head_of

OFFSETS = np.array([0, 3], np.int32)


def test_the_largest_dot_product_that_may_occur_decides() -> None:
    queries, keys = np.zeros((3, 4), np.float32), np.zeros((3, 4), np.float32)
    queries[0, 1], keys[2, 3] = -1e19, LARGEST / 4e19 * (1 - 1e-6)
    require_finite_attention(head_of(queries, keys, 0.5, OFFSETS, index=2))
    keys[2, 3] *= np.float32(1 + 1e-5)
    with pytest.raises(NumericalError, match="layer 0, head 2 whose dot products are too large"):
        require_finite_attention(head_of(queries, keys, 0.5, OFFSETS, index=2))


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_what_is_no_number_is_told_apart_from_what_is_too_large(value: float) -> None:
    queries, keys = np.zeros((3, 4), np.float32), np.zeros((3, 4), np.float32)
    keys[1, 1] = value
    with pytest.raises(NumericalError, match="NaN or infinite queries or keys in layer 0, head 2"):
        require_finite_attention(head_of(queries, keys, 0.5, OFFSETS, index=2))
