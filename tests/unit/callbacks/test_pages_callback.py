"""Every address has its page; what cannot be shown is said in one sentence."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from callbacks.pages import Page, page_for
from layouts import ids
from layouts.panels.controls import CONTROLS
from precompute.run.catalog import Catalog
from precompute.store.store import Store
from tests.support.planted_app import PlantedApp, planted_app
from tests.support.small_run import small_run
from tests.support.view_states import view_states


def text_of(page: Page) -> str:
    return json.dumps(page.content, default=lambda part: part.to_plotly_json(), ensure_ascii=False)


def address(href: str) -> dict[str, str]:
    pathname, _, query = href.partition("?")
    return {"pathname": pathname, "search": f"?{query}" if query else ""}


@pytest.mark.parametrize(
    ("href", "view", "says"),
    [
        ("/", "matrix", "2 layers × 4 heads"),
        ("/head", "head", "Layer 0 Head 0"),
        ("/head?layer=1&head=2", "head", "Layer 1 Head 2"),
        ("/head?layer=77&head=77", "head", "Layer 1 Head 3"),
        ("/instance?layer=1&head=2&instance=1", "instance", "Sentence 2 of 3"),
        ("/elsewhere", "matrix", "2 layers × 4 heads"),
        ("/?run=small", "matrix", "2 layers × 4 heads"),
        ("/?run=tiny-w", "matrix", "2 layers × 4 heads"),
    ],
)
def test_every_address_has_its_page(application: PlantedApp, href: str, view: str, says: str) -> None:
    page = page_for(address(href), application.catalog)
    assert page.state is not None
    assert page.state.view == view
    assert page.state.run == application.planted.manifest.run
    assert page.run is application.run
    assert says in text_of(page)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=50)
@given(asked=view_states())
def test_any_state_of_this_run_has_a_page(application: PlantedApp, asked: Any) -> None:
    state = asked.with_changes(run=application.planted.manifest.run)
    page = page_for({"pathname": state.pathname, "search": state.query}, application.catalog)
    assert page.state is not None
    assert page.state.view == state.view


@pytest.mark.parametrize(("instance", "token", "shown"), [(0, 2, 2), (0, 3, None), (1, 0, 0), (1, 1, None), (2, 3, 3)])
def test_a_token_beyond_its_sentence_is_not_selected(
    application: PlantedApp, instance: int, token: int, shown: int | None
) -> None:
    state = page_for(address(f"/head?instance={instance}&token={token}"), application.catalog).state
    assert state is not None
    assert (state.instance, state.token) == (instance, shown)


def test_an_empty_store_says_how_to_fill_it(tmp_path: Path) -> None:
    with Store(tmp_path / "store") as store:
        page = page_for(address("/"), Catalog(store))
    assert (page.state, page.run, page.runs) == (None, None, ())
    assert "python -m precompute demo" in text_of(page)


def test_an_unknown_run_is_named_and_the_others_can_be_chosen(application: PlantedApp) -> None:
    page = page_for(address("/head?run=absent&layer=1"), application.catalog)
    assert page.state is None
    assert "There is no run 'absent'" in text_of(page)
    assert [manifest.run for manifest in page.runs] == [application.planted.manifest.run]
    assert f"./?run={application.planted.manifest.run}" in text_of(page)


def test_a_run_that_is_removed_while_it_is_shown(tmp_path: Path) -> None:
    with planted_app(tmp_path / "store") as application:
        run = application.planted.manifest.run
        other = small_run(application.store, seed=1, created="2024-01-01T00:00:00Z").manifest.run
        assert page_for(address(f"/?run={run}"), application.catalog).state is not None
        application.store.remove_run(run)
        page = page_for(address(f"/?run={run}"), application.catalog)
        assert page.state is None
        assert f"There is no run '{run}'" in text_of(page)
        shown = page_for(address("/"), application.catalog).state
        assert shown is not None
        assert shown.run == other


def test_another_run_keeps_the_head_if_the_models_have_the_same_shape(
    application: PlantedApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    manifest = application.planted.manifest
    alike = replace(manifest, run="alike-1")
    deeper = replace(manifest, run="deeper-1", model=replace(manifest.model, n_layers=3))
    pictures = replace(manifest, run="pictures-1", inputs=replace(manifest.inputs, kind="image"))
    monkeypatch.setattr(Catalog, "runs", lambda _: (manifest, alike, deeper, pictures))
    seen = {}
    for left in ("", alike.run, deeper.run, pictures.run, "removed"):
        asked = {**address(f"/head?run={manifest.run}&layer=1&head=2"), "left": left}
        state = page_for(asked, application.catalog).state
        assert state is not None
        seen[left] = (state.view, state.layer, state.head)
    kept, dropped = ("head", 1, 2), ("matrix", None, None)
    assert seen == {"": kept, alike.run: kept, deeper.run: dropped, pictures.run: dropped, "removed": dropped}


def test_the_newest_run_opens_by_itself(tmp_path: Path) -> None:
    with planted_app(tmp_path / "store") as application:
        newer = small_run(application.store, seed=1, created="2026-01-01T00:00:00Z").manifest.run
        shown = page_for(address("/"), application.catalog).state
        assert shown is not None
        assert shown.run == newer


def test_a_store_that_is_gone_is_said_in_one_sentence(tmp_path: Path) -> None:
    with planted_app(tmp_path / "store") as application:
        shutil.rmtree(tmp_path / "store")
        page = page_for(address("/"), application.catalog)
        assert page.state is None
        assert str(tmp_path) in text_of(page)
        answer = application.call_back(f"{ids.VIEW_STATE}.data", {f"{ids.URL}.data": address("/")})
        assert answer.status_code == 200
        assert answer.get_json()["response"][ids.VIEW_STATE]["data"]["problem"] is True


def show(application: PlantedApp, href: str) -> Any:
    answer = application.call_back(f"{ids.VIEW_STATE}.data", {f"{ids.URL}.data": address(href)})
    assert answer.status_code == 200
    return answer.get_json()["response"]


def test_the_browser_gets_state_and_controls(application: PlantedApp) -> None:
    run = application.planted.manifest.run
    found = show(application, "/head?projection=tsne&dims=3&color=norm&search=w1&layer=1&head=2&labels=0&norm=1")
    state = found[ids.VIEW_STATE]["data"]["state"]
    assert (state["run"], state["projection"], state["dims"], state["color"]) == (run, "tsne", 3, "norm")
    assert (state["layer"], state["head"], state["labels"], state["norm"]) == (1, 2, False, True)
    values = {name: found[name]["value"] for name in (control.id for control in CONTROLS) if name in found}
    assert values == {
        ids.RUN: run,
        ids.PROJECTION: "tsne",
        ids.COLOR: "norm",
        ids.SEARCH: "w1",
        ids.LAYER: "1",
        ids.HEAD: "2",
        "labels": False,
        "attention-lines": True,
        "scale-by-norm": True,
        "patches": True,
        "filled": False,
        ids.SINKS: False,
        ids.SEARCH_MODE: "exact",
        ids.TRUST: "0",
        ids.TINT: "none",
        ids.STRONGEST: "all",
    }
    for menu in (ids.RUN, ids.PROJECTION, ids.COLOR, ids.LAYER, ids.HEAD):
        assert values[menu] in [option["value"] for option in found[menu]["options"]]


def test_the_answer_carries_the_address_it_answers(application: PlantedApp) -> None:
    href = "/head?layer=1&head=2&whatever=%20"
    assert show(application, href)[ids.VIEW_STATE]["data"]["address"] == href


def test_a_problem_empties_the_controls_but_the_runs(application: PlantedApp) -> None:
    found = show(application, "/?run=absent")
    assert found[ids.VIEW_STATE]["data"] == {
        "address": "/?run=absent",
        "state": None,
        "problem": True,
        "chosen": False,
    }
    assert [option["value"] for option in found[ids.RUN]["options"]] == [application.planted.manifest.run]
    assert found[ids.PROJECTION]["options"] == []


def test_no_address_no_answer(application: PlantedApp) -> None:
    assert application.call_back(f"{ids.VIEW_STATE}.data", {f"{ids.URL}.data": None}).status_code == 204
