"""Groups of points from the browser become numbers in the panel."""

from __future__ import annotations

import json
from base64 import b64encode
from typing import Any

import numpy as np
import pytest

from layouts.panels.groups import group_numbers
from layouts.state.view_state import ViewState
from precompute.run.group_attention import GroupAttention, group_attention
from tests.support.planted_app import PlantedApp
from tests.support.small_run import LENGTHS

N = sum(LENGTHS)


def page(application: PlantedApp, **changes: Any) -> dict[str, Any]:
    view = ViewState(view="head", run=application.planted.manifest.run, layer=1, head=2, projection="pca", color="type")
    return {"address": "", "state": view.with_changes(**changes).as_dict(), "problem": False}


def packed(points: list[int]) -> str:
    return b64encode(np.packbits(np.isin(np.arange(2 * N), points)).tobytes()).decode()


def answer(application: PlantedApp, groups: Any, **changes: Any) -> str:
    inputs = {"groups.data": groups, "view-state.data": page(application, **changes)}
    response = application.call_back("group-numbers.children", inputs)
    if response.status_code != 200:
        return str(response.status_code)
    return json.dumps(response.get_json(), ensure_ascii=False)


def test_both_directions_are_measured_in_the_head_on_show(application: PlantedApp) -> None:
    first, second = [0, 1, N + 4, N + 5], [4, 5, 6, N + 0, N + 2]
    said = answer(application, {"run": application.run.manifest.run, "a": packed(first), "b": packed(second)})
    points = np.arange(2 * N)
    a, b = np.isin(points, first), np.isin(points, second)
    for queries, keys in ((a, b), (b, a)):
        measured = group_attention(application.run, 1, 2, queries[:N], keys[N:])
        assert f"{measured.observed:.1%}" in said
        assert f"{measured.chance:.1%}" in said
        assert f"{measured.ratio:.1f} ×" in said
    assert said.index("A → B") < said.index("B → A")


def test_one_group_is_measured_by_itself(application: PlantedApp) -> None:
    groups = {"run": application.run.manifest.run, "a": packed([0, N]), "b": None}
    said = answer(application, groups)
    assert "A → A" in said
    assert "→ B" not in said


def test_sinks_are_left_out_when_the_state_says_so(application: PlantedApp) -> None:
    run = application.run
    everything = np.ones(N, bool)
    measured = group_attention(run, 1, 2, everything, everything, hidden=run.sinks)
    groups = {"run": run.manifest.run, "a": packed(list(range(2 * N))), "b": packed(list(range(2 * N)))}
    assert f"{measured.observed:.1%}" in answer(application, groups, no_sinks=True)
    some = {**groups, "b": packed([0, 1, N, N + 1])}
    assert answer(application, some, no_sinks=True) != answer(application, some)


def test_nothing_is_said_without_groups_or_a_head(application: PlantedApp) -> None:
    assert "A →" not in answer(application, None)
    groups = {"run": application.run.manifest.run, "a": packed([0, N]), "b": None}
    assert answer(application, {**groups, "run": "another"}) == "204"
    assert answer(application, groups, view="matrix", layer=None, head=None) == "204"


@pytest.mark.parametrize("text", ["***", "AAAA", 7, "", {}], ids=str)
def test_what_is_no_group_is_refused(application: PlantedApp, text: Any) -> None:
    assert answer(application, {"run": application.run.manifest.run, "a": text, "b": None}) == "400"


def test_remarks_say_why_there_is_no_number_or_a_sample() -> None:
    def said(measured: GroupAttention) -> str:
        return json.dumps(group_numbers(measured, None), default=lambda part: part.to_plotly_json())

    nan = float("nan")
    assert "A has no query with visible keys" in said(GroupAttention(0, 3, 0, nan, nan))
    assert "No key of A is visible to a query of A" in said(GroupAttention(3, 3, 3, 0.0, 0.0))
    assert "measured on 400 of 1,000 queries" in said(GroupAttention(1000, 3, 400, 0.5, 0.1))
