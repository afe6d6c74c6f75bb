"""The byte of a point is its place in the palette."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from layouts.colors.bytes import color_bytes, color_table, has_gaps, head_color_bytes, quantize_values
from layouts.colors.encodings import TRUST
from layouts.colors.palettes import NO_VALUE, NO_VALUE_BYTE, Palette, palette_for
from precompute.format.manifest import EncodingInfo, EncodingKind
from precompute.format.shares import SHARE_STEPS
from precompute.numeric import Float32
from precompute.run.run import Run
from tests.support.small_run import N_HEADS, N_LAYERS

FINITE = st.floats(-1000, 1000, width=32)


def encoding(kind: EncodingKind, low: float = 0, high: float = 1, **more: Any) -> EncodingInfo:
    return EncodingInfo("some", "Some", kind, "About it.", low=low, high=high, **more)


@pytest.mark.parametrize(
    ("kind", "low", "high", "values", "expected"),
    [
        ("sequential", 0, 1, [0, 0.5, 1], [0, 127, 254]),
        ("sequential", -2, 2, [-2, -1, 0, 1, 2], [0, 64, 127, 190, 254]),
        ("sequential", 0, 1, [-5, 7], [0, 254]),
        ("sequential", 3, 3, [3, 3], [0, 0]),
        ("sequential", 3, 3, [3, np.nan], [0, NO_VALUE_BYTE]),
        ("sequential", 0, 1, [np.nan, 1], [NO_VALUE_BYTE, 254]),
        ("cyclic", 0, 360, [0, 90, 180, 360], [0, 64, 127, 254]),
        ("cyclic", 0, 360, [np.nan, 0], [NO_VALUE_BYTE, 0]),
        ("categorical", 0, 1, [0, 1, 7, 200], [0, 1, 7, 200]),
        ("categorical", 0, 1, [2, np.nan, 254, 255], [2, NO_VALUE_BYTE, 254, 0]),
        ("boolean", 0, 1, [0, 1, np.nan], [0, 1, NO_VALUE_BYTE]),
        ("type", 0, 1, [0, 1, 5], [0, 0, 0]),
    ],
)
def test_known_values_have_known_bytes(
    kind: EncodingKind, low: float, high: float, values: list[float], expected: list[int]
) -> None:
    found = quantize_values(np.array(values, np.float32), encoding(kind, low, high))
    assert found.dtype == np.uint8
    assert found.tolist() == expected


@given(hnp.arrays(np.float32, hnp.array_shapes(max_dims=3), elements=FINITE), FINITE, st.floats(0.001953125, 1000))
def test_a_byte_is_within_half_a_step_of_its_value(values: Float32, low: float, span: float) -> None:
    found = quantize_values(values, encoding("sequential", low, low + span))
    back = low + found.astype(np.float64) / 254 * span
    clipped = np.clip(values.astype(np.float64), low, low + span)
    assert found.shape == values.shape
    assert np.abs(back - clipped).max() <= span / 508 + 1e-3


@given(hnp.arrays(np.float32, st.integers(2, 30), elements=FINITE))
def test_a_higher_value_never_has_a_lower_byte(values: Float32) -> None:
    ordered = np.sort(values)
    steps = quantize_values(ordered, encoding("sequential", float(ordered[0]), float(ordered[-1]))).astype(int)
    assert (np.diff(steps) >= 0).all()


def test_query_or_key_needs_no_values(run: Run) -> None:
    found = color_bytes(run, run.manifest.encodings[0])
    assert found.dtype == np.uint8
    assert found.tolist() == [0] * run.n_points


def test_a_value_of_every_token_colors_its_query_and_its_key(run: Run) -> None:
    info = next(info for info in run.manifest.encodings if info.name == "position")
    found = color_bytes(run, info)
    assert found.shape == (run.n_points,)
    assert np.array_equal(found[: run.n_tokens], found[run.n_tokens :])
    assert np.array_equal(found[: run.n_tokens], quantize_values(run.encoding("position"), info))


def test_values_that_differ_by_head_come_in_draw_order(run: Run) -> None:
    info = next(info for info in run.manifest.encodings if info.name == "norm")
    found = color_bytes(run, info)
    in_point_order = quantize_values(run.encoding("norm"), info)
    assert found.shape == (N_LAYERS, N_HEADS, run.n_points)
    for vertex, point in enumerate(run.draw_order):
        assert np.array_equal(found[:, :, vertex], in_point_order[:, :, point])


def test_the_colors_of_trust_are_those_of_the_layout_on_show(run: Run) -> None:
    for projection, dims in (("pca", 2), ("tsne", 3)):
        steps = run.array(f"trust.{projection}.{dims}")[1, 2]
        found = head_color_bytes(run, TRUST, run.layout(projection, dims, 1, 2), (1, 2))
        assert np.array_equal(found, steps)
        assert steps.max() < len(palette_for(TRUST).query) == SHARE_STEPS + 1
    assert not has_gaps(run, TRUST)


def test_a_table_of_colors_repeats_them_and_ends_with_that_of_no_value() -> None:
    table = color_table(Palette(("#010203", "#040506"), ("#070809",)))
    assert table.shape == (2, 256, 3)
    assert table[0, :3].tolist() == [[1, 2, 3], [4, 5, 6], [1, 2, 3]]
    assert table[1, 254].tolist() == [7, 8, 9]
    assert table[:, NO_VALUE_BYTE].tolist() == [list(bytes.fromhex(NO_VALUE[1:]))] * 2


def test_only_an_encoding_with_a_nan_has_gaps(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    position = next(info for info in run.manifest.encodings if info.name == "position")
    assert not has_gaps(run, position)
    monkeypatch.setattr(Run, "encoding", lambda _run, _name: np.array([1, np.nan], np.float32))
    assert has_gaps(run, position)
    assert not has_gaps(run, run.manifest.encodings[0])
