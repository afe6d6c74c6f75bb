"""Every page passes the rules of axe-core, in both themes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.browser.app_page import AppPage, open_tab
from tests.browser.conftest import Windows
from tests.conftest import DemoStore

pytestmark = pytest.mark.browser

AXE = Path(__file__).resolve().parents[2] / "node_modules" / "axe-core" / "axe.min.js"
TEXT, IMAGE = "run=minilm&layer=1&head=9&instance=2", "run=tiny-vit&layer=1&head=1&instance=1"
PAGES = {
    "matrix": "?run=minilm",
    "tinted matrix": "?run=minilm&tint=previous_token&strongest=4",
    "head": "head?run=minilm&layer=1&head=9&pairs=1",
    "head with a sentence": f"head?{TEXT}",
    "sentence": f"instance?{TEXT}",
    "heads": "heads?run=minilm",
    "head with an image": f"head?{IMAGE}",
    "image": f"instance?{IMAGE}",
    "message": "?run=absent",
}
_FOUND = """async () => (await axe.run(document)).violations
  .filter(({ impact }) => impact === "serious" || impact === "critical")
  .map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 120)).join(" | ")}`)"""


@pytest.fixture(scope="module", params=["light", "dark"])
def themed(request: pytest.FixtureRequest, windows: Windows, app_url: str, demo_store: DemoStore) -> Iterator[AppPage]:
    assert demo_store.bert
    window = windows(viewport={"width": 1280, "height": 720}, color_scheme=request.param)
    with open_tab(window, app_url) as view:
        yield view
        view.problems.clear()


@pytest.mark.parametrize("name", PAGES)
def test_a_page_has_no_serious_finding(themed: AppPage, name: str) -> None:
    themed.open(PAGES[name])
    themed.page.evaluate(AXE.read_text("utf-8"))
    assert themed.page.evaluate(_FOUND) == []


def test_the_rules_find_a_menu_without_a_name(themed: AppPage) -> None:
    themed.open(PAGES["matrix"])
    themed.page.evaluate("document.querySelector('label[for=search-mode]').remove()")
    themed.page.evaluate(AXE.read_text("utf-8"))
    assert [found.split(":")[0] for found in themed.page.evaluate(_FOUND)] == ["select-name"]
