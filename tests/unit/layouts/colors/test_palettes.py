"""Every encoding has the colors that its legend promises."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import pairwise
from typing import get_args

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.interpolate import BSpline

from layouts.colors.palettes import NO_VALUE, RAMP_LENGTH, Palette, palette_for, ramp, spline_color
from layouts.colors.tokens import VARIANTS, Variant
from precompute.format.manifest import EncodingInfo, EncodingKind

SCHEME = "000000ff0000ffffff"
KINDS: tuple[EncodingKind, ...] = get_args(EncodingKind)


def encoding(kind: EncodingKind, name: str = "some", categories: tuple[str, ...] = ()) -> EncodingInfo:
    return EncodingInfo(name, "Some", kind, "About it.", categories=categories)


def channels(color: str) -> tuple[int, int, int]:
    return int(color[1:3], 16), int(color[3:5], 16), int(color[5:7], 16)


def difference(one: str, other: str) -> int:
    return max(abs(a - b) for a, b in zip(channels(one), channels(other), strict=True))


def luma(color: str) -> float:
    red, green, blue = channels(color)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def test_queries_are_green_and_keys_pink() -> None:
    assert palette_for(encoding("type")) == Palette(("#5fb96c",), ("#e3378f",))


@pytest.mark.parametrize(("side", "color"), [("query", "#82ca7c"), ("query", "#00482a"), ("key", "#e33f97")])
def test_the_ramps_pass_through_the_colors_of_the_published_legend(side: str, color: str) -> None:
    found = getattr(palette_for(encoding("sequential")), side)
    assert min(difference(one, color) for one in found) <= 1


@pytest.mark.parametrize(("side", "color"), [("query", "#004529"), ("key", "#67001f")])
def test_the_ramps_end_at_the_darkest_color_of_their_scheme(side: str, color: str) -> None:
    assert getattr(palette_for(encoding("sequential")), side)[-1] == color


@given(st.lists(st.tuples(*[st.integers(0, 255)] * 3), min_size=2, max_size=9), st.floats(0, 1))
def test_a_ramp_is_the_uniform_b_spline_through_its_scheme(colors: list[tuple[int, int, int]], t: float) -> None:
    scheme = "".join(f"{red:02x}{green:02x}{blue:02x}" for red, green, blue in colors)
    points = np.array(colors, dtype=float)
    control = np.concatenate([[2 * points[0] - points[1]], points, [2 * points[-1] - points[-2]]])
    spans = len(points) - 1
    spline = BSpline(np.arange(-3, spans + 4), control, 3)
    expected = np.clip(spline(t * spans), 0, 255)
    assert np.abs(np.array(channels(spline_color(scheme, t))) - expected).max() <= 0.5 + 1e-9


@pytest.mark.parametrize("variant", VARIANTS)
@pytest.mark.parametrize("side", ["query", "key"])
def test_a_higher_value_is_darker(variant: Variant, side: str) -> None:
    lumas = [luma(color) for color in getattr(palette_for(encoding("sequential"), variant), side)]
    assert all(later <= earlier + 1 for earlier, later in pairwise(lumas))
    assert lumas[-1] < lumas[0] - 100


@pytest.mark.parametrize("variant", VARIANTS)
def test_bright_patches_have_light_colors(variant: Variant) -> None:
    usual, brightness = (
        palette_for(replace(encoding("sequential"), palette=palette), variant) for palette in ("", "light-is-more")
    )
    assert (brightness.query, brightness.key) == (usual.query[::-1], usual.key[::-1])


def test_a_spline_starts_and_ends_at_the_colors_of_its_scheme() -> None:
    assert (spline_color(SCHEME, 0), spline_color(SCHEME, 1)) == ("#000000", "#ffffff")


def test_a_spline_bends_before_the_color_between() -> None:
    assert difference(spline_color(SCHEME, 0.5), "#d42a2a") <= 1


def test_a_ramp_has_the_length_asked_for() -> None:
    assert len(ramp(SCHEME, 7)) == 7


@pytest.mark.parametrize("variant", VARIANTS)
@pytest.mark.parametrize("kind", ["sequential", "cyclic"])
def test_continuous_encodings_have_a_color_for_every_byte(kind: EncodingKind, variant: Variant) -> None:
    found = palette_for(encoding(kind), variant)
    assert (len(found.query), len(found.key)) == (RAMP_LENGTH, RAMP_LENGTH)


@pytest.mark.parametrize("variant", VARIANTS)
@pytest.mark.parametrize("count", [1, 3, 25])
def test_categories_have_a_color_each(count: int, variant: Variant) -> None:
    found = palette_for(encoding("categorical", categories=tuple(map(str, range(count)))), variant)
    assert (len(found.query), len(found.key)) == (count, count)


@pytest.mark.parametrize("variant", VARIANTS)
def test_the_first_categories_differ_in_all_ten_or_eight_colors(variant: Variant) -> None:
    found = palette_for(encoding("categorical", categories=tuple("abcdefgh")), variant)
    assert len({*found.query, *found.key}) == 16


def test_position_mod_5_has_the_published_colors() -> None:
    found = palette_for(replace(encoding("categorical", categories=tuple("01234")), palette="five"))
    assert found.query == ("#E3378F", "#EDB50E", "#5FB96C", "#528DDB", "#A144DB")
    assert found.key == ("#F5C0CA", "#F0D6A5", "#C4D6B8", "#C8DDED", "#D6BAE3")


def test_punctuation_has_the_published_colors() -> None:
    found = palette_for(encoding("boolean", "punctuation", ("abc", ".?!")))
    assert found == Palette(("#F39226", "#5FB96C"), ("#E3378F", "#2E93D9"))


def test_a_cyclic_palette_ends_where_it_began() -> None:
    for side in (palette_for(encoding("cyclic")).query, palette_for(encoding("cyclic")).key):
        steps = [
            sum(abs(a - b) for a, b in zip(channels(one), channels(other), strict=True))
            for one, other in zip(side, side[1:] + side[:1], strict=True)
        ]
        assert max(steps) <= 12


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "cyclic"])
def test_the_safe_palette_is_another(kind: EncodingKind) -> None:
    info = encoding(kind, categories=("a", "b"))
    assert palette_for(info, "safe") != palette_for(info, "standard")


@pytest.mark.parametrize("variant", VARIANTS)
@pytest.mark.parametrize("kind", KINDS)
def test_every_color_is_hexadecimal_and_queries_differ_from_keys(kind: EncodingKind, variant: Variant) -> None:
    found = palette_for(encoding(kind, categories=("a", "b")), variant)
    assert all(re.fullmatch("#[0-9a-fA-F]{6}", color) for color in found.query + found.key)
    assert not any(query == key for query, key in zip(found.query, found.key, strict=True))


def test_queries_and_keys_stay_apart_for_people_who_confuse_red_and_green() -> None:
    (query,), (key,) = palette_for(encoding("type"), "safe").query, palette_for(encoding("type"), "safe").key
    assert abs(channels(query)[2] - channels(key)[2]) > 100


@pytest.mark.parametrize("variant", VARIANTS)
@pytest.mark.parametrize("kind", KINDS)
def test_no_palette_comes_near_the_gray_of_points_without_a_value(kind: EncodingKind, variant: Variant) -> None:
    found = palette_for(encoding(kind, categories=tuple("abcdefghijkl")), variant)
    assert found.none == NO_VALUE
    assert min(difference(color, NO_VALUE) for color in found.query + found.key) >= 24


def test_the_gray_of_points_without_a_value_is_neutral_and_shows_on_white_and_on_black() -> None:
    assert max(channels(NO_VALUE)) - min(channels(NO_VALUE)) <= 8
    linear = (luma(NO_VALUE) / 255) ** 2.2
    assert min(1.05 / (linear + 0.05), (linear + 0.05) / 0.05) >= 3
