"""A store that is missing, emptied, half copied, damaged or too new is reported in one sentence, on every route."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from werkzeug.test import TestResponse

from app.factory import create_app
from app.settings import Settings
from layouts import ids
from layouts.state.resolution import resolve
from layouts.state.view_state import ViewState
from precompute.cli.app import run as run_command
from precompute.format.manifest import Manifest
from precompute.run.catalog import Catalog
from precompute.store.array_file import hash_file
from precompute.store.store import Store
from precompute.store.strict_disk import StrictCache
from tests.support.planted_app import ClosingClient, PlantedApp
from tests.support.small_run import Planted, small_run

Fault = Callable[[PlantedApp], None]


def missing(application: PlantedApp) -> None:
    """Remove the directory."""
    shutil.rmtree(application.store.directory)


def emptied(application: PlantedApp) -> None:
    """Remove the contents of the directory."""
    for path in application.store.directory.iterdir():
        shutil.rmtree(path) if path.is_dir() else path.unlink()


def files_missing(application: PlantedApp) -> None:
    """Remove the files of the arrays, as of a copy that was interrupted after the database."""
    for path in application.store.directory.glob("??/??/*.val"):
        path.unlink()


def database_missing(application: PlantedApp) -> None:
    """Remove the database, as of a copy that was interrupted before it."""
    (application.store.directory / "cache.db").unlink()


def database_cut(application: PlantedApp) -> None:
    """Cut the database in half, as of a copy that was interrupted within it."""
    path = application.store.directory / "cache.db"
    os.truncate(path, path.stat().st_size // 2)


def byte_flipped(application: PlantedApp) -> None:
    """Change one bit of the last coordinate: the file's length and header stay as they are."""
    info = application.planted.manifest.arrays["coords.tsne.2"]
    path = application.store.array_path(info)
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(content)
    assert hash_file(path) != info.sha256


def newer_schema(application: PlantedApp) -> None:
    """Change the run to one of a newer version of the program."""
    run = application.planted.manifest.run
    with StrictCache(application.store.directory) as rows:
        rows.set(f"manifest:{run}", str(rows.text(f"manifest:{run}")).replace('"schema":1', '"schema":99'))


FAULTS: dict[Fault, dict[str, str]] = {
    missing: {
        "page": "does not exist",
        "document": "503 does not exist",
        "array": "503 does not exist",
        "callback": "does not exist",
        "list": "There is no store",
        "verify": "There is no store",
        "health": "503",
    },
    emptied: {
        "page": "There is no run",
        "document": "404 There is no run",
        "array": "404 There is no run",
        "callback": "There is no run",
        "list": "has no runs",
        "verify": "There is no run",
        "health": "200",
    },
    files_missing: {
        "page": "",
        "document": "200",  # from the manifest alone
        "array": "503 damaged",
        "callback": "damaged",
        "list": "",
        "verify": "damaged",
        "health": "200",
    },
    database_missing: {
        "page": "There is no run",
        "document": "404 There is no run",
        "array": "404 There is no run",
        "callback": "There is no run",
        "list": "has no runs",
        "verify": "There is no run",
        "health": "200",
    },
    database_cut: {
        "page": "database",
        "document": "503 database",
        "array": "503 database",
        "callback": "database",
        "list": "database",
        "verify": "database",
        "health": "503",
    },
    byte_flipped: {
        "page": "",
        "document": "200",
        "array": "503 damaged",
        "callback": "",
        "list": "",
        "verify": "changed",
        "health": "200",
    },
    newer_schema: {
        "page": "newer version",
        "document": "503 newer version",
        "array": "503 newer version",
        "callback": "newer version",
        "list": "newer version",
        "verify": "newer version",
        "health": "200",
    },
}
"""Answer of each route: a status, and words of the sentence; none where the fault does not matter."""


@pytest.fixture(scope="module")
def pristine(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Planted]:
    """Make a store with one run; tests copy it, because a copy waits for no disk."""
    directory = tmp_path_factory.mktemp("pristine") / "store"
    with Store(directory) as store:
        return directory, small_run(store)


@pytest.fixture
def application(pristine: tuple[Path, Planted], tmp_path: Path) -> PlantedApp:
    """Return an application that has shown its run."""
    source, planted = pristine
    directory = Path(shutil.copytree(source, tmp_path / "store"))
    store = Store(directory, read_only=True)
    catalog = Catalog(store)
    dash = create_app(Settings(store=directory), catalog)
    dash.server.test_client_class = ClosingClient
    application = PlantedApp(dash, store, catalog, planted)
    assert ask_page(application)["response"][ids.VIEW_STATE]["data"]["problem"] is False
    return application


def shown(manifest: Manifest) -> ViewState:
    return resolve(ViewState(view="head", projection="tsne", layer=1, head=1), manifest)


def ask_page(application: PlantedApp) -> dict[str, Any]:
    state = shown(application.planted.manifest)
    address = {"pathname": state.pathname, "search": state.query}
    answer: dict[str, Any] = answered(application.call_back(f"{ids.PAGE}.children", {f"{ids.URL}.data": address}))
    return answer


def ask_callback(application: PlantedApp) -> dict[str, Any]:
    page = {"address": "/", "state": shown(application.planted.manifest).as_dict(), "problem": False}
    inputs = {f"{ids.VIEW_STATE}.data": page, f"{ids.TRUST_NUMBERS}.id": ids.TRUST_NUMBERS}
    answer: dict[str, Any] = answered(application.call_back(f"{ids.TRUST_NUMBERS}.children", inputs))
    return answer


def answered(response: TestResponse) -> Any:
    assert response.status_code == 200
    return response.get_json()


def assert_says(words: str, sentence: str) -> None:
    """Check that it is one sentence with the words, or nothing at all."""
    if not words:
        assert sentence == ""
        return
    assert words in sentence
    assert sentence.endswith(".")
    assert "\n" not in sentence
    assert "Traceback" not in sentence


@pytest.mark.parametrize(("fault", "said"), FAULTS.items(), ids=[fault.__name__ for fault in FAULTS])
def test_whoever_asks_is_told_in_one_sentence(
    application: PlantedApp, fault: Fault, said: dict[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    fault(application)
    assert_page_says(said["page"], ask_page(application)["response"])
    for what, path in (("document", "run.json"), ("array", "array/coords.tsne.2")):
        status, _, words = said[what].partition(" ")
        response = application.get(path)
        assert response.status_code == int(status)
        assert_says(words, response.get_json()["error"] if words else "")
    answer = ask_callback(application)
    assert_says(said["callback"], answer.get("sideUpdate", {}).get(ids.MESSAGE, {}).get("children", ""))
    assert (answer["response"] == {}) is bool(said["callback"]), "what a failing callback fills stays as it is"
    assert application.client.get("/health").status_code == int(said["health"])
    run = application.planted.manifest.run
    for name, arguments in (("list", ["list"]), ("verify", ["verify", run])):
        capsys.readouterr()
        code = run_command([*arguments, "--store", str(application.store.directory)])
        told = capsys.readouterr()
        assert code in {0, 1, 2}
        assert said[name] in told.err + told.out
        assert "Traceback" not in told.err


def assert_page_says(words: str, answer: dict[str, Any]) -> None:
    """Check that the page is a message with the words, or the view if there are none."""
    assert answer[ids.VIEW_STATE]["data"]["problem"] is bool(words)
    content = json.dumps(answer[ids.PAGE]["children"])
    assert words in content
    assert ('"role": "alert"' in content) is bool(words)
    assert "Traceback" not in content


def test_a_store_that_comes_back_is_shown_again(application: PlantedApp, tmp_path: Path) -> None:
    application.store.directory.rename(tmp_path / "elsewhere")
    assert ask_page(application)["response"][ids.VIEW_STATE]["data"]["problem"] is True
    (tmp_path / "elsewhere").rename(application.store.directory)
    assert ask_page(application)["response"][ids.VIEW_STATE]["data"]["problem"] is False
    assert application.get("array/coords.tsne.2").status_code == 200
