"""The byte of a point is its place in the palette."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from layouts.colors import color_bytes, quantise_values
from precompute.run import Run
from precompute.types import EncodingInfo, EncodingKind, Float32
from tests.small_run import N_HEADS, N_LAYERS

FINITE = st.floats(-1000, 1000, width=32)


def encoding(kind: EncodingKind, low: float = 0, high: float = 1, **more: Any) -> EncodingInfo:
    return EncodingInfo("some", "Some", kind, "About it.", low=low, high=high, **more)


@pytest.mark.parametrize(
    ("kind", "low", "high", "values", "expected"),
    [
        ("sequential", 0, 1, [0, 0.5, 1], [0, 128, 255]),
        ("sequential", -2, 2, [-2, -1, 0, 1, 2], [0, 64, 128, 191, 255]),
        ("sequential", 0, 1, [-5, 7], [0, 255]),
        ("sequential", 3, 3, [3, 3], [0, 0]),
        ("sequential", 0, 1, [np.nan, 1], [0, 255]),
        ("cyclic", 0, 360, [0, 90, 180, 360], [0, 64, 128, 255]),
        ("categorical", 0, 1, [0, 1, 7, 200], [0, 1, 7, 200]),
        ("boolean", 0, 1, [0, 1], [0, 1]),
        ("type", 0, 1, [0, 1, 5], [0, 0, 0]),
    ],
)
def test_known_values_have_known_bytes(
    kind: EncodingKind, low: float, high: float, values: list[float], expected: list[int]
) -> None:
    found = quantise_values(np.array(values, np.float32), encoding(kind, low, high))
    assert found.dtype == np.uint8
    assert found.tolist() == expected


@given(hnp.arrays(np.float32, hnp.array_shapes(max_dims=3), elements=FINITE), FINITE, st.floats(0.001953125, 1000))
def test_a_byte_is_within_half_a_step_of_its_value(values: Float32, low: float, span: float) -> None:
    found = quantise_values(values, encoding("sequential", low, low + span))
    back = low + found.astype(np.float64) / 255 * span
    clipped = np.clip(values.astype(np.float64), low, low + span)
    assert found.shape == values.shape
    assert np.abs(back - clipped).max() <= span / 510 + 1e-3


@given(hnp.arrays(np.float32, st.integers(2, 30), elements=FINITE))
def test_a_higher_value_never_has_a_lower_byte(values: Float32) -> None:
    ordered = np.sort(values)
    steps = quantise_values(ordered, encoding("sequential", float(ordered[0]), float(ordered[-1]))).astype(int)
    assert (np.diff(steps) >= 0).all()


def test_query_or_key_needs_no_values(run: Run) -> None:
    found = color_bytes(run, run.manifest.encodings[0])
    assert found.dtype == np.uint8
    assert found.tolist() == [0] * run.n_points


def test_a_value_of_every_token_colours_its_query_and_its_key(run: Run) -> None:
    info = next(info for info in run.manifest.encodings if info.name == "position")
    found = color_bytes(run, info)
    assert found.shape == (run.n_points,)
    assert np.array_equal(found[: run.n_tokens], found[run.n_tokens :])
    assert np.array_equal(found[: run.n_tokens], quantise_values(run.encoding("position"), info))


def test_values_that_differ_by_head_come_in_draw_order(run: Run) -> None:
    info = next(info for info in run.manifest.encodings if info.name == "norm")
    found = color_bytes(run, info)
    in_point_order = quantise_values(run.encoding("norm"), info)
    assert found.shape == (N_LAYERS, N_HEADS, run.n_points)
    for vertex, point in enumerate(run.draw_order):
        assert np.array_equal(found[:, :, vertex], in_point_order[:, :, point])
