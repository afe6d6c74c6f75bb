"""Drawings, measured."""

from __future__ import annotations

import numpy as np
import pytest

from precompute.inputs.drawing import (
    SHAPES,
    Shape,
    along,
    brightness_gradient,
    draw_shapes,
    hue_gradient,
    mosaic,
    sinusoid,
)
from precompute.tokens.color import hue_of

RED = (1.0, 0.0, 0.0)


@pytest.mark.parametrize(
    ("angle", "first", "last"),
    [
        (0, np.s_[:, 0], np.s_[:, -1]),
        (90, np.s_[-1], np.s_[0]),
        (180, np.s_[:, -1], np.s_[:, 0]),
        (270, np.s_[0], np.s_[-1]),
        (45, np.s_[-1, 0], np.s_[0, -1]),
        (225, np.s_[0, -1], np.s_[-1, 0]),
    ],
)
def test_directions_run_from_edge_to_edge(angle: float, first: object, last: object) -> None:
    place = along(100, angle)
    assert place[first].max() < 0.011  # type: ignore[call-overload]
    assert place[last].min() > 0.989  # type: ignore[call-overload]
    assert 0 <= place.min() < place.max() <= 1


def test_hue_gradient_goes_once_around() -> None:
    hues = hue_of(hue_gradient(256, 0)[0].astype(np.float32) / 255)
    np.testing.assert_allclose(hues, (np.arange(256) + 0.5) / 256, atol=0.003)


def test_brightness_gradient_keeps_its_ends() -> None:
    picture = brightness_gradient(64, 90, low=0.25, high=0.75)
    assert (int(picture[-1].max()), int(picture[0].min())) == (65, 190)
    assert (np.diff(picture[::-1, 0, 0].astype(int)) >= 0).all()


@pytest.mark.parametrize("cycles", [2, 5, 16])
def test_sinusoid_has_its_cycles_across_the_picture(cycles: int) -> None:
    row = sinusoid(128, cycles, 0)[0, :, 0].astype(float)
    assert np.abs(np.fft.rfft(row - row.mean())).argmax() == cycles


def test_mosaic_has_a_tile_for_every_color() -> None:
    colors = np.random.default_rng(0).random((2, 3, 3)).astype(np.float32)
    picture = mosaic(12, colors)
    np.testing.assert_allclose(picture[2::6, 1::4] / 255, colors, atol=0.002)
    assert len(np.unique(picture.reshape(-1, 3), axis=0)) == 6


@pytest.mark.parametrize("kind", SHAPES)
def test_mask_is_where_the_color_is_and_moves_with_the_shape(kind: str) -> None:
    picture, mask = draw_shapes(100, [Shape(kind, 0.5, 0.5, 0.3, 20, RED)], np.zeros(3, np.float32))
    np.testing.assert_array_equal(mask > 0, picture[..., 0] > 0)
    assert set(np.unique(mask)) == {0, SHAPES.index(kind) + 1}
    _, moved = draw_shapes(100, [Shape(kind, 0.6, 0.3, 0.3, 20, RED)], np.zeros(3, np.float32))
    np.testing.assert_array_equal(np.roll(mask, (-20, 10), (0, 1)), moved)


@pytest.mark.parametrize(
    ("kind", "area"),
    [
        ("disc", np.pi),
        ("square", 2.0),
        ("triangle", 3 * np.sqrt(3) / 4),
        ("ring", np.pi * (1.0**2 - 0.56**2)),
        ("cross", 2 * 1.9 * 0.6 - 0.6**2),
    ],
)
@pytest.mark.parametrize("turn", [0.0, 33.0])
def test_area_is_the_shapes_own(kind: str, area: float, turn: float) -> None:
    _, mask = draw_shapes(400, [Shape(kind, 0.5, 0.5, 0.4, turn, RED)], np.zeros(3, np.float32))
    assert (mask > 0).mean() == pytest.approx(area * 0.4**2, rel=0.01)


def test_later_shapes_lie_over_earlier_ones() -> None:
    below, above = Shape("square", 0.5, 0.5, 0.4, 0, RED), Shape("disc", 0.5, 0.5, 0.1, 0, (0.0, 1.0, 0.0))
    picture, mask = draw_shapes(50, [below, above], np.ones(3, np.float32))
    assert mask[25, 25] == SHAPES.index("disc") + 1
    assert tuple(picture[25, 25]) == (0, 255, 0)
