"""The controls are connected with the browser's modules, which are there."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from callbacks.controls import NAMESPACE
from layouts import ids
from tests.support.planted_app import PlantedApp

BRIDGE = Path(__file__).resolve().parents[3] / "assets/bridge.js"


def test_every_function_that_dash_calls_is_in_the_bridge(application: PlantedApp) -> None:
    listed = application.client.get("/_dash-dependencies").get_json()
    called = {each["clientside_function"]["function_name"] for each in listed if each["clientside_function"]}
    (functions,) = re.findall(r"const functions = (\[.*\]);", BRIDGE.read_text(encoding="utf-8"))
    assert called == set(json.loads(functions))
    assert f"{NAMESPACE}: Object.fromEntries(functions" in BRIDGE.read_text(encoding="utf-8")


@pytest.mark.parametrize(("button", "shown"), [(ids.ABOUT_OPEN, True), (ids.ABOUT_CLOSE, False)])
def test_the_dialog_opens_and_closes(application: PlantedApp, button: str, shown: bool) -> None:
    answer = application.call_back(f"{ids.ABOUT}.is_open", {f"{button}.n_clicks": 1})
    assert answer.get_json()["response"][ids.ABOUT]["is_open"] is shown
