"""Colors there and back, beside the standard library's formulas."""

from __future__ import annotations

import colorsys

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from precompute.tokens.color import brightness_of, chroma_of, hue_of, rgb_of_hsv, saturation_of, to_bytes

SHARE = st.floats(0, 1, width=32)


@given(SHARE, SHARE, SHARE)
def test_rgb_of_hsv_is_colorsys(hue: float, saturation: float, value: float) -> None:
    expected = colorsys.hsv_to_rgb(hue, saturation, value)
    np.testing.assert_allclose(rgb_of_hsv(hue, saturation, value), expected, atol=1e-5)


@given(st.tuples(SHARE, SHARE, SHARE))
def test_hue_and_saturation_are_colorsys(color: tuple[float, float, float]) -> None:
    rgb = np.array(color, np.float32)
    hue, saturation, value = colorsys.rgb_to_hsv(*(float(channel) for channel in rgb))
    assert saturation_of(rgb[None])[0] == pytest.approx(saturation, abs=1e-5)
    assert chroma_of(rgb[None])[0] == pytest.approx(saturation * value, abs=1e-5)
    found = float(hue_of(rgb[None])[0])
    if saturation == 0:
        assert np.isnan(found)
    elif chroma_of(rgb[None])[0] > 1e-3:
        assert abs((found - hue + 0.5) % 1 - 0.5) < 1e-3
        assert 0 <= found < 1


def test_hues_repeat_after_a_turn() -> None:
    np.testing.assert_allclose(rgb_of_hsv([-0.75, 1.25], 1, 1), rgb_of_hsv([0.25, 0.25], 1, 1), atol=1e-6)


def test_brightness_weighs_green_most() -> None:
    primaries = np.array([[1, 0, 0], [0, 1, 0], [0, 0, 1], [1, 1, 1]], np.float32)
    np.testing.assert_allclose(brightness_of(primaries), [0.299, 0.587, 0.114, 1.0], rtol=1e-6)


def test_bytes_are_rounded_and_kept_in_range() -> None:
    np.testing.assert_array_equal(
        to_bytes(np.array([-1, 0, 0.499 / 255, 0.5, 1, 2], np.float32)), [0, 0, 0, 128, 255, 255]
    )
