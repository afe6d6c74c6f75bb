"""Every control explains itself to every pointing device."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from layouts.nouns import NOUNS, worded
from layouts.panels.controls import help_texts
from tests.browser.app_page import AppPage, open_tab
from tests.browser.conftest import Windows
from tests.conftest import DemoStore

pytestmark = pytest.mark.browser


def test_explanations_open_on_hover_and_focus_inside_the_window(view: AppPage, demo_store: DemoStore) -> None:
    view.open(f"head?run={demo_store.bert}&layer=0&head=0", view="head")
    tip, search = view.control("info-tip"), view.page.get_by_role("button", name="About “Search”")
    expect(tip).to_be_hidden()
    search.hover()
    expect(tip).to_have_text(worded(help_texts()["search"]))
    view.page.mouse.move(1390, 890)
    expect(tip).to_be_hidden()
    for explained in view.page.locator("[data-info]:visible").all():
        topic = explained.get_attribute("data-info") or ""
        explained.hover()
        expect(tip).to_contain_text(worded(help_texts()[topic]))
        box = tip.bounding_box()
        assert box
        assert 0 <= box["x"] <= 1400 - box["width"], topic
        assert 0 <= box["y"] <= 900 - box["height"], topic
        view.page.mouse.move(1390, 890)
        expect(tip).to_be_hidden()
    search.click()
    view.page.mouse.move(1390, 890)
    expect(tip).to_have_text(worded(help_texts()["search"]))
    view.page.get_by_role("button", name="About “Color”").hover()
    expect(tip).to_contain_text(worded(help_texts()["color"]))
    expect(tip).to_contain_text("Whether a point is the query or the key of its token.")
    view.page.mouse.move(1390, 890)
    expect(tip).to_be_hidden()
    search.click()
    expect(tip).to_have_text(worded(help_texts()["search"]))
    search.click()
    expect(tip).to_be_hidden()
    view.control("search").focus()
    view.page.keyboard.press("Shift+Tab")
    expect(search).to_be_focused()
    expect(search).to_have_accessible_description(worded(help_texts()["search"]))
    expect(tip).to_have_text(worded(help_texts()["search"]))
    view.page.keyboard.press("Escape")
    expect(tip).to_be_hidden()
    view.shows(view="head")
    view.control("reset-zoom").hover()
    expect(tip).to_have_text(worded(help_texts()["reset-zoom"]))
    view.page.evaluate("document.querySelector('[data-testid=reset-zoom]').remove()")
    view.page.mouse.move(1390, 890)
    expect(tip).to_be_hidden()


def test_a_tap_on_an_i_opens_its_text_and_another_closes_it(
    windows: Windows, app_url: str, demo_store: DemoStore
) -> None:
    with open_tab(windows(viewport={"width": 390, "height": 844}, has_touch=True), app_url) as view:
        view.open(f"?run={demo_store.gpt2}", view="matrix")
        view.page.get_by_role("button", name="Toggle controls").tap()
        button, tip = view.page.get_by_role("button", name="About “Projection”"), view.control("info-tip")
        button.tap()
        expect(tip).to_contain_text(worded(help_texts()["projection"]))
        button.tap()
        expect(tip).to_be_hidden()
        button.tap()
        expect(tip).to_be_visible()
        view.page.get_by_text("Open a head").tap()
        expect(tip).to_be_hidden()
        view.open(f"?run={demo_store.vit}", view="matrix")
        view.page.get_by_role("button", name="Toggle controls").tap()
        view.page.get_by_role("button", name="About “Search”").tap()
        expect(tip).to_have_text(worded(help_texts()["search"], NOUNS["image"]))
