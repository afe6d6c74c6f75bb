"""A run of images in the application: its points are patches, and everything speaks of images."""

from __future__ import annotations

import io
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image
from playwright.sync_api import expect

from layouts.colors.palettes import NO_VALUE
from precompute.numeric import Float32
from precompute.run.run import Run
from precompute.store.store import Store
from precompute.tokens.patches import cut_patches, patch_index
from tests.browser.app_page import AppPage
from tests.conftest import DemoStore

pytestmark = pytest.mark.browser

QUERY, KEY = np.array([95, 185, 108]), np.array([227, 55, 143])
GRAY = np.array(list(bytes.fromhex(NO_VALUE[1:])))

Pixels = NDArray[np.int16]


@pytest.fixture(scope="module")
def run(demo_store: DemoStore) -> Iterator[Run]:
    with Store(demo_store.directory, read_only=True) as store:
        yield Run(store, store.manifest(demo_store.vit))


@pytest.fixture(scope="module")
def middles(run: Run) -> Float32:
    """Mean of the four pixels in the middle of every token's patch, float32 [N, 3]; NaN for prefix tokens."""
    grid = run.tokens.grid
    assert grid
    patches = np.concatenate([cut_patches(picture, *grid) for picture in run.array("pictures")]).astype(np.float32)
    rows, columns = patches.shape[1] // 2, patches.shape[2] // 2
    means = patches[:, rows - 1 : rows + 1, columns - 1 : columns + 1].mean(axis=(1, 2))
    index = patch_index(run.tokens)
    return np.where(index[:, None] >= 0, means[index], np.nan).astype(np.float32)


def uncovered(run: Run, places: Float32, room: float) -> NDArray[np.bool_]:
    """Whether nothing that is drawn later comes nearer to a point than ``room`` pixels, bool [2 N]."""
    drawn = np.argsort(run.draw_order)
    apart = np.abs(places[:, None] - places[None]).max(axis=2)
    return ~((apart < room) & (drawn[None] > drawn[:, None])).any(axis=1)


def at(image: Pixels, places: Float32, dx: float = 0, dy: float = 0) -> Pixels:
    """Colors at points of the page, a little beside them."""
    columns, rows = (places + np.array([dx, dy], np.float32)).astype(int).T
    return image[rows, columns]


def difference(found: Pixels, expected: NDArray[np.generic]) -> Float32:
    """Largest difference of a channel, float32 [n]."""
    largest: Float32 = np.abs(found.astype(np.float32) - expected).max(axis=1)
    return largest


def edge_difference(image: Pixels, places: Float32, expected: NDArray[np.generic]) -> Float32:
    """How near the colors left of a place come to the expected one within the reach of a patch."""
    return np.min([difference(at(image, places, -dx), expected) for dx in range(4, 15)], axis=0)


def test_points_are_their_patches_framed_by_side_or_dots(
    view: AppPage, demo_store: DemoStore, run: Run, middles: Float32
) -> None:
    n = run.n_tokens
    special = np.tile(run.tokens.special, 2)
    side_color = np.where(np.arange(2 * n)[:, None] < n, QUERY, KEY)
    state = view.open(f"head?run={demo_store.vit}&projection=tsne&layer=1&head=1", view="head", color="patch")
    assert (state["labels"], state["highlighted"], state["drawnPoints"]) == (0, 0, 2 * n)
    places = view.places(1, 1, n)
    seen = uncovered(run, places, 21)
    patches, icons = seen & ~special, seen & special
    assert patches.sum() > 40
    assert icons.sum() > 1
    image = view.pixels()
    assert (difference(at(image, places[patches]), np.tile(middles, (2, 1))[patches]) <= 40).mean() > 0.97
    assert (edge_difference(image, places[patches], side_color[patches]) <= 40).mean() > 0.97
    assert (difference(at(image, places[icons], 0, -7), side_color[icons]) <= 30).all()
    assert (at(image, places[icons], 10, -10).min(axis=1) > 200).any()

    view.control("patches").uncheck()
    view.shows(drawnPoints=2 * n)
    view.address_has(patches="0")
    view.page.reload()
    view.shows(view="head")
    expect(view.control("patches")).not_to_be_checked()
    dots = uncovered(run, places, 9)
    assert (difference(at(view.pixels(), places[dots]), side_color[dots]) <= 55).mean() > 0.97


def test_all_heads_show_patches_in_two_and_three_dimensions(
    view: AppPage, demo_store: DemoStore, run: Run, middles: Float32
) -> None:
    view.open(f"?run={demo_store.vit}&projection=tsne", view="matrix", color="patch", nHeads=16)
    places = view.places(0, 0, run.n_tokens)
    chosen = uncovered(run, places, 8) & ~np.tile(run.tokens.special, 2)
    expected = np.tile(middles, (2, 1))[chosen]
    found = difference(at(view.pixels(), places[chosen]), expected)
    unrelated = difference(at(view.pixels(), places[chosen]), expected[::-1])
    assert np.median(found) < 45
    assert np.median(found) < np.median(unrelated) / 2
    flat = view.pixels()
    view.control("dims-3").click()
    view.shows(dims=3)
    assert np.abs(view.pixels() - flat).max() > 100


def test_colors_frame_or_fill_patches_and_those_without_a_value_are_gray(
    view: AppPage, demo_store: DemoStore, run: Run
) -> None:
    hue = np.tile(run.encoding("hue"), 2)
    for theme in ("light", "dark"):
        address = f"head?run={demo_store.vit}&projection=tsne&layer=1&head=1&color=hue"
        if view.open(address, color="hue")["theme"] != theme:
            view.choose("appearance", "theme")
            view.shows(theme=theme)
        places = view.places(1, 1, run.n_tokens)
        seen = uncovered(run, places, 21)
        gray, colored = seen & np.isnan(hue), seen & ~np.isnan(hue)
        image = view.pixels()
        assert (edge_difference(image, places[gray], GRAY) <= 12).mean() > 0.97
        assert (edge_difference(image, places[colored], GRAY) <= 12).mean() < 0.4
    expect(view.control("legend")).to_contain_text("no value")
    view.control("filled").check()
    view.address_has(filled="1")
    view.shows(color="hue")
    patches = colored & ~np.tile(run.tokens.special, 2)
    filled = at(view.pixels(), places[patches]).astype(int)
    assert np.median(filled.max(axis=1) - filled.min(axis=1)) > 80
    view.control("color").select_option("type")
    view.shows(color="type")
    expect(view.control("legend")).not_to_contain_text("no value")
    sides = np.where(np.flatnonzero(patches)[:, None] < run.n_tokens, QUERY, KEY)
    assert (difference(at(view.pixels(), places[patches]), sides) <= 60).mean() > 0.97


def test_a_search_finds_labels_and_a_tooltip_says_where_a_patch_is(
    view: AppPage, demo_store: DemoStore, run: Run
) -> None:
    labels = run.tokens.labels
    count = Counter(labels)["square"]
    view.open(f"head?run={demo_store.vit}&projection=tsne&layer=1&head=1", view="head")
    search = view.control("search")
    expect(search).to_have_attribute("placeholder", re.compile("^label, e.g. "))
    search.fill("Square")
    state = view.shows(hits={"query": count, "key": count})
    assert state["highlighted"] == 2 * count
    expect(view.control("search-count")).to_have_text(f"{count} queries, {count} keys with this label")
    places = view.places(1, 1, run.n_tokens)
    rest = np.tile([label != "square" for label in labels], 2) & uncovered(run, places, 30)
    assert np.median(at(view.pixels(), places[rest]).min(axis=1)) > 150
    view.control("labels").check()
    view.address_has(labels="1", search="Square")
    assert view.shows(highlighted=2 * count)["labels"] > 0
    token = labels.index("square")
    row, column = divmod(token % 65 - 1, 8)
    x, y = view.places(1, 1, run.n_tokens)[token]
    view.page.mouse.move(float(x), float(y))
    tooltip = view.page.get_by_role("tooltip")
    expect(tooltip).to_contain_text("square")
    expect(tooltip).to_contain_text(re.compile(r"(query|key) in shapes 1, row \d, column \d"))
    assert 0 <= row < 8
    assert 0 <= column < 8
    search.fill("CLS")
    view.shows(hits={"query": 8, "key": 8})
    search.fill("unicorn")
    view.shows(hits={"query": 0, "key": 0})
    expect(view.control("search-count")).to_contain_text("Labels: background, CLS, cross, square")


def test_a_thumbnail_selects_its_image(view: AppPage, demo_store: DemoStore, run: Run) -> None:
    view.open(f"head?run={demo_store.vit}&layer=1&head=1", view="head")
    strip = view.control("thumbnails")
    options = strip.get_by_role("option")
    assert options.evaluate_all("all => all.map(each => each.getAttribute('aria-label'))") == [*run.tokens.instances]
    painted = (
        options.nth(7)
        .locator("canvas")
        .evaluate("canvas => Array.from(canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data)")
    )
    picture = run.array("pictures")[7]
    assert np.array_equal(np.array(painted).reshape(*picture.shape[:2], 4)[..., :3], picture)
    options.nth(5).click()
    view.shows(selection={"instance": 5, "token": None, "side": "query"}, highlighted=130)
    expect(options.nth(5)).to_have_attribute("aria-selected", "true")
    expect(view.page.get_by_text("Image 6 of 8")).to_be_visible()
    options.nth(5).focus()
    view.page.keyboard.press("ArrowRight")
    view.page.keyboard.press("Enter")
    view.shows(selection={"instance": 6, "token": None, "side": "query"})
    assert strip.locator("[aria-selected=true]").count() == 1
    view.open(f"head?run={demo_store.bert}&layer=1&head=1", view="head", run=demo_store.bert)
    expect(strip).to_be_hidden()


def test_the_shell_speaks_of_images_for_images_and_of_sentences_for_texts(view: AppPage, demo_store: DemoStore) -> None:
    view.open(f"head?run={demo_store.vit}&layer=0&head=0&instance=2", view="head")
    expect(view.control("data-info")).to_contain_text("512 patches (8 images) and 8 CLS tokens")
    expect(view.page.get_by_role("navigation")).to_contain_text("Image 3")
    assert view.page.get_by_role("button", name="Next image").count() == 1
    view.control("sentence-list").click()
    expect(view.page.get_by_role("heading", name="All images")).to_be_visible()
    view.page.keyboard.press("Escape")
    assert "entence" not in view.page.locator("#shell").inner_text()
    view.control("run").select_option(demo_store.bert)
    view.shows(run=demo_store.bert, view="matrix", color="type")
    view.control("go").click()
    assert view.shows(view="head")["labels"] > 0
    expect(view.control("all-instances")).to_have_text("All sentences")
    expect(view.control("patches")).to_be_hidden()
    view.control("run").select_option(demo_store.vit)
    view.shows(run=demo_store.vit, view="matrix", color="patch")


def test_exports_show_patches(view: AppPage, demo_store: DemoStore, run: Run, middles: Float32) -> None:
    view.open(f"head?run={demo_store.vit}&projection=tsne&layer=1&head=1", view="head")
    places = view.places(1, 1, run.n_tokens)
    left, top = view.page.locator("#stage").evaluate(
        "stage => [stage.getBoundingClientRect().x, stage.getBoundingClientRect().y]"
    )
    with view.page.expect_download() as saved:
        view.choose("export", "export-png")
    image = np.asarray(Image.open(io.BytesIO(Path(saved.value.path()).read_bytes())).convert("RGB"), np.int16)
    chosen = uncovered(run, places, 21) & ~np.tile(run.tokens.special, 2)
    inside = 2 * (places[chosen] - np.array([left, top], np.float32))
    assert (difference(at(image, inside), np.tile(middles, (2, 1))[chosen]) <= 40).mean() > 0.97
    with view.page.expect_download() as saved:
        view.choose("export", "export-svg")
    drawing = Path(saved.value.path()).read_text("utf-8")
    assert drawing.count("<image ") == len(run.tokens.instances)
    assert drawing.count("<use ") == 2 * 512
    assert drawing.count(">CLS</text>") == 2 * 8


def test_a_region_holds_patches_by_their_centers_and_names_them(view: AppPage, run: Run) -> None:
    view.open(f"/head?run={run.manifest.run}&layer=1&head=0&projection=pca", view="head")
    stage = view.control("single-canvas").bounding_box()
    assert stage is not None
    left, top = stage["x"] + 0.3 * stage["width"], stage["y"] + 0.3 * stage["height"]
    right, bottom = left + 0.3 * stage["width"], top + 0.3 * stage["height"]
    # Before the panel of points opens and the picture moves.
    places = view.places(1, 0, run.n_tokens)
    view.page.keyboard.down("Shift")
    view.page.mouse.move(left, top)
    view.page.mouse.down()
    view.page.mouse.move(right, bottom)
    view.page.mouse.up()
    view.page.keyboard.up("Shift")
    least, most = (
        ((places > (left - grow, top - grow)) & (places < (right + grow, bottom + grow))).all(axis=1)
        for grow in (-1, 1)
    )
    title = view.control("lasso").get_by_text(re.compile(r"\d+ points: \d+ queries, \d+ keys"))
    total, queries, keys = map(int, re.findall(r"\d+", title.inner_text()))
    assert total == queries + keys
    assert 10 < least[: run.n_tokens].sum() <= queries <= most[: run.n_tokens].sum() < run.n_tokens
    assert 10 < least[run.n_tokens :].sum() <= keys <= most[run.n_tokens :].sum() < run.n_tokens
    expect(view.control("group-a")).to_have_text(f"{queries} queries, {keys} keys")
