"""Every link shows something that exists."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from layouts.state.resolution import correction, resolve
from layouts.state.view_state import ViewState
from precompute.format.manifest import Manifest, Recipe
from precompute.run.run import Run
from tests.support.small_run import LENGTHS, N_HEADS, N_LAYERS
from tests.support.view_states import view_states


def without(manifest: Manifest, *arrays: str, **changes: Any) -> Manifest:
    kept = {name: info for name, info in manifest.arrays.items() if name not in arrays}
    return replace(manifest, arrays=kept, **changes)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(asked=view_states())
def test_every_state_resolves_to_one_that_the_run_can_show(run: Run, asked: ViewState) -> None:
    manifest = run.manifest
    shown = resolve(asked, manifest)
    assert shown.run == manifest.run
    assert f"coords.{shown.projection}.{shown.dims}" in manifest.arrays
    assert shown.color in {info.name for info in manifest.encodings}
    assert (shown.layer is not None) == (shown.head is not None) == (shown.view in {"head", "instance"})
    assert shown.layer is None or shown.layer < N_LAYERS
    assert shown.head is None or shown.head < N_HEADS
    assert shown.instance is None or shown.instance < len(LENGTHS)
    assert shown.view != "instance" or shown.instance is not None
    assert shown.instance is not None or shown.token is None
    assert (shown.view, shown.search, shown.side) == (asked.view, asked.search, asked.side)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(asked=view_states())
def test_what_can_be_shown_stays_as_it_is(run: Run, asked: ViewState) -> None:
    shown = resolve(asked, run.manifest)
    assert resolve(shown, run.manifest) == shown


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({"layer": 99, "head": 99}, {"layer": N_LAYERS - 1, "head": N_HEADS - 1}),
        ({"layer": 1}, {"layer": 1, "head": 0}),
        ({}, {"layer": 0, "head": 0, "instance": None}),
        ({"instance": 99}, {"instance": len(LENGTHS) - 1}),
        ({"projection": "isomap"}, {"projection": "pca"}),
        ({"projection": "tsne", "dims": 3}, {"projection": "tsne", "dims": 3}),
        ({"color": "topic"}, {"color": "type"}),
        ({"color": "norm"}, {"color": "norm"}),
        ({"token": 3}, {"token": None}),
    ],
)
def test_a_head_page_shows_what_is_nearest(run: Run, asked: dict[str, Any], expected: dict[str, Any]) -> None:
    shown = resolve(ViewState(view="head", **asked), run.manifest).as_dict()
    assert {name: shown[name] for name in expected} == expected


def test_all_heads_are_shown_without_a_head(run: Run) -> None:
    shown = resolve(ViewState(layer=1, head=1), run.manifest)
    assert (shown.layer, shown.head) == (None, None)


def test_an_instance_page_without_numbers_shows_the_first_of_everything(run: Run) -> None:
    shown = resolve(ViewState(view="instance"), run.manifest)
    assert (shown.layer, shown.head, shown.instance) == (0, 0, 0)


def test_attention_tsne_is_shown_first_where_there_is_one(run: Run) -> None:
    recipe = Recipe(projections=("pca", "attention-tsne"), dims=(2,))
    coords = {"coords.attention-tsne.2": run.manifest.arrays["coords.pca.2"]}
    manifest = replace(run.manifest, recipe=recipe, arrays={**run.manifest.arrays, **coords})
    assert resolve(ViewState(), manifest).projection == "attention-tsne"


def test_dimensions_that_a_projection_lacks_are_taken_back(run: Run) -> None:
    manifest = without(run.manifest, "coords.pca.2")
    assert resolve(ViewState(projection="pca", dims=2), manifest).dims == 3


def test_a_run_without_the_usual_color_takes_its_first(run: Run) -> None:
    manifest = without(run.manifest, encodings=run.manifest.encodings[1:])
    assert resolve(ViewState(), manifest).color == "position"


def test_numbers_below_zero_become_zero(run: Run) -> None:
    shown = resolve(ViewState(view="instance", layer=-1, head=-3, instance=-(10**30)), run.manifest)
    assert (shown.layer, shown.head, shown.instance) == (0, 0, 0)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(asked=view_states())
def test_what_can_be_shown_is_not_corrected(run: Run, asked: ViewState) -> None:
    shown = resolve(asked, run.manifest)
    assert correction(shown, shown) == ""
    assert correction(ViewState(), resolve(ViewState(), run.manifest)) == ""


@pytest.mark.parametrize(
    ("asked", "missing"),
    [
        ({"color": "hue"}, "color “hue”"),
        ({"view": "head", "layer": 99, "head": 1}, "layer 99"),
        ({"view": "head", "projection": "isomap", "instance": 99}, "projection “isomap”, instance 99"),
        ({"tint": "beauty"}, "metric “beauty”"),
    ],
)
def test_a_correction_names_what_the_run_does_not_have(run: Run, asked: dict[str, Any], missing: str) -> None:
    state = ViewState(**asked)
    told = correction(state, resolve(state, run.manifest))
    assert told == f"Not in this run: {missing}. The nearest values are shown instead."


def test_a_matrix_does_not_miss_a_layer(run: Run) -> None:
    state = ViewState(layer=99)
    assert correction(state, resolve(state, run.manifest)) == ""


def test_a_default_that_the_run_does_not_have_is_replaced_without_a_word(run: Run) -> None:
    flat = without(run.manifest, "coords.pca.2", "coords.tsne.2")
    assert correction(ViewState(), resolve(ViewState(), flat)) == ""
