"""One sentence in the real application: its numbers, its links with the scatterplot, the ways to others."""

from __future__ import annotations

import csv
import io
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pytest
from numpy.typing import NDArray
from playwright.sync_api import Locator, expect

from precompute.attention.pairs import PLAIN, SPECIAL
from precompute.numeric import Float32
from precompute.run.run import Run
from precompute.store.store import Store
from tests.browser.app_page import AppPage, open_tab
from tests.browser.conftest import Windows
from tests.conftest import DemoStore
from tests.support.served_app import served_app
from tests.support.small_run import SECOND, small_run

pytestmark = pytest.mark.browser

LEAST_LINE = 0.01
"""Weights below this have no line in the Sentence View."""
TOLERANCE = 1e-5
LINES = "window.attentionviz.state().lines"
CLIPBOARD = {"permissions": ["clipboard-read", "clipboard-write"], "viewport": {"width": 1280, "height": 720}}
"""Of a window whose pages may use the clipboard."""
CLIPBOARD_PIXELS = """async () => {
  const [item] = await navigator.clipboard.read();
  const picture = await createImageBitmap(await item.getType("image/png"));
  const canvas = new OffscreenCanvas(picture.width, picture.height);
  const context = canvas.getContext("2d");
  context.drawImage(picture, 0, 0);
  const { data } = context.getImageData(0, 0, picture.width, picture.height);
  return { width: picture.width, colors: new Set(new Uint32Array(data.buffer)).size };
}"""
SHADES = """(canvas, side) => {
  const {data, width} = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
  const scale = canvas.width / canvas.clientWidth;
  return [...canvas.nextElementSibling.children].map(button => {
    const map = button.firstElementChild;
    const pixel = (start, size, cell) => Math.floor((start + (cell + 0.5) * size / side) * scale);
    return Array.from({length: side * side}, (_, cell) => {
      const x = pixel(map.offsetLeft, map.offsetWidth, cell % side);
      const y = pixel(map.offsetTop, map.offsetHeight, Math.floor(cell / side));
      return data[4 * (y * width + x)];
    });
  });
}"""


@pytest.fixture(scope="module", params=["bert", "gpt2"])
def run(request: pytest.FixtureRequest, demo_store: DemoStore) -> Iterator[Run]:
    with Store(demo_store.directory, read_only=True) as store:
        yield Run(store, store.manifest(getattr(demo_store, request.param)))


@pytest.fixture
def bert(demo_store: DemoStore) -> Iterator[Run]:
    with Store(demo_store.directory, read_only=True) as store:
        yield Run(store, store.manifest(demo_store.bert))


@pytest.fixture(scope="module")
def planted_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Serve a run of grouped queries and one of five thousand sentences."""
    directory = tmp_path_factory.mktemp("planted") / "store"
    with Store(directory) as store:
        small_run(store, seed=0, name="grouped")
        small_run(store, seed=1, name="many", lengths=(2,) * 5000)
    with served_app(directory) as url:
        yield url


@pytest.fixture
def planted(windows: Windows, planted_url: str) -> Iterator[AppPage]:
    with open_tab(windows(), planted_url) as view:
        yield view


def dumped(run: Run, store: Path, to: Path, array: str, **options: int) -> Float32:
    """Read an array with the command line."""
    given = {"--array": array, "--out": to, "--store": store, **{f"--{name}": value for name, value in options.items()}}
    arguments = [str(part) for option in given.items() for part in option]
    command = [sys.executable, "-m", "precompute", "dump", run.manifest.run, *arguments]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    values: Float32 = np.load(to, allow_pickle=False)
    return values


def head_address(run: Run, page: str = "head", /, **state: object) -> str:
    return f"{page}?run={run.manifest.run}&" + "&".join(f"{name}={value}" for name, value in state.items())


def token(view: AppPage, side: str, position: int, panel: str = "sentence-view") -> Locator:
    return view.control(panel).locator(f'.av-token-{side}[data-token="{position}"]')


def assert_drawn(view: AppPage, weights: NDArray[np.floating[Any]]) -> None:
    """Compare the lines of the Sentence View with weights; those at the threshold may be there or not."""
    drawn = view.line_opacities(len(weights))
    expected = np.where(weights >= LEAST_LINE, weights, 0)
    certain = np.abs(weights - LEAST_LINE) > TOLERANCE
    assert np.abs(drawn - expected)[certain].max() < TOLERANCE
    assert np.count_nonzero(drawn) > 0


def without_keys(pattern: Float32, *hidden: int) -> NDArray[np.float64]:
    """Divide by 1 - hidden weight, as in the paper."""
    kept = pattern.astype(np.float64)
    rest = 1 - kept[:, list(hidden)].sum(axis=1, keepdims=True)
    kept[:, list(hidden)] = 0
    shown: NDArray[np.float64] = np.divide(kept, rest, out=np.zeros_like(kept), where=rest > 1e-6)
    return shown


def scatterplot_lines(view: AppPage) -> dict[tuple[int, int], float]:
    return {(line["query"], line["key"]): line["weight"] for line in view.page.evaluate(LINES)}


def test_numbers_after_every_choice_are_those_of_the_formulas(
    view: AppPage, run: Run, demo_store: DemoStore, tmp_path: Path
) -> None:
    layer, head, instance = 1, 2, 3
    place = {"layer": layer, "head": head, "instance": instance}
    pattern = dumped(run, demo_store.directory, tmp_path / "pattern.npy", "pattern", **place)
    norms = dumped(run, demo_store.directory, tmp_path / "norms.npy", "value_norms")
    start, end = run.token_range(instance)
    norms = norms[layer, run.key_head(head), start:end]
    view.open(head_address(run, **place), view="head", layer=layer, head=head)
    assert_drawn(view, pattern)

    token(view, "key", 2).click()
    view.page.mouse.move(0, 0)
    assert_drawn(view, without_keys(pattern, 2))
    lines = scatterplot_lines(view)
    assert lines
    assert start + 2 not in {key for _, key in lines}
    hidden = without_keys(pattern, 2)
    for (query, key), weight in lines.items():
        assert weight == pytest.approx(hidden[query - start, key - start], abs=TOLERANCE)

    token(view, "query", 4).click()
    view.page.mouse.move(0, 0)
    rows = hidden.copy()
    rows[4] = 0
    assert_drawn(view, rows)
    assert start + 4 not in {query for query, _ in scatterplot_lines(view)}

    view.control("reset-sentence").click()
    assert_drawn(view, pattern)

    view.control("value-norm").check()
    weighed = pattern.astype(np.float64) * norms
    weighed /= weighed.sum(axis=1, keepdims=True)
    assert_drawn(view, weighed)
    view.control("reset-sentence").click()
    expect(view.control("value-norm")).not_to_be_checked()

    if run.manifest.model.causal:
        view.control("hide-first").check()
        gone = [0]
    else:
        view.control("hide-cls").check()
        view.control("hide-sep").check()
        gone = [0, end - start - 1]
    rows = without_keys(pattern, *gone)
    rows[gone] = 0
    assert_drawn(view, rows)


def test_a_token_under_the_pointer_shows_its_lines_in_both_pictures(view: AppPage, run: Run) -> None:
    layer, head, instance = 1, 1, 2
    view.open(head_address(run, layer=layer, head=head, instance=instance), view="head")
    start, end = run.token_range(instance)
    pattern = run.pattern(layer, head, instance)
    token(view, "query", 5).hover()
    alone = np.zeros_like(pattern)
    alone[5] = pattern[5]
    assert_drawn(view, alone)
    lines = scatterplot_lines(view)
    assert {query for query, _ in lines} == {start + 5}
    for (_, key), weight in lines.items():
        assert weight == pytest.approx(float(pattern[5, key - start]), abs=TOLERANCE)
    shares = [float(token(view, "key", key).get_attribute("data-share") or 0) for key in range(end - start)]
    assert np.abs(np.array(shares) - pattern[5]).max() <= 0.005 + TOLERANCE
    token(view, "key", 1).hover()
    alone = np.zeros_like(pattern)
    alone[:, 1] = pattern[:, 1]
    assert_drawn(view, alone)
    view.page.mouse.move(0, 0)
    assert_drawn(view, pattern)


def test_a_point_under_the_pointer_shows_its_token_lines(view: AppPage, bert: Run) -> None:
    layer, head, instance = 1, 1, 2
    view.open(head_address(bert, layer=layer, head=head, instance=instance, labels=0, projection="tsne"), view="head")
    start, end = bert.token_range(instance)
    places = view.places(layer, head, bert.n_tokens)
    distances = np.linalg.norm(places[:, None] - places[None], axis=-1)
    np.fill_diagonal(distances, np.inf)
    point = start + int(distances.min(axis=1)[start:end].argmax())
    view.page.mouse.move(*map(float, places[point]))
    focused = view.control("sentence-view").locator(".av-token.is-focused")
    expect(focused).to_have_attribute("data-token", str(point - start))
    expect(focused).to_have_attribute("data-side", "query")
    pattern = bert.pattern(layer, head, instance)
    alone = np.zeros_like(pattern)
    alone[point - start] = pattern[point - start]
    assert_drawn(view, alone)
    assert {query for query, _ in scatterplot_lines(view)} == {point}


def test_lines_are_drawn_on_the_scatterplot_and_can_be_switched_off(view: AppPage, bert: Run) -> None:
    view.open(head_address(bert, layer=0, head=2, instance=2, labels=0), view="head")
    gold = np.array([0xB7, 0x7A, 0x00])

    def golden() -> int:
        return int((np.abs(view.pixels()[:, 300:960] - gold).max(axis=-1) < 40).sum())

    assert golden() > 200
    view.control("attention-lines").uncheck()
    view.address_has(lines="0")
    view.page.wait_for_function(f"{LINES}.length === 0 && window.attentionviz.state().ready")
    assert golden() < 20


def test_the_mean_over_all_sentences_and_its_link(view: AppPage, run: Run) -> None:
    layer, head, instance = 0, 1, 1
    view.open(head_address(run, "instance", layer=layer, head=head, instance=instance), view="instance")
    n = len(run.pattern(layer, head, instance))
    mean = np.zeros((n, n))
    for query, key in np.ndindex(n, n):
        of_all = [run.pattern(layer, head, each) for each in range(run.manifest.inputs.n_instances)]
        mean[query, key] = np.mean([each[query, key] for each in of_all if len(each) > max(query, key)])
    mean /= mean.sum(axis=1, keepdims=True)
    found = view.control("aggregate-view").locator("line")
    drawn = np.zeros((n, n))
    for line in found.evaluate_all(
        "all => all.map(e => [e.dataset.query, e.dataset.key, e.getAttribute('stroke-opacity')])"
    ):
        drawn[int(line[0]), int(line[1])] = float(line[2])
    certain = np.abs(mean - LEAST_LINE) > 1e-4
    assert np.abs(drawn - np.where(mean >= LEAST_LINE, mean, 0))[certain].max() < 1e-4
    token(view, "key", 1).click()
    expect(token(view, "key", 1, "aggregate-view")).to_contain_class("is-hidden")
    token(view, "query", 3, "aggregate-view").hover()
    expect(token(view, "query", 3)).to_contain_class("is-focused")
    view.control("aggregate-toggle").click()
    expect(token(view, "query", 0, "aggregate-view")).to_be_hidden()


@pytest.mark.parametrize("part", ["sentence-view", "aggregate-view"])
def test_the_wheel_scrolls_the_page_over_a_graph_that_fits(view: AppPage, bert: Run, part: str) -> None:
    view.page.set_viewport_size({"width": 820, "height": 1100})
    view.open(head_address(bert, "instance", layer=0, head=2, instance=5), view="instance")
    graph = view.control(part).locator(".av-graph-window")
    graph.scroll_into_view_if_needed()
    assert graph.evaluate("graph => graph.scrollHeight <= graph.clientHeight"), "nothing to scroll inside"
    graph.hover()
    up = "() => document.querySelector('.av-body').scrollTop"
    before = view.page.evaluate(up)
    view.page.mouse.wheel(0, -120 if before > 0 else 120)
    view.page.wait_for_function("before => document.querySelector('.av-body').scrollTop !== before", arg=before)


def test_heads_that_share_keys_say_which(planted: AppPage) -> None:
    planted.open("instance?layer=1&head=3&instance=2&run=tiny-words-000000000000", view="instance")
    expect(planted.control("sentence-view")).to_contain_text("Layer 1 Head 3 · key group 1")
    planted.control("left").click()
    planted.control("left").click()
    planted.shows(head=1)
    expect(planted.control("sentence-view")).to_contain_text("Layer 1 Head 1 · key group 0")


def test_the_list_finds_a_sentence_by_its_words(view: AppPage, bert: Run) -> None:
    view.open(head_address(bert, layer=0, head=2), view="head", selection=None)
    view.control("all-instances").click()
    rows = view.control("instance-list").get_by_test_id("instance-row")
    expect(rows).to_have_count(12)
    sentence = rows.first.locator(".av-instance-text").bounding_box()
    assert sentence
    assert sentence["width"] > 300, "the sentence has most of the row, without columns in the file too"
    view.page.keyboard.type("BANK loan")
    expect(view.control("instance-count")).to_have_text("1 of 12")
    expected = [i for i, text in enumerate(bert.tokens.instances) if "bank" in text.lower() and "loan" in text.lower()]
    view.page.keyboard.press("Enter")
    view.shows(view="head", layer=0, head=2, selection={"instance": expected[0], "token": None, "side": "query"})
    expect(view.page.locator("#instance-text")).to_have_text(bert.tokens.instances[expected[0]])
    view.control("sentence-list").click()
    expect(rows).to_have_attribute("aria-current", "true")
    view.page.keyboard.press("Escape")
    expect(view.control("instance-list")).to_be_hidden()
    assert view.state()["selection"]["instance"] == expected[0]


def test_the_list_sorts_and_opens_by_a_click(view: AppPage, bert: Run) -> None:
    view.open(head_address(bert, "instance", layer=0, head=2, instance=5), view="instance")
    view.control("sentence-list").click()
    listed = view.control("instance-list")
    rows = listed.get_by_test_id("instance-row")
    expect(listed.locator("[aria-current=true] .av-instance-text")).to_have_text(bert.tokens.instances[5])
    lengths = np.diff(bert.offsets)
    heading = listed.get_by_role("button", name="Tokens")
    heading.click()
    heading.click()
    longest = int(lengths.argmax())
    expect(rows.first).to_contain_text(bert.tokens.instances[longest])
    assert [int(n) for n in listed.locator(".av-rows .av-instance-number:nth-child(3)").all_text_contents()] == sorted(
        map(int, lengths), reverse=True
    )
    rows.first.click()
    view.shows(view="instance", selection={"instance": longest, "token": None, "side": "query"})
    view.address_has(instance=str(longest))


def test_five_thousand_sentences_are_listed_but_not_all_drawn(planted: AppPage) -> None:
    planted.open("instance?layer=0&head=0&instance=4321&run=tiny-words-000000000001", view="instance")
    planted.control("sentence-list").click()
    rows = planted.control("instance-list").get_by_test_id("instance-row")
    expect(planted.control("instance-count")).to_have_text("5000 in all")
    expect(planted.control("instance-list").locator("[aria-current=true]")).to_contain_text("4322")
    assert rows.count() < 60
    planted.page.keyboard.press("ArrowDown")
    planted.page.keyboard.press("Enter")
    planted.shows(selection={"instance": 4322, "token": None, "side": "query"})
    planted.control("sentence-list").click()
    planted.page.keyboard.type("w77 ")
    expect(planted.control("instance-count")).to_contain_text("of 5000")
    typed = planted.page.evaluate(
        """async () => {
          const input = document.querySelector('[data-testid=instance-search]');
          const start = performance.now();
          input.value = 'w99';
          input.dispatchEvent(new Event('input'));
          return performance.now() - start;
        }"""
    )
    assert typed < 250


def test_previous_and_next_end_where_the_sentences_end(view: AppPage, bert: Run) -> None:
    view.open(head_address(bert, "instance", layer=0, head=2, instance=0), view="instance")
    expect(view.control("previous-instance")).to_be_disabled()
    view.control("next-instance").click()
    view.shows(selection={"instance": 1, "token": None, "side": "query"})
    expect(view.control("previous-instance")).to_be_enabled()
    view.open(head_address(bert, "instance", layer=0, head=2, instance=11), view="instance")
    expect(view.control("next-instance")).to_be_disabled()


def test_all_heads_of_the_layer_are_shown_and_one_click_opens_one(view: AppPage, run: Run) -> None:
    instance = 4
    view.open(head_address(run, "instance", layer=0, head=2, instance=instance, token=1), view="instance")
    heads = view.control("head-sheet").get_by_test_id("sheet-head")
    expect(heads).to_have_count(run.manifest.model.n_heads)
    canvas = view.control("head-sheet").locator("canvas")
    length = len(run.pattern(0, 0, instance))
    for head, drawn in enumerate(canvas.evaluate(SHADES, length)):
        darkness = np.sqrt(run.pattern(0, head, instance)).ravel()
        visible = np.tri(length, dtype=bool).ravel() if run.manifest.model.causal else np.ones(length**2, bool)
        assert np.corrcoef(darkness[visible], -np.array(drawn)[visible])[0, 1] > 0.95
    heads.nth(3).click()
    selection = {"instance": instance, "token": 1, "side": "query"}
    view.shows(view="instance", layer=0, head=3, selection=selection)
    expect(heads.nth(3)).to_have_attribute("aria-current", "true")
    assert_drawn(view, run.pattern(0, 3, instance))
    view.control("down").click()
    view.shows(view="instance", layer=1, head=3, selection=selection)
    expect(view.control("head-sheet")).to_contain_text("All heads of layer 1")
    assert_drawn(view, run.pattern(1, 3, instance))


def test_the_strongest_pairs_of_a_head_each_open_an_example(view: AppPage, run: Run) -> None:
    layer, head = 0, 2
    places, weights = (run.array(name)[layer, head] for name in ("strongest_pairs", "strongest_pair_weights"))
    view.open(head_address(run, layer=layer, head=head), view="head", selection=None)
    expect(view.control("strongest-pairs")).to_be_hidden()
    view.control("open-pairs").click()
    view.address_has(pairs="1")
    view.page.reload()
    pairs = view.page.get_by_test_id("pair")
    expect(pairs).to_have_count(int((places[PLAIN][:, 2] > 0).sum()))
    view.page.keyboard.press("Escape")
    expect(view.control("strongest-pairs")).to_be_hidden()
    view.shows(view="head", layer=layer, head=head)
    view.page.go_back()
    expect(view.control("strongest-pairs")).to_be_visible()
    view.page.go_back()
    expect(view.control("strongest-pairs")).to_be_hidden()
    view.page.go_forward()
    query, key, count = map(int, places[PLAIN][0])
    texts = [run.tokens.texts[each].strip() for each in (query, key)]
    assert pairs.first.locator("bdi").all_text_contents() == texts
    expect(pairs.first).to_contain_text(f"{weights[PLAIN][0, 0]:.2f}")
    expect(pairs.first).to_contain_text(f"{count}×")
    pairs.first.click()
    instance = int(np.searchsorted(run.offsets, query, side="right")) - 1
    start, _ = run.token_range(instance)
    view.shows(view="head", selection={"instance": instance, "token": query - start, "side": "query"})
    expect(token(view, "query", query - start)).to_contain_class("is-pinned")
    pattern = run.pattern(layer, head, instance)
    assert pattern[query - start, key - start] == pytest.approx(float(weights[PLAIN][0, 1]), abs=TOLERANCE)
    alone = np.zeros_like(pattern)
    alone[query - start] = pattern[query - start]
    assert_drawn(view, alone)


def test_pairs_with_special_tokens_are_a_switch(view: AppPage, bert: Run) -> None:
    layer, head = 1, 1
    places = bert.array("strongest_pairs")[layer, head]
    view.open(head_address(bert, "instance", layer=layer, head=head, instance=0), view="instance")
    pairs = view.page.get_by_test_id("pair")
    assert "[CLS]" not in " ".join(pairs.all_text_contents())
    view.control("pairs-special").check()
    expect(pairs).to_have_count(int((places[[PLAIN, SPECIAL], :, 2] > 0).sum()))
    assert "[CLS]" in pairs.first.inner_text()


def test_without_sinks_heads_move_to_their_second_layout(planted: AppPage, tmp_path: Path) -> None:
    """Points on the page are at the coordinates of the layout, scaled: all heads, then one."""
    with Store(tmp_path / "store") as store:
        run = Run(store, small_run(store).manifest)
        rest = ~run.sinks
        n = run.n_tokens

        def shows(head: tuple[int, int], *, without_sinks: bool) -> bool:
            coords = run.coords("tsne", 2, *head, without_sinks=without_sinks)[:, rest].reshape(-1, 2)
            places = planted.places(*head, n).reshape(2, n, 2)[:, rest].reshape(-1, 2)
            (right, up) = (np.corrcoef(places[:, axis], coords[:, axis])[0, 1] for axis in (0, 1))
            return bool(right > 0.999 and up < -0.999)

        address = f"?run={run.manifest.run}&projection=tsne&dims=2"
        planted.open(address, view="matrix")
        assert all(shows(head, without_sinks=False) for head in (*SECOND, (0, 0)))
        planted.control("sinks").check()
        planted.shows(pointsPerHead=2 * int(rest.sum()))
        assert all(shows(head, without_sinks=True) for head in (*SECOND, (0, 0)))
        assert not any(shows(head, without_sinks=False) for head in SECOND)
        planted.open(f"head{address}&layer=1&head=3&no_sinks=1", view="head")
        assert shows((1, 3), without_sinks=True)
        planted.control("sinks").uncheck()
        planted.shows(pointsPerHead=2 * n)
        assert shows((1, 3), without_sinks=False)


def test_without_sinks_all_heads_and_the_strongest_pairs_show_what_is_left(view: AppPage, bert: Run) -> None:
    layer, head, instance = 2, 7, 3
    address = head_address(bert, "instance", layer=layer, head=head, instance=instance)
    view.open(address, view="instance")
    heads = view.control("head-sheet").get_by_test_id("sheet-head")
    expect(heads.nth(head)).to_have_text(f"Head {head}")
    view.open(f"{address}&no_sinks=1", view="instance")
    start, stop = bert.token_range(instance)
    sinks = bert.sinks[start:stop]
    canvas = view.control("head-sheet").locator("canvas")
    for each, drawn in enumerate(canvas.evaluate(SHADES, stop - start)):
        pattern = bert.pattern(layer, each, instance)
        expect(heads.nth(each)).to_contain_text(re.compile(r"\d %|\d\.\d %"))
        said = float(heads.nth(each).inner_text().split("\n")[-1].removesuffix("% hidden"))
        assert said == pytest.approx(100 * pattern[~sinks][:, sinks].sum(axis=1).mean(), abs=0.6)
        kept = np.where(sinks[None, :] | sinks[:, None], 0, pattern)
        darkness = np.sqrt(kept / np.maximum(kept.sum(axis=1, keepdims=True), 1e-9)).ravel()
        assert np.corrcoef(darkness, -np.array(drawn))[0, 1] > 0.95
    places = bert.array("strongest_pairs_without_sinks")[layer, head, PLAIN]
    weights = bert.array("strongest_pair_weights_without_sinks")[layer, head, PLAIN]
    pairs = view.page.get_by_test_id("pair")
    expect(pairs).to_have_count(int((places[:, 2] > 0).sum()))
    expect(view.control("pairs-special")).to_be_hidden()
    expect(pairs.first).to_contain_text(f"{weights[0, 0]:.2f}")
    query, key, _ = map(int, places[0])
    own = int(np.searchsorted(bert.offsets, query, side="right")) - 1
    first, last = bert.token_range(own)
    row = bert.pattern(layer, head, own)[query - first]
    left = row[~bert.sinks[first:last]].sum()
    assert weights[0, 1] == pytest.approx(float(row[key - first] / left), abs=TOLERANCE)


def test_a_head_without_special_tokens_offers_no_switch(view: AppPage, demo_store: DemoStore) -> None:
    view.open(f"instance?run={demo_store.gpt2}&layer=1&head=1&instance=0", view="instance")
    expect(view.page.get_by_test_id("pair").first).to_be_visible()
    expect(view.control("pairs-special")).to_be_hidden()


@pytest.mark.parametrize("width", [390, 820, 1440])
def test_the_page_of_a_sentence_needs_no_sideways_scroll(view: AppPage, bert: Run, width: int) -> None:
    view.page.set_viewport_size({"width": width, "height": 844})
    view.open(head_address(bert, "instance", layer=1, head=1, instance=3), view="instance")
    for part in ("sentence-view", "aggregate-view", "head-sheet", "strongest-pairs"):
        box = view.page.locator(f"#{part}").bounding_box()
        assert box is not None
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= width
    assert view.page.get_by_role("heading", name="Sentence 4 of 12").count() == 1


def test_what_is_shown_is_copied_as_text_and_picture(windows: Windows, app_url: str, bert: Run) -> None:
    with open_tab(windows(**CLIPBOARD), app_url) as view:
        view.open(head_address(bert, layer=1, head=2, instance=3, token=1), view="head")
        start, end = bert.token_range(3)
        view.control("sentence-export").locator("summary").click()
        read_text = "navigator.clipboard.readText()"
        view.control("sentence-copy-csv").click()
        expect(view.control("sentence-export")).to_contain_text("CSV copied.")
        rows = list(csv.DictReader(io.StringIO(view.page.evaluate(read_text))))
        copied = np.zeros((end - start, end - start), np.float32)
        for row in rows:
            copied[int(row["query_position"]), int(row["key_position"])] = float(row["weight"])
        assert np.abs(copied - bert.pattern(1, 2, 3)).max() < TOLERANCE
        view.control("sentence-copy-svg").click()
        expect(view.control("sentence-export")).to_contain_text("SVG copied.")
        svg = ElementTree.fromstring(view.page.evaluate(read_text))  # noqa: S314 - our own drawing
        assert svg.tag.endswith("}svg")
        assert {text.strip() for text in svg.itertext()} >= {text.strip() for text in bert.tokens.texts[start:end]}
        view.control("sentence-copy-png").click()
        expect(view.control("sentence-export")).to_contain_text("PNG copied.")
        pixels = view.page.evaluate(CLIPBOARD_PIXELS)
        assert pixels["width"] > 300
        assert pixels["colors"] > 10


def test_picked_points_are_copied_as_a_table(windows: Windows, app_url: str, bert: Run) -> None:
    with open_tab(windows(**CLIPBOARD), app_url) as view:
        view.open(head_address(bert, layer=1, head=2), view="head")
        box = view.page.locator("#stage").bounding_box()
        assert box
        right, bottom = box["x"] + box["width"], box["y"] + box["height"]
        view.page.keyboard.down("Shift")
        view.page.mouse.move(box["x"] + 4, box["y"] + 4)
        view.page.mouse.down()
        view.page.mouse.move(right - 4, bottom - 4, steps=3)
        view.page.mouse.up()
        view.page.keyboard.up("Shift")
        view.shows(highlighted=2 * bert.n_tokens)
        view.page.locator("[data-action=copy-lasso]").click()
        view.page.wait_for_function("navigator.clipboard.readText().then((text) => text.startsWith('token,side'))")
        rows = list(csv.DictReader(io.StringIO(view.page.evaluate("navigator.clipboard.readText()"))))
        sides = Counter(row["side"] for row in rows)
        assert sides == {"query": bert.n_tokens, "key": bert.n_tokens}
