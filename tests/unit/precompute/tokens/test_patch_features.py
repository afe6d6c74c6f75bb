"""Patches of known appearance."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from precompute.format.manifest import TokenTable
from precompute.inputs.drawing import brightness_gradient, gray, mosaic, sinusoid
from precompute.tokens.color import rgb_of_hsv
from precompute.tokens.patches import PatchFeatures, cut_patches, patch_features, patch_index


def table_of(n_pictures: int, rows: int, columns: int, prefix: int = 1) -> TokenTable:
    one = ("[CLS]",) * prefix + ("patch",) * (rows * columns)
    return TokenTable(
        tokens=one * n_pictures,
        texts=one * n_pictures,
        special=tuple(i < prefix for i in range(len(one))) * n_pictures,
        offsets=tuple(i * len(one) for i in range(n_pictures + 1)),
        instances=tuple(str(i) for i in range(n_pictures)),
        grid=(rows, columns),
    )


def features_of(picture: NDArray[np.uint8], rows: int = 4, columns: int = 4) -> PatchFeatures:
    """Features of the patches alone."""
    return patch_features(picture[None], table_of(1, rows, columns))[slice(1, None)]


def test_patches_are_numbered_through_all_pictures() -> None:
    np.testing.assert_array_equal(patch_index(table_of(2, 1, 2, prefix=2)), [-1, -1, 0, 1, -1, -1, 2, 3])


def test_tokens_that_are_no_grid_are_refused() -> None:
    with pytest.raises(ValueError, match="not the patches of a grid"):
        patch_index(TokenTable(("a",), ("a",), (False,), (0, 1), ("a",), grid=(2, 2)))
    with pytest.raises(ValueError, match="not the patches of a grid"):
        patch_index(TokenTable(("a",), ("a",), (False,), (0, 1), ("a",)))


def test_cut_is_row_by_row_and_drops_the_rest() -> None:
    picture = np.arange(5 * 7, dtype=np.uint8).reshape(5, 7)
    patches = cut_patches(picture, 2, 3)
    assert patches.shape == (6, 2, 2)
    np.testing.assert_array_equal(patches[4], picture[2:4, 2:4])


def test_prefix_tokens_have_no_features_and_places_follow_the_grid() -> None:
    pictures = np.full((2, 6, 9, 3), 128, np.uint8)
    features = patch_features(pictures, table_of(2, 2, 3, prefix=1))
    np.testing.assert_array_equal(features.row, [np.nan, 0, 0, 0, 1, 1, 1] * 2)
    np.testing.assert_array_equal(features.column, [np.nan, 0, 1, 2, 0, 1, 2] * 2)
    np.testing.assert_array_equal(np.isnan(features.brightness), [True, *[False] * 6] * 2)


def test_hue_saturation_and_brightness_are_those_of_the_mean_color() -> None:
    hues = np.arange(16).reshape(4, 4) / 16
    features = features_of(mosaic(32, rgb_of_hsv(hues, 0.8, 1.0)))
    np.testing.assert_allclose(features.hue, hues.ravel(), atol=2e-3)
    np.testing.assert_allclose(features.saturation, 0.8, atol=5e-3)
    halves = np.zeros((8, 8, 3), np.uint8)
    halves[:, :4], halves[:, 4:] = (255, 0, 0), (0, 255, 255)
    assert np.isnan(features_of(halves, 1, 1).hue[0])


def test_gray_has_no_hue_and_plain_patches_no_frequency() -> None:
    features = features_of(np.full((32, 32, 3), 77, np.uint8))
    assert np.isnan([features.hue, features.frequency, features.angle]).all()
    np.testing.assert_allclose(features.brightness, 77 / 255, atol=1e-6)
    np.testing.assert_array_equal(features.saturation, 0)


@pytest.mark.parametrize("cycles", [1, 2, 3])
@pytest.mark.parametrize("angle", [0, 90])
def test_frequency_of_a_sinusoid_is_its_cycles_in_a_patch(cycles: int, angle: int) -> None:
    features = features_of(sinusoid(64, 4 * cycles, angle))
    np.testing.assert_allclose(features.frequency, cycles, rtol=0.02)


@pytest.mark.parametrize("angle", [0, 30, 45, 90, 120, 135])
def test_angle_is_the_direction_of_the_waves(angle: int) -> None:
    features = features_of(sinusoid(128, 8, angle))
    apart = (features.angle - angle + 90) % 180 - 90
    assert np.abs(apart).max() < 4


@pytest.mark.parametrize(("angle", "shown"), [(0, 0), (90, 90), (270, 90), (180, 0)])
def test_opposite_gradients_have_one_angle(angle: int, shown: int) -> None:
    apart = (features_of(brightness_gradient(64, angle)).angle - shown + 90) % 180 - 90
    assert np.abs(apart).max() < 1


def test_a_spot_has_no_angle() -> None:
    y, x = np.mgrid[-1:1:32j, -1:1:32j]
    spot = gray(np.exp(-4 * (x**2 + y**2)).astype(np.float32))
    assert np.isnan(features_of(spot, 1, 1).angle[0])
