"""The address is the state: reload, back, forward and a link sent to a colleague show the same."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Browser, expect

from precompute.run.run import Run
from precompute.store.store import Store
from tests.browser.app_page import PATIENCE_MS, AppPage
from tests.conftest import DemoStore
from tests.support.new_switch import app_with_a_new_switch
from tests.support.served_app import served_app
from tests.support.small_run import small_run

pytestmark = pytest.mark.browser

OF_THE_TAB = {"ready", "theme", "labels", "drawnPoints"}
"""Parts of the state that a link does not carry or that the window's size decides."""


def carried(state: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in state.items() if name not in OF_THE_TAB}


def test_a_link_opens_the_same_state_in_another_browser(
    view: AppPage, chromium: Browser, demo_store: DemoStore
) -> None:
    link = (
        f"head?run={demo_store.bert}&layer=1&head=2&instance=4&token=2&side=key&color=position&projection=tsne&dims=3"
    )
    asked = {"layer": 1, "head": 2, "selection": {"instance": 4, "token": 2, "side": "key"}}
    first = view.open(link, **asked, color="position", projection="tsne", dims=3)
    view.page.reload()
    assert carried(view.shows(**asked)) == carried(first)
    other = AppPage(chromium.new_page(viewport={"width": 1000, "height": 800}), view.url)
    try:
        assert carried(other.open(link, **asked)) == carried(first)
        assert other.problems == []
    finally:
        other.page.close()


def test_a_bare_address_comes_to_name_its_run_without_a_step_in_the_history(
    view: AppPage, demo_store: DemoStore
) -> None:
    view.open("", view="matrix", run=demo_store.bert)
    view.address_has(run=demo_store.bert)
    steps = view.page.evaluate("history.length")
    first = view.state()
    view.page.reload()
    assert carried(view.shows(run=demo_store.bert)) == carried(first)
    assert view.page.evaluate("history.length") == steps
    view.open("head?layer=99&head=0", view="head")
    view.address_has(run=demo_store.bert, layer=str(view.state()["layer"]))


def test_back_and_forward_go_through_the_changes(view: AppPage, demo_store: DemoStore) -> None:
    view.open(f"?run={demo_store.gpt2}", view="matrix", projection="pca")
    view.control("projection").select_option("tsne")
    view.shows(projection="tsne")
    view.control("layer").select_option("1")
    view.control("go").click()
    view.shows(view="head", layer=1, head=0)
    view.page.go_back()
    view.shows(view="matrix", projection="tsne", layer=None)
    expect(view.control("projection")).to_have_value("tsne")
    view.page.go_back()
    view.shows(view="matrix", projection="pca")
    expect(view.control("projection")).to_have_value("pca")
    view.page.go_forward()
    view.shows(view="matrix", projection="tsne")
    view.page.go_forward()
    view.shows(view="head", layer=1, head=0, projection="tsne")
    expect(view.page.get_by_role("heading", name="Layer 1 Head 0")).to_be_visible()


def test_numbers_that_the_run_lacks_are_taken_back(view: AppPage, demo_store: DemoStore) -> None:
    view.open(f"head?run={demo_store.gpt2}&layer=99&head=99&projection=none&color=none&dims=7", layer=1, head=3, dims=2)


def test_a_search_counts_its_hits_and_goes_along(view: AppPage, demo_store: DemoStore) -> None:
    with Store(demo_store.directory, read_only=True) as store:
        run = Run(store, store.manifest(demo_store.bert))
        words = [text.strip().lower() for text in run.tokens.texts]
    word = max((word for word in set(words) if word.isalpha()), key=words.count)
    hits = words.count(word)
    view.open(f"?run={demo_store.bert}", run=demo_store.bert)
    view.control("search").fill(word.upper())
    state = view.shows(hits={"query": hits, "key": hits})
    assert state["highlighted"] == 2 * hits
    expect(view.control("search-count")).to_contain_text(f"{hits} ")
    view.address_has(search=word.upper())
    view.control("go").click()
    view.shows(view="head", hits={"query": hits, "key": hits}, highlighted=2 * hits)
    view.page.reload()
    view.shows(view="head", hits={"query": hits, "key": hits})
    expect(view.control("search")).to_have_value(word.upper())
    view.control("search").fill("")
    assert view.shows(hits={"query": 0, "key": 0})["highlighted"] == 0
    view.address_has(search=None)


def test_a_search_for_the_first_token_finds_it(view: AppPage, demo_store: DemoStore) -> None:
    view.open(f"?run={demo_store.bert}&search=%5BCLS%5D", hits={"query": 12, "key": 12})


def test_switches_are_drawn_and_land_in_the_address(view: AppPage, demo_store: DemoStore) -> None:
    assert view.open(f"head?run={demo_store.bert}&layer=0&head=0", layer=0)["labels"] > 0
    view.control("labels").uncheck()
    view.shows(labels=0)
    view.address_has(labels="0")
    view.control("scale-by-norm").check()
    view.address_has(labels="0", norm="1")
    view.page.reload()
    view.shows(labels=0)
    expect(view.control("labels")).not_to_be_checked()
    expect(view.control("scale-by-norm")).to_be_checked()


def test_a_link_reopens_the_choices_of_a_sentence(view: AppPage, demo_store: DemoStore) -> None:
    view.open(f"instance?run={demo_store.gpt2}&layer=1&head=1&instance=1", view="instance")
    sentence = view.control("sentence-view")
    sentence.get_by_test_id("key-token").nth(2).click()
    view.address_has(hidden="k2")
    sentence.get_by_test_id("query-token").nth(3).click(modifiers=["Shift"])
    view.address_has(pinned="q3")
    view.control("threshold").fill("0.2")
    view.address_has(threshold="200")
    view.control("sentence-form").get_by_role("button", name="Matrix").click()
    view.address_has(form="matrix")
    view.page.reload()
    view.shows(view="instance")
    expect(view.control("sentence-form").get_by_role("button", name="Matrix")).to_have_attribute("aria-pressed", "true")
    view.control("sentence-form").get_by_role("button", name="Lines").click()
    expect(sentence.get_by_test_id("key-token").nth(2)).to_contain_class("is-hidden")
    expect(sentence.get_by_test_id("query-token").nth(3)).to_contain_class("is-pinned")
    expect(view.control("threshold")).to_have_value("0.2")
    view.address_has(form=None)
    view.control("next-instance").click()
    view.shows(selection={"instance": 2, "token": None, "side": "query"})
    view.address_has(hidden=None, pinned=None, threshold="200")


@pytest.mark.parametrize("dims", [2, 3])
def test_a_link_reopens_zoom_and_turn(view: AppPage, demo_store: DemoStore, dims: int) -> None:
    view.open(f"head?run={demo_store.gpt2}&layer=1&head=1&dims={dims}", view="head", dims=dims)
    home = view.places(1, 1, 12)
    stage = view.page.locator("#stage").bounding_box()
    assert stage
    middle = (stage["x"] + stage["width"] / 2, stage["y"] + stage["height"] / 2)
    view.page.mouse.move(*middle)
    view.page.mouse.wheel(0, -240)
    view.page.mouse.down()
    view.page.mouse.move(middle[0] + 60, middle[1] + 25)
    view.page.mouse.up()
    view.page.wait_for_function("() => new URLSearchParams(location.search).has('camera')")
    moved = view.places(1, 1, 12)
    assert np.abs(moved - home).max() > 20
    view.page.reload()
    view.shows(view="head")
    assert np.abs(view.places(1, 1, 12) - moved).max() < 1
    view.control("reset-zoom").click()
    view.address_has(camera=None)
    assert np.abs(view.places(1, 1, 12) - home).max() < 1


def test_light_and_dark_are_chosen_once(view: AppPage, demo_store: DemoStore) -> None:
    before = view.open(f"?run={demo_store.gpt2}", run=demo_store.gpt2)["theme"]
    brightness = float(np.median(view.pixels()))
    after = {"light": "dark", "dark": "light"}[before]
    view.choose("appearance", "theme")
    view.shows(theme=after)
    assert (float(np.median(view.pixels())) > brightness) == (after == "light")
    assert abs(float(np.median(view.pixels())) - brightness) > 100
    view.page.reload()
    view.shows(theme=after)


def test_a_page_below_escape_goes_back_to_all_heads(view: AppPage, demo_store: DemoStore) -> None:
    view.open(f"head?run={demo_store.gpt2}&layer=1&head=1&instance=0", layer=1)
    view.page.keyboard.press("Escape")
    view.shows(view="head", selection=None)
    view.page.keyboard.press("Escape")
    view.shows(view="matrix")


def test_an_unknown_run_is_said_in_one_sentence_and_another_can_be_chosen(view: AppPage, demo_store: DemoStore) -> None:
    view.open("head?run=absent&layer=1&head=1")
    alert = view.page.get_by_role("alert")
    expect(alert).to_contain_text("There is no run 'absent'")
    expect(view.page.locator("#stage")).to_be_hidden()


def test_an_empty_store_says_what_to_do_and_shows_the_first_run_once_there_is_one(
    chromium: Browser, tmp_path: Path
) -> None:
    with served_app(tmp_path / "store") as url:
        view = AppPage(chromium.new_page(), url)
        view.page.set_default_timeout(PATIENCE_MS)
        view.open()
        expect(view.page.get_by_role("alert")).to_contain_text("python -m precompute demo")
        with Store(tmp_path / "store") as store:
            run = small_run(store).manifest.run
        view.page.reload()
        view.shows(view="matrix", run=run, nHeads=8)
        view.page.close()
        assert view.problems == []


def test_a_damaged_array_is_said_and_another_picture_can_be_chosen(chromium: Browser, tmp_path: Path) -> None:
    with Store(tmp_path / "store") as store:
        path = store.array_path(small_run(store).manifest.arrays["coords.tsne.2"])
    path.unlink()
    with served_app(tmp_path / "store") as url:
        view = AppPage(chromium.new_page(), url)
        view.page.set_default_timeout(PATIENCE_MS)
        view.open(projection="pca")
        view.control("projection").select_option("tsne")
        expect(view.page.locator("#message")).to_contain_text("damaged")
        view.control("projection").select_option("pca")
        view.shows(projection="pca", drawnPoints=8 * 16)
        expect(view.page.locator("#message")).to_be_empty()
        view.page.close()
    assert [problem for problem in view.problems if "503" not in problem] == []


def test_a_store_that_went_away_is_said_in_one_sentence(chromium: Browser, tmp_path: Path) -> None:
    with Store(tmp_path / "store") as store:
        small_run(store)
    with served_app(tmp_path / "store") as url:
        view = AppPage(chromium.new_page(), url)
        view.page.set_default_timeout(PATIENCE_MS)
        view.open(view="matrix")
        shutil.rmtree(tmp_path / "store")
        view.page.reload()
        expect(view.page.get_by_role("alert")).to_contain_text(str(tmp_path))
        view.page.close()
        assert view.problems == []


def test_a_new_switch_works_in_the_page(chromium: Browser, tmp_path: Path) -> None:
    with Store(tmp_path / "store") as store:
        small_run(store)
    with served_app(tmp_path / "store", directory=app_with_a_new_switch(tmp_path / "root")) as url:
        view = AppPage(chromium.new_page(), url)
        view.page.set_default_timeout(PATIENCE_MS)
        view.open("head?layer=1&head=1", view="head")
        view.control("sparkle").check()
        view.address_has(sparkle="1")
        view.page.reload()
        view.shows(view="head")
        expect(view.control("sparkle")).to_be_checked()
        view.control("sparkle").uncheck()
        view.address_has(sparkle=None)
        view.page.close()
        assert view.problems == []
