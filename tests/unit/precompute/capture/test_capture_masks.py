"""Masks: addends with known values, their kinds, and kinds over instances of different length."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from precompute.capture.masks import additive_mask, combine_mask_kinds, dense_mask, mask_kind

INF = np.inf
CAUSAL_3 = [[0, -INF, -INF], [0, 0, -INF], [0, 0, 0]]


def test_no_mask_hides_nothing() -> None:
    assert additive_mask(None, False, 3) is None
    assert mask_kind(None) == "full"


def test_causal_flag_and_boolean_triangle_agree() -> None:
    by_flag = additive_mask(None, True, 3)
    by_mask = additive_mask(torch.ones(3, 3, dtype=torch.bool).tril(), False, 3)
    assert by_flag is not None
    assert by_mask is not None
    np.testing.assert_array_equal(by_flag.numpy(), [[CAUSAL_3]])
    np.testing.assert_array_equal(by_mask.numpy(), [[CAUSAL_3]])
    assert mask_kind(by_flag[0]) == mask_kind(by_mask[0]) == "causal"


@pytest.mark.parametrize("dtype", [torch.float16, torch.float32, torch.float64])
def test_lowest_value_of_a_type_means_hidden(dtype: torch.dtype) -> None:
    mask = torch.zeros(3, 3, dtype=dtype)
    mask[0, 1:] = torch.finfo(dtype).min
    mask[1, 2] = torch.finfo(dtype).min
    addend = additive_mask(mask, False, 3)
    assert addend is not None
    assert mask_kind(addend[0]) == "causal"


def test_bias_is_kept_and_the_causal_flag_hides_on_top() -> None:
    addend = additive_mask(torch.full((2, 3, 3), 1.5), True, 3)
    assert addend is not None
    np.testing.assert_array_equal(addend.numpy()[0, 1], np.array(CAUSAL_3) + 1.5)
    assert mask_kind(addend[0]) == "stored"


@pytest.mark.parametrize(
    ("observed", "expected"),
    [
        ([(3, ("full",)), (5, ("full",))], ("full",)),
        ([(1, ("full",)), (5, ("causal",))], ("causal",)),
        ([(3, ("causal",)), (9, ("stored",))], ("stored",)),
        ([(3, ("causal",)), (4, ("full",))], ("stored",)),
        ([(1, ("stored",)), (4, ("full",))], ("stored",)),
        ([(1, ("full", "full")), (1, ("full", "full"))], ("full", "full")),
        ([], ()),
    ],
)
def test_one_kind_that_is_true_of_all_instances(observed: list, expected: tuple[str, ...]) -> None:
    assert combine_mask_kinds(observed) == expected


def test_dense_mask_is_what_the_kind_stands_for() -> None:
    np.testing.assert_array_equal(dense_mask("causal", 3), [CAUSAL_3])
    np.testing.assert_array_equal(dense_mask("full", 2), np.zeros((1, 2, 2)))
    bias = np.ones((4, 2, 2), np.float32)
    assert dense_mask("stored", 2, bias) is bias
    with pytest.raises(ValueError, match="needs its values"):
        dense_mask("stored", 2)
