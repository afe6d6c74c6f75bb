"""Requests that no page sends are refused in a sentence, and those that pages send are not."""

from __future__ import annotations

import json
from typing import Any

import pytest
from werkzeug.test import TestResponse

from app.refusals import MOST_BYTES, MOST_DEPTH
from layouts import ids
from tests.support.planted_app import PlantedApp

OPENED = {"id": ids.ABOUT_OPEN, "property": "n_clicks", "value": 1}
CLOSED = {"id": ids.ABOUT_CLOSE, "property": "n_clicks"}
SOUND: dict[str, Any] = {
    "output": f"{ids.ABOUT}.is_open",
    "outputs": {"id": ids.ABOUT, "property": "is_open"},
    "inputs": [OPENED, CLOSED],
    "changedPropIds": [f"{ids.ABOUT_OPEN}.n_clicks"],
}


def post(application: PlantedApp, body: bytes | dict[str, Any]) -> TestResponse:
    text = body if isinstance(body, bytes) else json.dumps(body).encode()
    return application.client.post("/_dash-update-component", data=text, content_type="application/json")


def nested(depth: int) -> Any:
    return [nested(depth - 1)] if depth else None


def test_what_a_page_sends_is_answered(application: PlantedApp) -> None:
    answer = post(application, SOUND)
    assert (answer.status_code, answer.get_json()["response"][ids.ABOUT]) == (200, {"is_open": True})


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"output": "absent.children"}, "no such output"),
        ({"output": ["about"]}, "no such output"),
        ({"outputs": {"id": ids.ABOUT, "property": "children"}}, "other outputs"),
        ({"outputs": None}, "other outputs"),
        ({"inputs": [OPENED]}, "other inputs"),
        ({"inputs": [CLOSED, OPENED]}, "other inputs"),
        ({"inputs": [[OPENED], [CLOSED]]}, "no list of values"),
        ({"inputs": None}, "no list of values"),
        ({"state": [OPENED]}, "other state"),
        ({"changedPropIds": "about-open.n_clicks"}, "no list of what changed"),
        ({"changedPropIds": [1]}, "no list of what changed"),
        ({"inputs": [{**OPENED, "value": nested(MOST_DEPTH)}, CLOSED]}, "nested too deep"),
        ({"inputs": [{**OPENED, "value": "\ud800"}, CLOSED]}, "half a character"),
    ],
)
def test_a_callback_that_no_page_asks_for_is_refused(
    application: PlantedApp, changes: dict[str, Any], said: str
) -> None:
    answer = post(application, {**SOUND, **changes})
    assert answer.status_code == 400
    assert f"({said}); reload the page." in answer.get_json()["error"]


@pytest.mark.parametrize("body", [b"", b"null", b"[]", b"{", b"\xff", b"[" * 100_000, b'{"output": NaN}'])
def test_a_body_that_is_no_object_is_refused(application: PlantedApp, body: bytes) -> None:
    assert post(application, body).status_code == 400


def test_a_body_of_megabytes_is_refused(application: PlantedApp) -> None:
    assert post(application, b" " * (MOST_BYTES + 1)).status_code == 413


@pytest.mark.parametrize("address", ["os/path.py", "dash/../../secret", "plotly/nothing.js"])
def test_a_script_that_is_not_there_is_refused(application: PlantedApp, address: str) -> None:
    answer = application.client.get(f"/_dash-component-suites/{address}")
    assert (answer.status_code, answer.get_json()) == (404, {"error": "There is no such script; reload the page."})


@pytest.mark.parametrize(
    ("output", "values"),
    [
        (f"{ids.PAGE}.children", {f"{ids.URL}.data": "/head"}),
        (f"{ids.LEGEND}.children", {f"{ids.VIEW_STATE}.data": [1]}),
        (f"{ids.LEGEND}.children", {f"{ids.VIEW_STATE}.data": {"state": {"view": "nothing"}}}),
        (f"{ids.LEGEND}.children", {f"{ids.VIEW_STATE}.data": {"state": {"layer": "one"}}}),
    ],
)
def test_values_of_another_shape_are_refused(application: PlantedApp, output: str, values: dict[str, Any]) -> None:
    assert application.call_back(output, values).status_code == 400
