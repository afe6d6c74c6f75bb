"""From what heads are found to do to their pictures: tints, cards, numbers, the map."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.app_page import AppPage
from tests.conftest import DemoStore

pytestmark = pytest.mark.browser


def address(view: AppPage) -> str:
    return str(view.page.evaluate("location.pathname + location.search"))


def test_heads_are_tinted_by_a_metric_and_the_link_keeps_it(view: AppPage, demo_store: DemoStore) -> None:
    view.open("/", run=demo_store.bert)
    view.page.get_by_test_id("tint").select_option("previous_token")
    view.page.wait_for_function("window.attentionviz.state().tinted === 72")
    expect(view.page.get_by_test_id("tint-legend")).to_contain_text("token just before")
    view.page.get_by_test_id("strongest").select_option("4")
    view.page.wait_for_function("window.attentionviz.state().tinted === 4")
    assert "tint=previous_token&strongest=4" in address(view)
    view.page.reload()
    view.page.wait_for_function("window.attentionviz?.state().ready && window.attentionviz.state().tinted === 4")
    expect(view.page.get_by_test_id("tint")).to_have_value("previous_token")
    view.page.get_by_test_id("tint").select_option("none")
    view.page.wait_for_function("window.attentionviz.state().tinted === 0")


def test_a_card_opens_the_previous_token_head_with_an_example(view: AppPage, demo_store: DemoStore) -> None:
    view.open("/", run=demo_store.bert)
    card = view.page.get_by_test_id("finding").filter(has_text="Previous token")
    card.get_by_role("link", name="L0 H2").click()
    view.page.wait_for_function("window.attentionviz.state().view === 'head' && window.attentionviz.state().ready")
    state = view.state()
    assert (state["layer"], state["head"], state["color"]) == (0, 2, "position")
    assert state["selection"] is not None
    expect(view.page.get_by_test_id("sentence-view")).to_be_visible()
    view.page.go_back()
    view.page.wait_for_function("window.attentionviz.state().view === 'matrix'")


def test_an_induction_card_selects_a_token_that_comes_again(view: AppPage, demo_store: DemoStore) -> None:
    view.open(f"/?run={demo_store.gpt2}", run=demo_store.gpt2)
    card = view.page.get_by_test_id("finding").filter(has_text="Induction")
    card.get_by_role("link", name="Induction").click()
    view.page.wait_for_function("window.attentionviz.state().view === 'head' && window.attentionviz.state().ready")
    assert view.state()["layer"] == 1
    instance, token = (view.state()["selection"][name] for name in ("instance", "token"))
    words = view.page.evaluate(
        """async ([run, instance]) => {
          const table = await (await fetch(`/data/${run}/tokens.json`)).json();
          return table.tokens.slice(table.offsets[instance], table.offsets[instance + 1]);
        }""",
        [demo_store.gpt2, instance],
    )
    assert words[token] in words[:token]


def test_cards_fold_away_and_stay_folded(view: AppPage, demo_store: DemoStore) -> None:
    view.open("/", run=demo_store.bert)
    cards = view.page.get_by_test_id("finding").first
    expect(cards).to_be_visible()
    view.page.get_by_role("button", name="Findings").click()
    expect(cards).to_be_hidden()
    view.page.reload()
    expect(view.page.get_by_role("button", name="Findings")).to_be_visible()
    expect(cards).to_be_hidden()


def test_a_row_of_the_table_opens_its_head(view: AppPage, demo_store: DemoStore) -> None:
    view.open("/heads", run=demo_store.bert)
    table = view.page.get_by_test_id("heads-table")
    heading = table.get_by_role("columnheader", name="Previous token", exact=True)
    heading.click()
    first = table.locator("[row-index='0']")
    expect(first.get_by_role("link")).to_have_text("L0 H2")
    first.locator("[col-id='previous_token']").click()
    view.page.wait_for_function("window.attentionviz.state().view === 'head'")
    assert (view.state()["layer"], view.state()["head"]) == (0, 2)
    expect(view.page.get_by_test_id("head-panel")).to_contain_text("Previous token 1.00")
    expect(view.page.locator("#offset-figure .bars .point").first).to_be_attached()


def test_the_table_is_saved_with_every_metric(view: AppPage, demo_store: DemoStore, tmp_path: Path) -> None:
    view.open("/heads", run=demo_store.bert)
    expect(view.page.get_by_test_id("heads-table").get_by_role("link", name="L0 H0")).to_be_visible()
    with view.page.expect_download() as download:
        view.page.get_by_test_id("heads-csv").click()
    download.value.save_as(tmp_path / "heads.csv")
    rows = list(csv.reader((tmp_path / "heads.csv").read_text(encoding="utf-8-sig").splitlines()))
    body = [row for row in rows if row[0].isdigit()]
    assert len(body) == 72
    assert {(row[0], row[1]) for row in body} == {(str(layer), str(head)) for layer in range(6) for head in range(12)}
    assert any("Previous token" in row for row in rows)


def test_the_map_names_nearest_heads_and_marks_those_drawn_around(view: AppPage, demo_store: DemoStore) -> None:
    view.open(f"/heads?run={demo_store.gpt2}", run=demo_store.gpt2)
    plot = view.page.locator("#atlas-map .nsewdrag")
    box = plot.bounding_box()
    assert box is not None
    corners = [(1, 1), (box["width"] - 2, 1), (box["width"] - 2, box["height"] - 2), (1, box["height"] - 2), (1, 1)]
    view.page.mouse.move(box["x"] + 1, box["y"] + 1)
    view.page.mouse.down()
    for x, y in corners:
        view.page.mouse.move(box["x"] + x, box["y"] + y, steps=4)
    view.page.mouse.up()
    view.page.get_by_role("link", name="Mark these 8 heads among all").click()
    view.page.wait_for_function("window.attentionviz.state().tinted === 8")
    view.page.get_by_test_id("forget-heads").click()
    view.page.wait_for_function("window.attentionviz.state().tinted === 0")
    assert "only" not in address(view)
