"""Legend, texts and trust numbers belong to the state on show."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from werkzeug.test import TestResponse

from layouts import ids
from layouts.state.resolution import resolve
from layouts.state.view_state import ViewState
from tests.support.planted_app import PlantedApp, planted_app

SHOWN = f"{ids.VIEW_STATE}.data"


def page(application: PlantedApp, **asked: Any) -> dict[str, Any]:
    state = resolve(ViewState(**asked), application.planted.manifest)
    return {"address": state.href, "state": state.as_dict(), "problem": False}


def explain(application: PlantedApp, shown: dict[str, Any] | None) -> TestResponse:
    return application.call_back(f"{ids.LEGEND}.children", {SHOWN: shown})


@pytest.mark.parametrize(("color", "text"), [("norm", "Length of the vector."), ("type", "Queries green, keys pink.")])
def test_the_color_on_show_is_explained(application: PlantedApp, color: str, text: str) -> None:
    found = explain(application, page(application, color=color)).get_json()["response"]
    assert found[ids.COLOR_INFO]["children"] == text
    assert found[ids.DATA_INFO]["children"].startswith("based on 8 tokens")
    assert found[ids.PROJECTION_INFO]["children"] == "What pca keeps."
    assert len(found[ids.LEGEND]["children"]) == 2


@pytest.mark.parametrize("shown", [None, {"address": "/", "state": None, "problem": True}])
def test_nothing_on_show_needs_no_explanation(application: PlantedApp, shown: dict[str, Any] | None) -> None:
    assert explain(application, shown).status_code == 204


def test_a_run_that_went_away_is_said_and_leaves_the_old_explanation(tmp_path: Path) -> None:
    with planted_app(tmp_path / "store") as application:
        shown = page(application)
        application.store.remove_run(application.planted.manifest.run)
        answer = explain(application, shown).get_json()
    assert answer["response"] == {}
    assert "build a run first" in answer["sideUpdate"][ids.MESSAGE]["children"]


def trust(application: PlantedApp, shown: dict[str, Any]) -> TestResponse:
    return application.call_back(
        f"{ids.TRUST_NUMBERS}.children", {SHOWN: shown, f"{ids.TRUST_NUMBERS}.id": ids.TRUST_NUMBERS}
    )


def test_the_trust_numbers_are_those_of_the_head_on_show(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with planted_app(tmp_path / "store") as application:
        metrics = application.run.manifest.metrics
        named = [type(metrics[0])("pca.2.correlation", "a", "b"), type(metrics[0])("pca.3.correlation", "a", "b")]
        manifest = application.run.manifest
        monkeypatch.setattr(application.run, "manifest", type(manifest)(**{**vars(manifest), "metrics": tuple(named)}))
        shown = page(application, view="head", layer=1, head=2, dims=3)
        trusted, info, definitions, number = trust(application, shown).get_json()["response"][ids.TRUST_NUMBERS][
            "children"
        ]
        value = np.asarray(application.planted.arrays["head_metrics"])[1, 1, 2]
        assert f"{value:.2f}" in str(number)
        share = (np.asarray(application.planted.arrays["trust.pca.3"])[1, 2] >= 120).mean()
        assert trusted["props"]["children"][0]["props"]["children"].endswith(f": {100 * share:.0f} %")
        assert info["props"]["aria-describedby"].split()[1] == definitions["props"]["id"]
        assert number["props"]["title"] in definitions["props"]["children"]


def test_trust_is_explained_and_has_a_legend_without_gaps(application: PlantedApp) -> None:
    found = explain(application, page(application, color="trust", projection="tsne")).get_json()["response"]
    assert found[ids.COLOR_INFO]["children"].startswith("Share of a point's ten strongest partners")
    assert "no value" not in str(found[ids.LEGEND]["children"])


def test_the_trust_numbers_without_sinks_are_those_of_the_second_layout(tmp_path: Path) -> None:
    with planted_app(tmp_path / "store") as application:
        manifest = application.planted.manifest
        named = [replace(manifest.metrics[0], name=f"pca.{dims}.correlation") for dims in (2, 3)]
        other = -np.asarray(application.planted.arrays["head_metrics"])
        arrays = {**manifest.arrays, "head_metrics_without_sinks": application.store.put_array(other)}
        second = replace(manifest, run="tiny-words-0000000000ff", metrics=tuple(named), arrays=arrays)
        application.store.put_manifest(second)
        shown = page(application, view="head", layer=1, head=2, dims=3, no_sinks=True)
        shown["state"]["run"] = second.run
        *_, number = trust(application, shown).get_json()["response"][ids.TRUST_NUMBERS]["children"]
        assert f"{other[1, 1, 2]:.2f}" in str(number)
        assert f"({-other[1, 1, 2]:.2f} with sinks)" in str(number)


def test_all_heads_together_have_no_trust_numbers(application: PlantedApp) -> None:
    assert trust(application, page(application)).status_code == 204
