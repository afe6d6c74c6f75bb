"""From what heads are found to do to their pictures: tints, cards, numbers, the map."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from playwright.sync_api import expect

from precompute.run.catalog import Catalog
from precompute.run.group_attention import group_attention
from precompute.run.metrics_csv import csv_text, metric_names, metric_rows
from precompute.run.run import Run
from precompute.store.store import Store
from tests.browser.app_page import AppPage, open_tab
from tests.browser.conftest import Windows
from tests.conftest import DemoStore

pytestmark = pytest.mark.browser

N_GPT2_HEADS = 8


def previous_token_scores(demo_store: DemoStore) -> list[tuple[float, int]]:
    with Store(demo_store.directory, read_only=True) as store:
        values = Catalog(store).open(demo_store.bert).metric("previous_token").ravel()
        return sorted(((float(value), head) for head, value in enumerate(values)), reverse=True)


def test_heads_are_tinted_sorted_and_filtered_by_a_metric_and_the_link_keeps_it(
    view: AppPage, demo_store: DemoStore
) -> None:
    view.open("/", run=demo_store.bert, nHeads=72)
    expect(view.control("strongest")).to_be_disabled()
    view.control("tint").select_option("previous_token")
    view.shows(tinted=72, nHeads=72, order=None)
    expect(view.control("tint-legend")).to_contain_text("token before")
    view.control("strongest").select_option("12")
    ranked = previous_token_scores(demo_store)
    state = view.shows(nHeads=12, order=[head for _, head in ranked[:12]])
    assert state["drawnPoints"] == 12 * state["pointsPerHead"]
    expect(view.control("head-choice")).to_have_text("12 of 72 heads, strongest first by “Previous token”")
    headings = view.page.locator(".av-headings > span")
    assert headings.all_text_contents() == [f"L{head // 12} H{head % 12} · {value:.2f}" for value, head in ranked[:12]]
    view.address_has(tint="previous_token", strongest="12")
    view.page.reload()
    view.shows(nHeads=12)
    expect(view.control("tint")).to_have_value("previous_token")
    expect(view.control("strongest")).to_have_value("12")
    _assert_drawn_in_cells(view, [head for _, head in ranked[:12]])
    view.page.get_by_test_id("dims-3").click()
    view.shows(dims=3, nHeads=12)
    _assert_drawn_in_cells(view, [head for _, head in ranked[:12]])
    fourth = ranked[3][1]
    x, y = view.places(fourth // 12, fourth % 12, 40).mean(axis=0)
    view.page.mouse.click(float(x), float(y))
    view.shows(view="head", layer=fourth // 12, head=fourth % 12)
    view.page.get_by_test_id("view-all").click()
    view.shows(view="matrix", nHeads=12)
    view.control("all-heads").click()
    view.shows(nHeads=72, tinted=72, order=None)
    view.address_has(strongest=None, tint="previous_token")
    view.control("tint").select_option("none")
    view.shows(tinted=0)


def _assert_drawn_in_cells(view: AppPage, heads: list[int]) -> None:
    """Find the points of the heads on the screen, each below its heading; headings follow each other row by row."""
    pixels = view.pixels()
    ground = pixels[-6, -6]
    headings = view.page.locator(".av-headings > span").evaluate_all(
        "all => all.map(each => each.getBoundingClientRect()).map(({x, y, width}) => [Math.round(y), x + width / 2])"
    )
    assert headings == sorted(headings)
    side = headings[1][1] - headings[0][1]
    for head, (top, middle) in zip(heads, headings, strict=True):
        places = view.places(head // 12, head % 12, 60)
        around = [pixels[int(y) - 2 : int(y) + 3, int(x) - 2 : int(x) + 3] for x, y in places]
        assert np.mean([np.abs(each - ground).max() > 40 for each in around]) > 0.9
        assert (np.abs(places[:, 0] - middle) < side / 2).all()
        assert ((places[:, 1] > top) & (places[:, 1] < top + side + 24)).all()


def test_a_chip_opens_the_previous_token_head_with_an_example(view: AppPage, demo_store: DemoStore) -> None:
    projection = view.open("/", run=demo_store.bert)["projection"]
    chip = view.page.get_by_test_id("finding").filter(has_text="Previous token")
    chip.get_by_role("link", name="L0 H2").click()
    view.shows(view="head")
    state = view.state()
    assert (state["layer"], state["head"], state["color"]) == (0, 2, "position")
    assert (state["projection"], state["dims"]) == (projection, 2)
    assert state["selection"] is not None
    expect(view.page.get_by_test_id("sentence-view")).to_be_visible()
    view.page.go_back()
    view.shows(view="matrix")


def test_an_induction_chip_selects_a_token_that_comes_again(view: AppPage, demo_store: DemoStore) -> None:
    view.open(f"/?run={demo_store.gpt2}", run=demo_store.gpt2)
    chip = view.page.get_by_test_id("finding").filter(has_text="Induction")
    chip.get_by_role("link", name="Induction").click()
    view.shows(view="head")
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


def test_chips_are_one_line_and_explain_themselves(windows: Windows, app_url: str, demo_store: DemoStore) -> None:
    with open_tab(windows(viewport={"width": 1280, "height": 720}), app_url) as view:
        view.open("/", run=demo_store.bert)
        chips = view.page.get_by_test_id("finding")
        boxes = [box for each in chips.all() if (box := each.bounding_box())]
        assert len(boxes) > 3
        assert len({box["y"] for box in boxes}) == 1, "one line"
        assert max(box["x"] + box["width"] for box in boxes) <= 1280
        assert max(box["height"] for box in boxes) < 60
        chips.filter(has_text="First token").hover()
        expect(view.control("info-tip")).to_contain_text("Attention rests on the first token")
        expect(view.control("key")).to_contain_text("Each square is one attention head")


def test_all_heads_of_a_finding_open_strongest_first(view: AppPage, demo_store: DemoStore) -> None:
    view.open("/", run=demo_store.bert)
    chip = view.page.get_by_test_id("finding").filter(has_text="First token")
    more = chip.get_by_role("link", name="more")
    count = int(more.inner_text().split()[1]) + 1
    more.click()
    state = view.shows(view="matrix", nHeads=count)
    assert (state["tinted"], len(state["order"])) == (72, count)
    expect(view.control("head-choice")).to_have_text(f"{count} of 72 heads, selected, strongest first by “CLS or BOS”")


def test_a_row_of_the_table_opens_its_head(view: AppPage, demo_store: DemoStore) -> None:
    view.open("/heads", run=demo_store.bert)
    table = view.page.get_by_test_id("heads-table")
    heading = table.get_by_role("columnheader", name="Previous token", exact=True)
    heading.click()
    first = table.locator("[row-index='0']")
    expect(first.get_by_role("link")).to_have_text("L0 H2")
    first.locator("[col-id='previous_token']").click()
    view.shows(view="head")
    assert (view.state()["layer"], view.state()["head"]) == (0, 2)
    expect(view.page.get_by_test_id("head-panel")).to_contain_text("Previous token 1.00")
    expect(view.page.locator("#offset-figure .bars .point").first).to_be_attached()


def test_the_table_shows_the_heads_that_reach_a_number(view: AppPage, demo_store: DemoStore) -> None:
    reached = [head for score, head in previous_token_scores(demo_store) if score >= 0.2]
    assert 1 < len(reached) < 36
    view.open("/heads", run=demo_store.bert)
    table = view.page.get_by_test_id("heads-table")
    table.get_by_role("spinbutton", name="Previous token Filter Input", exact=True).fill("0.2")
    rows = table.locator(".ag-center-cols-container [role=row]")
    expect(rows).to_have_count(len(reached))
    assert {row.get_attribute("row-id") for row in rows.all()} == {f"{head // 12}.{head % 12}" for head in reached}


def test_the_table_is_saved_as_the_command_line_writes_it(view: AppPage, demo_store: DemoStore, tmp_path: Path) -> None:
    view.open("/heads", run=demo_store.bert)
    table = view.page.get_by_test_id("heads-table")
    table.get_by_role("spinbutton", name="Previous token Filter Input", exact=True).fill("0.2")
    reached = [head for score, head in previous_token_scores(demo_store) if score >= 0.2]
    expect(table.locator(".ag-center-cols-container [role=row]")).to_have_count(len(reached))
    heading = table.get_by_role("columnheader", name="Previous token", exact=True)
    heading.click()
    expect(heading).to_have_attribute("aria-sort", "descending")
    with view.page.expect_download() as download:
        view.page.get_by_test_id("heads-csv").click()
    download.value.save_as(tmp_path / "heads.csv")
    with Store(demo_store.directory, read_only=True) as store:
        run = Catalog(store).open(demo_store.bert)
        rows = metric_rows(run)
        expected = csv_text(metric_names(run), [rows[head] for head in reached])
    assert (tmp_path / "heads.csv").read_bytes() == expected.encode()


def test_the_map_is_colored_by_a_metric_and_a_click_on_a_head_opens_it(view: AppPage, demo_store: DemoStore) -> None:
    view.open(f"/heads?run={demo_store.gpt2}", run=demo_store.gpt2)
    points = view.page.locator("#atlas-map .scatterlayer .point")
    expect(points).to_have_count(N_GPT2_HEADS)
    fills = "all => all.map(each => each.style.fill)"
    by_layer = points.evaluate_all(fills)
    assert len(set(by_layer[:4])) == len(set(by_layer[4:])) == 1
    assert by_layer[0] != by_layer[-1]
    view.page.locator("#atlas-color").select_option("probe.induction")
    expect(view.page.locator("#atlas-map .cbtitle")).to_contain_text("nduction")
    with Store(demo_store.directory, read_only=True) as store:
        scores = Catalog(store).open(demo_store.gpt2).metric("probe.induction").ravel()
    by_score = points.evaluate_all(fills)
    assert len(set(by_score)) > 2
    strongest = int(scores.argmax())
    box = points.nth(strongest).bounding_box()
    assert box is not None
    view.page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    view.page.mouse.down()
    view.page.mouse.up()
    view.shows(view="head", layer=strongest // 4, head=strongest % 4)


def test_the_map_marks_heads_drawn_around_and_shows_only_those(view: AppPage, demo_store: DemoStore) -> None:
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
    view.page.get_by_role("link", name=f"Show {N_GPT2_HEADS} heads").click()
    view.shows(view="matrix", order=list(range(N_GPT2_HEADS)))
    view.control("all-heads").click()
    view.shows(order=None)
    view.address_has(only=None)
    view.open(f"/?run={demo_store.gpt2}&only=1.0_0.1", run=demo_store.gpt2, nHeads=2, order=[1, 4])
    expect(view.page.locator(".av-headings > span")).to_have_text(["L0 H1", "L1 H0"])


def test_groups_of_points_are_measured_in_every_head(view: AppPage, demo_store: DemoStore) -> None:
    view.open(f"/head?run={demo_store.bert}&layer=0&head=2&search=the&labels=0", view="head")
    view.control("groups").click()
    expect(view.control("group-a")).to_have_text("empty")
    view.control("hits-to-a").click()
    with Store(demo_store.directory, read_only=True) as store:
        run = Catalog(store).open(demo_store.bert)
        hits = np.array(run.tokens.texts) == "the"
        numbers = view.control("group-numbers")
        expect(view.control("group-a")).to_have_text(f"{hits.sum()} queries, {hits.sum()} keys")
        expect(numbers).to_contain_text(_shares(run, (0, 2), hits, hits))
        stage = view.control("single-canvas").bounding_box()
        assert stage is not None
        left, top = stage["x"] + 0.1 * stage["width"], stage["y"] + 0.1 * stage["height"]
        right, bottom = left + 0.5 * stage["width"], top + 0.5 * stage["height"]
        view.page.keyboard.down("Shift")
        view.page.mouse.move(left, top)
        view.page.mouse.down()
        view.page.mouse.move(right, bottom)
        view.page.mouse.up()
        view.page.keyboard.up("Shift")
        view.control("picked-to-b").click()
        places = view.places(0, 2, run.n_tokens)
        sides = ((places >= (left, top)) & (places <= (left + 0.5 * stage["width"], top + 0.5 * stage["height"]))).all(
            1
        )
        queries, keys = sides[: run.n_tokens], sides[run.n_tokens :]
        expect(view.control("group-b")).to_have_text(f"{queries.sum()} queries, {keys.sum()} keys")
        expect(numbers).to_contain_text(_shares(run, (0, 2), hits, keys))
        expect(numbers).to_contain_text(_shares(run, (0, 2), queries, hits))
        view.control("right").click()
        view.shows(layer=0, head=3, highlighted=int((hits | queries).sum() + (hits | keys).sum()))
        expect(numbers).to_contain_text(_shares(run, (0, 3), hits, keys))
        expect(numbers).to_contain_text(_shares(run, (0, 3), queries, hits))
    view.control("close-lasso").click()
    expect(view.control("lasso")).to_be_hidden()
    expect(numbers).to_be_empty()


def _shares(run: Run, head: tuple[int, int], queries: NDArray[np.bool_], keys: NDArray[np.bool_]) -> str:
    measured = group_attention(run, *head, queries, keys)
    return f"{measured.observed:.1%}{measured.chance:.1%}{measured.ratio:.1f} ×"


def test_sinks_are_taken_out_of_points_sentences_lines_and_numbers(view: AppPage, demo_store: DemoStore) -> None:
    with Store(demo_store.directory, read_only=True) as store:
        run = Catalog(store).open(demo_store.bert)
        n_sinks = int(run.sinks.sum())
        share = float(run.metric("sink_share")[2, 7])
        start, stop = run.token_range(3)
        pattern, taken = run.pattern(2, 7, 3), run.sinks[start:stop]
    state = view.open(f"/?run={demo_store.bert}&tint=previous_token", view="matrix")
    points = state["pointsPerHead"]
    expect(view.control("sinks-group")).to_contain_text("Without special tokens")
    view.control("sinks").check()
    view.shows(pointsPerHead=points - 2 * n_sinks, drawnPoints=72 * (points - 2 * n_sinks))
    view.address_has(no_sinks="1")
    address = f"/head?run={demo_store.bert}&layer=2&head=7&labels=0&projection=pca&no_sinks=1"
    view.open(address, pointsPerHead=points - 2 * n_sinks)
    expect(view.control("removed-share")).to_contain_text(f"{share:.0%} of its attention went to special tokens")
    sinks = np.flatnonzero(run.sinks)
    others = np.flatnonzero(~run.sinks)
    places = view.places(2, 7, run.n_tokens)[: run.n_tokens]
    apart = [i for i in sinks if np.abs(places[others] - places[i]).max(axis=1).min() > 12]
    assert len(apart) > 5
    pixels = view.pixels()
    ground = pixels[-6, int(places[:, 0].min()) - 6]
    for i in apart:
        x, y = places[i].astype(int)
        around = pixels[y - 1 : y + 2, x - 1 : x + 2]
        assert np.abs(around - ground).max() < 12
    view.open(address + "&instance=3", selection={"instance": 3, "token": None, "side": "query"})
    kept = np.where(taken[None, :] | taken[:, None], 0, pattern)
    expected = kept / np.maximum(kept.sum(axis=1, keepdims=True), 1e-9)
    drawn = view.line_opacities(stop - start)
    np.testing.assert_allclose(drawn, np.where(expected >= 0.01, expected, 0), atol=0.005)
    removed = float(pattern[~taken][:, taken].sum(axis=1).mean())
    expect(view.control("sentence-removed")).to_contain_text(f"{100 * removed:.0f} % of the attention")
    view.control("reset-sentence").click()
    assert view.line_opacities(stop - start)[0].sum() == 0
    view.control("sinks").uncheck()
    view.shows(pointsPerHead=points)
    expect(view.control("sentence-removed")).to_be_hidden()
    assert view.line_opacities(stop - start)[1, 0] == pytest.approx(float(pattern[1, 0]), abs=0.005)
