"""A record names the request and its run, and nothing of the data or of passwords."""

from __future__ import annotations

import base64
import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest

from app.logs import JsonFormatter, PlainFormatter, logging_config
from app.passwords import hash_password
from layouts import ids
from tests.support.planted_app import PlantedApp, planted_app


@pytest.fixture(scope="module")
def closed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PlantedApp]:
    auth = f"ann:{hash_password('sesame')}"
    with planted_app(tmp_path_factory.mktemp("logged") / "store", auth=auth) as application:
        yield application


@pytest.fixture
def lines(caplog: pytest.LogCaptureFixture) -> Iterator[list[str]]:
    """Lines of JSON that the server would have written."""
    written: list[str] = []
    handler = logging.Handler()
    handler.emit = lambda record: written.append(JsonFormatter().format(record))  # type: ignore[method-assign]
    caplog.set_level(logging.INFO)
    logger = logging.getLogger("app")
    logger.addHandler(handler)
    yield written
    logger.removeHandler(handler)


def fields(line: str) -> dict[str, Any]:
    read: dict[str, Any] = json.loads(line)
    return read


def test_an_answer_is_a_line(application: PlantedApp, lines: list[str]) -> None:
    response = application.get("array/offsets")
    (line,) = map(fields, lines)
    assert (line["method"], line["status"], line["level"]) == ("GET", 200, "info")
    assert line["path"] == f"/data/{application.planted.manifest.run}/array/offsets"
    assert line["run"] == application.planted.manifest.run
    assert line["bytes"] == len(response.data)
    assert line["ms"] >= 0
    assert line["request"] == response.headers["X-Request-ID"]


def test_pages_and_callbacks_say_run_and_view(application: PlantedApp, lines: list[str]) -> None:
    run = application.planted.manifest.run
    application.client.get(f"/head?run={run}&layer=1")
    address = {"pathname": "/instance", "search": f"?run={run}&instance=1"}
    answer = application.call_back(f"{ids.VIEW_STATE}.data", {f"{ids.URL}.data": address})
    state = answer.get_json()["response"][ids.VIEW_STATE]["data"]
    application.call_back(f"{ids.LEGEND}.children", {f"{ids.VIEW_STATE}.data": state})
    logged = [fields(line) for line in lines]
    shown = [(line["run"], line["view"]) for line in logged if "_dash-dependencies" not in line["path"]]
    assert shown == [(run, "head"), (run, "instance"), (run, "instance")]


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ("", 400),
        ("[1]", 400),
        ("null", 400),
        ('{"inputs": 3}', 400),
        ('{"inputs": [{"id": "url", "value": 1}]}', 400),
        ("{", 400),
        ("[" * 100_000, 400),
        (" " * 3_000_000, 413),
    ],
    ids=range(8),
)
def test_a_callback_that_is_none_is_a_line_too(
    application: PlantedApp, lines: list[str], body: str, status: int
) -> None:
    response = application.client.post("/_dash-update-component", data=body, content_type="application/json")
    assert response.status_code == status
    (line,) = map(fields, lines)
    assert (line["path"], line["status"]) == ("/_dash-update-component", status)
    assert "run" not in line


def test_words_of_the_data_and_passwords_stay_out(closed: PlantedApp, lines: list[str]) -> None:
    basic = base64.b64encode(b"ann:sesame").decode()
    search = "/?search=keep-secret"
    closed.client.get(search, headers={"Authorization": f"Basic {basic}"})
    closed.client.get(search, headers={"Authorization": "Basic " + base64.b64encode(b"ann:wr0ng").decode()})
    assert [(fields(line)["status"], fields(line).get("user")) for line in lines] == [(200, "ann"), (401, None)]
    written = "".join(lines)
    for secret in ("keep-secret", "sesame", "wr0ng", basic):
        assert secret not in written


@pytest.mark.parametrize("path", ["/a%0ab", "/a%1b[31mred", "/a%E2%80%A8b", "/%00", '/"}', "/" + "x" * 5000])
def test_a_path_cannot_forge_a_line(application: PlantedApp, lines: list[str], path: str) -> None:
    application.client.get(path)
    (line,) = lines
    assert line.isascii()
    assert line.isprintable()
    assert len(line) < 1500
    assert fields(line)["path"].startswith("/")


@pytest.mark.parametrize(
    ("given", "kept"), [("abcdef01-2345", True), ("short", False), ("a b\x1b" * 4, False), ("x" * 65, False)]
)
def test_the_identifier_of_a_proxy_is_kept_if_it_is_one(application: PlantedApp, given: str, kept: bool) -> None:
    answered = application.client.get("/health", headers={"X-Request-ID": given}).headers["X-Request-ID"]
    assert (answered == given) is kept
    assert answered.replace("-", "").isalnum()


def test_sentences_for_a_person_are_lines_too() -> None:
    try:
        raise ValueError("two\nlines \x1b[31m")
    except ValueError as error:
        failure = (ValueError, error, error.__traceback__)
    record = logging.LogRecord("app", logging.ERROR, __file__, 1, "Cannot %s", ("read\n\x1b[2J",), failure)
    text = PlainFormatter().format(record)
    first, *rest = text.split("\n")
    assert first == r"Cannot read \x1b[2J"
    assert all(line.startswith("    ") for line in rest)
    assert "\x1b" not in text
    assert fields(JsonFormatter().format(record))["traceback"].startswith("Traceback")


def test_gunicorns_own_records_take_the_same_form() -> None:
    config = logging_config("json")
    assert config["loggers"]["gunicorn.error"]["handlers"] == []
    assert config["root"] == {"level": "INFO", "handlers": ["stderr"]}
    assert logging_config("off")["root"]["level"] == "WARNING"
