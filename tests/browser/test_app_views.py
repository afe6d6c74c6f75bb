"""From all heads to one head to one sentence: what the application draws is what the store holds."""

from __future__ import annotations

import csv
import itertools
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import expect

from precompute.numeric import Float32
from precompute.run.run import Run
from precompute.store.store import Store
from tests.browser.app_page import AppPage
from tests.conftest import DemoStore

pytestmark = pytest.mark.browser

CONTRAST = """element => {
  const luminance = color => {
    const [r, g, b] = color.match(/[0-9.]+/g).slice(0, 3).map(Number).map(value => {
      const share = value / 255;
      return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const [high, low] = [getComputedStyle(element).color, getComputedStyle(document.body).backgroundColor]
    .map(luminance).sort((a, b) => b - a);
  return (high + 0.05) / (low + 0.05);
}"""
"""Contrast of an element's text with the page, 1 to 21 (WCAG 2.2, section 1.4.3)."""

COLORFUL = 60
"""Least difference of a pixel's channels: text and frames are gray, points are not."""
LEAST_LINE = 0.01
"""Weights below this have no line in the Sentence View."""


@pytest.fixture(scope="module", params=["bert", "gpt2"])
def run(request: pytest.FixtureRequest, demo_store: DemoStore) -> Iterator[Run]:
    with Store(demo_store.directory, read_only=True) as store:
        yield Run(store, store.manifest(getattr(demo_store, request.param)))


def dumped_pattern(run: Run, store: Path, to: Path, layer: int, head: int, instance: int) -> Float32:
    """Read a pattern with the command line."""
    options = {"--array": "pattern", "--layer": layer, "--head": head, "--instance": instance}
    arguments = [str(part) for option in {**options, "--out": to, "--store": store}.items() for part in option]
    command = [sys.executable, "-m", "precompute", "dump", run.manifest.run, *arguments]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    pattern: Float32 = np.load(to, allow_pickle=False)
    return pattern


def loneliest(places: Float32) -> int:
    """Find the point whose nearest neighbor is farthest away."""
    distances = np.linalg.norm(places[:, None] - places[None], axis=-1)
    np.fill_diagonal(distances, np.inf)
    return int(distances.min(axis=1).argmax())


def test_all_heads_of_bert_open_by_themselves(view: AppPage, demo_store: DemoStore) -> None:
    state = view.open(view="matrix", run=demo_store.bert)
    store = Store(demo_store.directory, read_only=True)
    n_tokens = store.manifest(demo_store.bert).inputs.n_tokens
    store.close()
    assert (state["nHeads"], state["pointsPerHead"]) == (72, 2 * n_tokens)
    assert state["drawnPoints"] == 72 * 2 * n_tokens
    assert (state["layer"], state["head"], state["selection"], state["highlighted"]) == (None, None, None, 0)


def test_every_cell_has_green_queries_and_pink_keys(view: AppPage, run: Run) -> None:
    view.open(f"?run={run.manifest.run}&projection=pca", run=run.manifest.run, view="matrix")
    expect(view.control("matrix-canvas")).to_be_visible()
    image = view.pixels()
    red, green, _ = np.moveaxis(image, -1, 0)
    colorful = np.ptp(image, axis=-1) >= COLORFUL
    model = run.manifest.model
    for layer, head in itertools.product(range(model.n_layers), range(model.n_heads)):
        places = view.places(layer, head, run.n_tokens)
        (left, top), (right, bottom) = np.floor(places.min(axis=0)).astype(int), np.ceil(places.max(axis=0)).astype(int)
        cell = np.s_[top : bottom + 1, left : right + 1]
        assert (colorful & (green > red))[cell].sum() >= 5
        assert (colorful & (red > green))[cell].sum() >= 5


def test_the_pointer_names_a_head_and_a_click_opens_it(view: AppPage, run: Run) -> None:
    layer, head = run.manifest.model.n_layers - 1, 2
    view.open(f"?run={run.manifest.run}", run=run.manifest.run)
    x, y = map(float, view.places(layer, head, run.n_tokens).mean(axis=0))
    view.page.mouse.move(x, y)
    expect(view.page.get_by_role("tooltip").first).to_contain_text(f"Layer {layer} Head {head}")
    view.page.mouse.click(x, y)
    state = view.shows(view="head", layer=layer, head=head)
    assert (state["nHeads"], state["drawnPoints"]) == (
        run.manifest.model.n_layers * run.manifest.model.n_heads,
        2 * run.n_tokens,
    )
    assert view.path == "/head"
    assert (view.query["layer"], view.query["head"]) == (str(layer), str(head))
    expect(view.page.get_by_role("heading", name=f"Layer {layer} Head {head}")).to_be_visible()


def test_points_of_a_head_lie_where_the_coordinates_say(view: AppPage, run: Run) -> None:
    view.open(f"head?run={run.manifest.run}&projection=tsne&layer=1&head=3", projection="tsne", layer=1, head=3)
    places = view.places(1, 3, run.n_tokens).astype(np.float64)
    coords = run.coords("tsne", 2, 1, 3).reshape(-1, 2).astype(np.float64)
    places -= places.mean(axis=0)
    coords -= coords.mean(axis=0)
    scales = (places * coords).sum(axis=0) / (coords**2).sum(axis=0)
    assert abs(scales[0]) == pytest.approx(abs(scales[1]), rel=1e-2)
    assert np.abs(places - coords * scales).max() < 0.5


def test_a_click_on_a_point_shows_the_attention_of_its_sentence(
    view: AppPage, run: Run, demo_store: DemoStore, tmp_path: Path
) -> None:
    layer, head = 1, 1
    view.open(f"head?run={run.manifest.run}&layer={layer}&head={head}", view="head", layer=layer, head=head)
    places = view.places(layer, head, run.n_tokens)
    point = loneliest(places)
    token, side = point % run.n_tokens, "query" if point < run.n_tokens else "key"
    instance = int(np.searchsorted(run.offsets, token, side="right")) - 1
    start, end = run.token_range(instance)
    view.page.mouse.click(*map(float, places[point]))
    state = view.shows(selection={"instance": instance, "token": token - start, "side": side})
    assert state["highlighted"] == 2 * (end - start)
    expect(view.control("sentence-view")).to_be_visible()
    shown = [text.strip() for text in run.tokens.texts[start:end]]
    for column in ("query", "key"):
        assert [text.strip() for text in view.texts(column)] == shown
    pattern = dumped_pattern(run, demo_store.directory, tmp_path / "pattern.npy", layer, head, instance)
    drawn = view.line_opacities(end - start)
    expected = np.where(pattern >= LEAST_LINE, pattern, 0)
    certain = np.abs(pattern - LEAST_LINE) > 1e-6
    assert np.abs(drawn - expected)[certain].max() < 1e-5
    assert np.count_nonzero(drawn) >= end - start
    if run.manifest.model.causal:
        assert not np.triu(drawn, 1).any()
    clicked = view.control("sentence-view").locator(f".av-token-{side}.is-selected")
    expect(clicked).to_have_attribute("data-token", str(token - start))
    assert int(clicked.evaluate("token => getComputedStyle(token).fontWeight")) >= 600


def test_a_sentence_has_a_page_of_its_own(view: AppPage, run: Run) -> None:
    view.open(f"instance?run={run.manifest.run}&layer=1&head=2&instance=3", view="instance", layer=1, head=2)
    start, end = run.token_range(3)
    expect(view.page.get_by_role("heading", name="Sentence 4 of 12").first).to_be_visible()
    assert len(view.texts("query")) == end - start
    pattern = run.pattern(1, 2, 3)
    assert np.abs(view.line_opacities(end - start) - np.where(pattern >= LEAST_LINE, pattern, 0)).max() < 1e-5
    view.control("open-head").click()
    view.shows(view="head", layer=1, head=2, selection={"instance": 3, "token": None, "side": "query"})


def test_what_is_drawn_changes_with_projection_dimensions_and_color(view: AppPage, demo_store: DemoStore) -> None:
    view.open(f"head?run={demo_store.bert}&projection=pca&layer=0&head=0&labels=0", projection="pca", dims=2)
    n_tokens = view.state()["pointsPerHead"] // 2
    first, picture = view.places(0, 0, n_tokens), view.pixels()
    view.control("projection").select_option("tsne")
    view.shows(projection="tsne", dims=2)
    view.address_has(projection="tsne")
    second = view.places(0, 0, n_tokens)
    assert np.abs(first - second).max() > 20
    view.control("dims-3").click()
    view.shows(projection="tsne", dims=3)
    view.address_has(dims="3")
    expect(view.control("dims-3")).to_have_attribute("aria-pressed", "true")
    assert np.abs(view.places(0, 0, n_tokens) - second).max() > 20
    view.control("dims-2").click()
    view.control("projection").select_option("pca")
    view.shows(projection="pca", dims=2)
    view.address_has(projection="pca", dims=None)
    assert np.abs(view.places(0, 0, n_tokens) - first).max() < 0.5
    view.control("color").select_option("position")
    view.shows(color="position")
    view.address_has(color="position")
    expect(view.control("legend")).to_contain_text("queries")
    expect(view.control("color-info")).not_to_be_empty()
    stage = view.page.locator("#stage").bounding_box()
    assert stage
    canvas = np.s_[
        int(stage["y"]) : int(stage["y"] + stage["height"]), int(stage["x"]) : int(stage["x"] + stage["width"])
    ]
    changed = np.abs(view.pixels()[canvas] - picture[canvas]).max(axis=-1) > COLORFUL
    assert changed.sum() > 50


def test_a_phrase_is_found_and_a_missing_word_leads_to_others(view: AppPage, demo_store: DemoStore, run: Run) -> None:
    view.open(f"?run={run.manifest.run}", run=run.manifest.run)
    start, _ = run.token_range(2)
    first, second = (run.tokens.texts[start + at].strip() for at in (1, 2))
    view.control("search").fill(f"{first} {second}")
    view.page.wait_for_function("() => window.attentionviz.state().hits.query >= 2")
    expect(view.control("search-count")).to_contain_text("queries")
    view.control("search").fill(f"{first}zz")
    expect(view.control("search-count")).to_contain_text(f"No token matches “{first}zz”.")


def test_a_square_explains_itself_under_the_pointer(view: AppPage, demo_store: DemoStore) -> None:
    view.open(f"?run={demo_store.bert}&tint=focus", run=demo_store.bert)
    left, top = view.places(0, 2, 60).min(axis=0)
    tooltip = view.page.locator(".av-tooltip")
    view.page.mouse.move(float(left) - 3, float(top) - 3)
    expect(tooltip).to_contain_text("Previous token 1.00")
    expect(tooltip).to_contain_text("Focus: ")
    expect(tooltip).to_contain_text("Effective keys: ")


def test_the_logo_leads_home_and_the_tab_says_where_it_is(view: AppPage, demo_store: DemoStore) -> None:
    brand = view.page.get_by_role("link", name="AttentionViz, all heads")
    view.open(f"head?run={demo_store.gpt2}&layer=1&head=1&instance=0&color=position", view="head")
    expect(view.page).to_have_title("Sentence 1 · L1 H1 · A causal model · AttentionViz")
    brand.click()
    view.shows(view="matrix", run=demo_store.gpt2, color="type", selection=None)
    expect(view.page).to_have_title("A causal model · AttentionViz")
    view.open("head?run=absent")
    expect(view.page.get_by_role("alert")).to_be_visible()
    brand.click()
    view.shows(view="matrix", run=demo_store.bert)
    view.problems.clear()


def test_a_menu_closes_by_escape_and_by_a_click_elsewhere(view: AppPage, demo_store: DemoStore) -> None:
    view.open(f"head?run={demo_store.gpt2}&layer=1&head=1&instance=0", view="head")
    item = view.control("export-png")
    opener = view.control("export").locator("summary")
    opener.click()
    expect(item).to_be_visible()
    view.page.keyboard.press("Escape")
    expect(item).to_be_hidden()
    view.shows(view="head", selection={"instance": 0, "token": None, "side": "query"})
    opener.click()
    view.page.get_by_role("heading", name="Layer 1 Head 1").click()
    expect(item).to_be_hidden()


def test_another_run_opens_with_its_own_heads(view: AppPage, demo_store: DemoStore) -> None:
    view.open(run=demo_store.bert, nHeads=72)
    view.control("run").select_option(demo_store.gpt2)
    view.shows(run=demo_store.gpt2, view="matrix", nHeads=8)
    view.address_has(run=demo_store.gpt2)
    expect(view.control("data-info")).to_contain_text("tiny-gpt2")


def test_a_head_is_found_by_its_numbers(view: AppPage, demo_store: DemoStore) -> None:
    view.open(run=demo_store.bert)
    view.control("layer").select_option("5")
    view.control("head").select_option("11")
    view.control("go").click()
    view.shows(view="head", layer=5, head=11)
    for edge in ("down", "right"):
        expect(view.control(edge)).to_be_disabled()
    for way in ("up", "left"):
        expect(view.control(way)).to_be_enabled()
    view.control("up").click()
    view.shows(layer=4, head=11)
    view.control("left").click()
    view.shows(layer=4, head=10)
    view.address_has(layer="4", head="10")
    expect(view.page.get_by_role("heading", name="Layer 4 Head 10")).to_be_visible()
    view.control("view-all").click()
    view.shows(view="matrix", layer=None, head=None)
    assert view.path == "/"


def test_a_selection_follows_to_the_next_head_until_it_is_cleared(view: AppPage, demo_store: DemoStore) -> None:
    chosen: dict[str, Any] = {"instance": 2, "token": 1, "side": "key"}
    view.open(f"head?run={demo_store.bert}&layer=2&head=3&instance=2&token=1&side=key", selection=chosen)
    view.control("right").click()
    view.shows(layer=2, head=4, selection=chosen)
    expect(view.control("sentence-view")).to_be_visible()
    view.control("clear-selection").click()
    state = view.shows(layer=2, head=4, selection=None)
    assert state["highlighted"] == 0
    expect(view.control("sentence-view")).to_be_hidden()
    view.address_has(instance=None, token=None, side=None)


@pytest.mark.parametrize("width", [390, 820, 1440])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_button_of_a_head_is_in_the_window_and_can_be_read(
    view: AppPage, demo_store: DemoStore, width: int, theme: str
) -> None:
    view.page.set_viewport_size({"width": width, "height": 844})
    view.page.emulate_media(color_scheme=theme)  # type: ignore[arg-type]
    view.open(f"head?run={demo_store.bert}&layer=0&head=2&instance=1&token=1", view="head")
    assert view.state()["theme"] == theme
    for button in view.page.locator(".av-main .btn:visible, .av-sidebar-head .btn:visible").all():
        box = button.bounding_box()
        assert box is not None
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= width, button.inner_text()
        assert button.evaluate(CONTRAST) >= 4.5, button.inner_text()


def test_the_points_of_a_head_are_saved_with_their_coordinates_and_encodings(
    view: AppPage, run: Run, tmp_path: Path
) -> None:
    view.open(f"head?run={run.manifest.run}&projection=tsne&dims=3&layer=1&head=2", view="head", dims=3)
    with view.page.expect_download() as download:
        view.choose("export", "export-csv")
    download.value.save_as(tmp_path / "points.csv")
    with (tmp_path / "points.csv").open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    assert [row["side"] for row in rows] == ["query"] * run.n_tokens + ["key"] * run.n_tokens
    places = np.array([[row["x"], row["y"], row["z"]] for row in rows], np.float32)
    assert np.abs(places - run.coords("tsne", 3, 1, 2).reshape(-1, 3)).max() < 1e-3
    norms = np.array([row["encoding.norm"] for row in rows], np.float32)
    assert np.allclose(norms, run.array("encoding.norm")[1, 2], rtol=1e-5)
    values = np.array([row["encoding.token-frequency"] for row in rows], np.float32)
    assert np.allclose(values, np.tile(run.array("encoding.token-frequency"), 2), rtol=1e-5)
