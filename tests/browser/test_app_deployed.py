"""As a team runs it: gunicorn below a prefix, passwords, a store that is only read, and a run with hostile texts."""

from __future__ import annotations

import csv
import json
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode
from xml.etree import ElementTree as ET

import pytest
from playwright.sync_api import Browser, Locator, expect

from app.passwords import hash_password
from precompute.format.manifest import Manifest
from precompute.store.store import Store
from tests.browser.app_page import PATIENCE_MS, AppPage
from tests.conftest import DemoStore
from tests.support.hostile_run import MARK, SEARCHED, hostile_run
from tests.support.served_app import served_by_gunicorn

pytestmark = pytest.mark.browser

PREFIX = "/tools/attention/"
USER, PASSWORD = "ann", "=open sésame"
LAYER, HEAD, INSTANCE = 1, 2, 1
FORMULA = ("=", "+", "-", "@", "\t", "\r")

_FOREIGN = f"""[
  ...document.querySelectorAll("[{MARK}], iframe, object, embed, base, form"),
  ...[...document.links].filter(link => !link.href.startsWith(location.origin + "{PREFIX}")),
  ...[...document.querySelectorAll("*")].filter(each => each.getAttributeNames().some(name => name.startsWith("on"))),
].map(each => each.outerHTML.slice(0, 200))"""


@dataclass(frozen=True)
class Deployed:
    """A server, its log, its store before anybody came, and the hostile run."""

    url: str
    log: Path
    store: Path
    before: dict[str, tuple[int, int]]
    run: Manifest

    def address(self, page: str = "", **state: object) -> str:
        return f"{page}?{urlencode({'run': self.run.run, **state})}"


def contents(directory: Path) -> dict[str, tuple[int, int]]:
    """Size and time of a directory and everything below it."""
    return {str(path): (path.stat().st_size, path.stat().st_mtime_ns) for path in [directory, *directory.rglob("*")]}


@pytest.fixture(scope="module")
def deployed(demo_store: DemoStore, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployed]:
    place = tmp_path_factory.mktemp("deployed")
    directory = shutil.copytree(demo_store.directory, place / "store")
    with Store(directory) as store:
        run = hostile_run(store, demo_store.gpt2)
    passwords = place / "passwords"
    passwords.write_text(f"# team\n{USER}:{hash_password(PASSWORD)}\n", "utf-8")
    variables = {
        "ATTENTIONVIZ_STORE": str(directory),
        "ATTENTIONVIZ_READONLY": "1",
        "ATTENTIONVIZ_AUTH": str(passwords),
        "DASH_REQUESTS_PATHNAME_PREFIX": PREFIX,
    }
    before = contents(directory)
    with served_by_gunicorn(place / "log", **variables) as url:
        yield Deployed(url, place / "log", directory, before, run)


@pytest.fixture
def view(chromium: Browser, deployed: Deployed) -> Iterator[AppPage]:
    """Sign in; at the end nothing may have gone wrong, which includes what the policy forbids."""
    context = chromium.new_context(
        viewport={"width": 1400, "height": 900},
        reduced_motion="reduce",
        http_credentials={"username": USER, "password": PASSWORD},
    )
    context.set_default_timeout(PATIENCE_MS)
    expect.set_options(timeout=PATIENCE_MS)
    view = AppPage(context.new_page(), deployed.url)
    view.page.on("dialog", lambda dialog: (view.problems.append(f"dialog: {dialog.message}"), dialog.dismiss()))
    yield view
    context.close()
    assert view.problems == []


def assert_inert(view: AppPage) -> None:
    """No text has become an element, a handler or a link."""
    assert view.page.evaluate(_FOREIGN) == []


def saved(view: AppPage, button: Locator, to: Path) -> Path:
    with view.page.expect_download() as download:
        button.click()
    file = to / download.value.suggested_filename
    assert file.parent == to
    download.value.save_as(file)
    return file


def assert_no_formula(file: Path) -> None:
    with file.open(encoding="utf-8-sig", newline="") as lines:
        cells = [cell for row in csv.reader(lines) for cell in row]
    assert any(cell.startswith("'=") for cell in cells)
    for cell in cells:
        if cell.startswith(FORMULA):
            float(cell)


def assert_drawing_only(file: Path) -> None:
    elements = list(ET.fromstring(file.read_text("utf-8")).iter())  # noqa: S314 - made by this test
    names = {element.tag.rpartition("}")[2] for element in elements}
    assert "text" in names
    assert not names & {"script", "a", "img", "foreignObject", "iframe"}
    assert not {name for element in elements for name in element.attrib if name.startswith("on") or MARK in name}
    assert any("<img src=x" in (element.text or "") for element in elements)


def test_all_heads_and_their_numbers(view: AppPage, deployed: Deployed, tmp_path: Path) -> None:
    view.open("", view="matrix", run=deployed.run.run)
    expect(view.page.get_by_role("heading", name=deployed.run.name)).to_be_visible()
    for color in [info.name for info in deployed.run.encodings]:
        view.control("color").select_option(color)
        view.shows(color=color)
        assert_inert(view)
    view.control("search").fill(SEARCHED)
    view.page.wait_for_function("window.attentionviz.state().hits.query > 0")
    view.page.get_by_role("button", name="Metrics").click()
    view.shows(view="heads")
    assert view.path == f"{PREFIX}heads"
    expect(view.page.get_by_test_id("heads-table").get_by_role("link", name="L0 H0")).to_be_visible()
    with saved(view, view.control("heads-csv"), tmp_path).open(newline="") as lines:
        heading, *rows = csv.reader(lines)
    assert heading[:3] == ["layer", "head", deployed.run.metrics[0].name]
    assert len(rows) == deployed.run.model.n_layers * deployed.run.model.n_heads
    assert all(cell == "" or float(cell) is not None for row in rows for cell in row)
    view.page.locator("#atlas-color").select_option(deployed.run.metrics[0].name)
    expect(view.page.locator("#atlas-map .cbtitle")).to_have_text(deployed.run.metrics[0].label)
    assert_inert(view)
    view.page.get_by_role("link", name="L0 H1", exact=True).first.click()
    view.shows(view="head", layer=0, head=1)
    assert view.path == f"{PREFIX}head"
    view.page.go_back()
    view.shows(view="heads")
    view.page.get_by_role("link", name="AttentionViz, all heads").click()
    view.shows(view="matrix")
    assert view.path == PREFIX


def test_a_head_its_sentence_and_their_files(view: AppPage, deployed: Deployed, tmp_path: Path) -> None:
    place = {"layer": LAYER, "head": HEAD, "instance": INSTANCE, "token": 0}
    view.open(deployed.address("head", **place), view="head", layer=LAYER, head=HEAD)
    expect(view.control("sentence-view").get_by_test_id("query-token").first).to_be_visible()
    view.page.mouse.move(*map(float, view.places(LAYER, HEAD, 20)[3]))
    assert_inert(view)
    files = {}
    for name in ("png", "svg", "csv"):
        view.control("export").locator("summary").click()
        files[name] = saved(view, view.control(f"export-{name}"), tmp_path)
    assert files["png"].read_bytes().startswith(b"\x89PNG")
    assert_drawing_only(files["svg"])
    assert_no_formula(files["csv"])
    view.page.get_by_test_id("sentence-export").locator("summary").click()
    assert_drawing_only(saved(view, view.control("sentence-save-svg"), tmp_path))
    assert_no_formula(saved(view, view.control("sentence-save-csv"), tmp_path))
    view.open(deployed.address("instance", **place), view="instance")
    assert view.path == f"{PREFIX}instance"
    expect(view.page.get_by_test_id("pair").first).to_be_visible()
    expect(view.control("head-sheet").get_by_test_id("sheet-head").first).to_be_visible()
    assert_inert(view)
    view.control("sentence-list").click()
    expect(view.control("instance-list").get_by_test_id("instance-row").first).to_be_visible()
    assert_inert(view)


def test_nothing_was_written_but_the_log(view: AppPage, deployed: Deployed) -> None:
    """The log is JSON with run and view, and holds neither passwords nor words that were searched for."""
    view.open(deployed.address("head", layer=0, head=0, search="whispered"), view="head")
    assert contents(deployed.store) == deployed.before
    text = deployed.log.read_text()
    answers = [line for line in map(json.loads, text.splitlines()) if line["logger"] == "app.request_log"]
    assert {line["status"] for line in answers} <= {200, 204, 304, 401}
    shown = {(line.get("run"), line.get("view"), line.get("user")) for line in answers}
    assert (deployed.run.run, "head", USER) in shown
    for secret in ("whispered", PASSWORD, "sésame", "Basic "):
        assert secret not in text
