"""One image in the real application: overlays, links with the scatterplot, other heads, exports."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import PIL.Image
import pytest
import timm
import torch
from numpy.typing import NDArray
from playwright.sync_api import Locator, expect
from timm.models import save_for_hf

from precompute.build import BuildRequest, ExecutionOptions, build
from precompute.format.manifest import Recipe
from precompute.inputs.drawing import brightness_gradient, hue_gradient
from precompute.numeric import Float32
from precompute.run.catalog import Catalog
from precompute.run.rollout import rollout
from precompute.run.run import Run
from precompute.store.store import Store
from tests.browser.app_page import PATIENCE_MS, AppPage, open_tab
from tests.browser.conftest import Windows
from tests.conftest import DemoStore
from tests.support.served_app import served_app

pytestmark = pytest.mark.browser

TOLERANCE = 1e-5
FLOWS = """groups => groups.map(({dataset: {query, key, weight, mark}, attributes: {opacity}}) =>
  [Number(query), Number(key), Number(weight), Number(opacity?.value ?? 1), mark])"""
HEAT = """boxes => boxes.map(({dataset: {token, weight}, attributes}) =>
  [Number(token), Number(weight), Number(attributes["fill-opacity"].value), attributes.fill.value])"""
FRAMES = "groups => groups.map(({dataset: {frame, token, side}}) => [frame, Number(token), side])"
SAMPLE = """(canvas, side) => {
  const {data} = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
  const at = (cell, size) => Math.floor((cell + 0.5) * size / side);
  return Array.from({length: side * side}, (_, cell) => {
    const pixel = at(Math.floor(cell / side), canvas.height) * canvas.width + at(cell % side, canvas.width);
    return [0, 1, 2].map(part => data[4 * pixel + part]);
  });
}"""
Flow = tuple[int, int, float, float, str]


@pytest.fixture
def run(demo_store: DemoStore) -> Iterator[Run]:
    with Store(demo_store.directory, read_only=True) as store:
        yield Run(store, store.manifest(demo_store.vit))


@pytest.fixture(scope="module")
def odd_store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Keep runs of random ViTs: without prefix tokens and 3 x 3 patches; with CLS, two registers, and 2 x 5 patches."""
    directory = tmp_path_factory.mktemp("odd")
    (directory / "pictures").mkdir()
    for name, picture in (("a", brightness_gradient(40, 0)), ("b", hue_gradient(40, 90))):
        PIL.Image.fromarray(picture).save(directory / "pictures" / f"{name}.png")
    recipe = Recipe(projections=("pca",), dims=(2,))
    with Store(directory / "store") as store:
        for name, size, form in (
            ("plain-vit", (24, 24), {"class_token": False, "global_pool": "avg"}),
            ("odd-vit", (16, 40), {"reg_tokens": 2}),
        ):
            save_random_vit(directory / name, size, form)
            build(
                BuildRequest(str(directory / name), str(directory / "pictures"), recipe=recipe),
                store,
                ExecutionOptions(1),
            )
    return directory / "store"


@pytest.fixture(scope="module")
def odd_url(odd_store: Path) -> Iterator[str]:
    with served_app(odd_store) as url:
        yield url


@pytest.fixture
def odd(odd_store: Path) -> Iterator[Store]:
    with Store(odd_store, read_only=True) as store:
        yield store


def save_random_vit(directory: Path, size: tuple[int, int], form: dict[str, object]) -> None:
    """Keep a timm ViT with patches of 8 pixels as a model directory."""
    torch.manual_seed(0)
    shape = {"img_size": list(size), "patch_size": 8, "embed_dim": 16, "depth": 2, "num_heads": 2, **form}
    network = timm.create_model("vit_tiny_patch16_224", num_classes=3, **shape)
    preprocessing = {"input_size": (3, *size), "crop_pct": 1.0, "crop_mode": "squash", "interpolation": "bicubic"}
    configuration = {"model_args": shape, "pretrained_cfg": preprocessing, "num_classes": 3}
    save_for_hf(network, str(directory), model_config=configuration, safe_serialization=True)


def address(run: Run, page: str = "head", **state: object) -> str:
    return f"{page}?run={run.manifest.run}&labels=0&" + "&".join(f"{name}={value}" for name, value in state.items())


def stage(view: AppPage, panel: str = "image-view") -> Locator:
    return view.control(panel).locator(".av-patch-stage")


def flows(view: AppPage, panel: str = "image-view") -> list[Flow]:
    found: list[list[Any]] = stage(view, panel).locator("g[data-mark]").evaluate_all(FLOWS)
    return [(query, key, weight, opacity, mark) for query, key, weight, opacity, mark in found]


def assert_flows(
    drawn: list[Flow], weights: NDArray[np.floating[Any]], wanted: NDArray[np.bool_], floor: float
) -> None:
    """Compare arrows with the pairs that are wanted; those at the threshold may be there or not."""
    pairs = {(query, key) for query, key, *_ in drawn}
    certain = np.abs(weights - floor) > TOLERANCE
    expected = {(int(query), int(key)) for query, key in np.argwhere(wanted & certain)}
    assert {pair for pair in pairs if certain[pair]} == expected
    assert expected
    for query, key, weight, _, _ in drawn:
        assert weight == pytest.approx(float(weights[query, key]), abs=TOLERANCE)


def heat(view: AppPage, length: int, panel: str = "image-view") -> tuple[Float32, Float32, set[str]]:
    """Weights and opacities that are drawn, by token, and their colors."""
    boxes: list[list[Any]] = stage(view, panel).locator("rect[data-weight]").evaluate_all(HEAT)
    assert sorted(token for token, *_ in boxes) == list(range(length))
    weights, opacities = np.zeros(length, np.float32), np.zeros(length, np.float32)
    for token, weight, opacity, _ in boxes:
        weights[token], opacities[token] = weight, opacity
    return weights, opacities, {color for *_, color in boxes}


def highest(weights: NDArray[np.floating[Any]], n_prefix: int, floor: float) -> NDArray[np.bool_]:
    """Every patch's strongest key, from the threshold on."""
    wanted = np.zeros(weights.shape, bool)
    for query in range(n_prefix, len(weights)):
        key = int(weights[query].argmax())
        wanted[query, key] = weights[query, key] >= floor
    return wanted


def without(pattern: Float32, *hidden: int) -> NDArray[np.float64]:
    """Divide rows by 1 - hidden weight; hidden queries are 0."""
    kept = pattern.astype(np.float64)
    rest = 1 - kept[:, list(hidden)].sum(axis=1, keepdims=True)
    kept[:, list(hidden)] = 0
    kept /= rest
    kept[list(hidden)] = 0
    return kept


def patch_middle(view: AppPage, token: int, n_prefix: int, columns: int) -> dict[str, float]:
    """Where a patch is on the stage."""
    row, column = divmod(token - n_prefix, columns)
    box = stage(view).locator("canvas").evaluate("e => [e.offsetLeft, e.offsetTop, e.offsetWidth, e.offsetHeight]")
    side = box[2] / columns
    return {"x": box[0] + (column + 0.5) * side, "y": box[1] + (row + 0.5) * side}


def test_an_image_has_an_image_view_whose_modes_draw_the_pattern(view: AppPage, run: Run) -> None:
    layer, head, instance, token = 3, 3, 6, 20
    pattern = run.pattern(layer, head, instance)
    n = len(pattern)
    view.open(address(run, layer=layer, head=head, instance=instance, token=token), view="head")
    expect(view.control("image-view")).to_be_visible()
    expect(view.control("sentence-view")).to_be_hidden()
    expect(view.control("image-mode")).to_have_value("highest")
    assert_flows(flows(view), pattern, highest(pattern, 1, 0.05), 0.05)
    for query, key, _, opacity, mark in flows(view):
        assert (opacity, mark) == (1, "circle" if query == key else "square" if key == 0 else "arrow")
    view.control("image-threshold").fill("0.02")
    assert_flows(flows(view), pattern, highest(pattern, 1, 0.02), 0.02)

    view.control("image-mode").select_option("flows")
    view.address_has(image_mode="flows")
    view.control("image-threshold").fill("0.04")
    assert_flows(flows(view), pattern, pattern >= 0.04, 0.04)
    for _, _, weight, opacity, _ in flows(view):
        assert opacity == pytest.approx(weight / pattern.max(), abs=TOLERANCE)
    said = f"{len(flows(view))} pairs, up to {pattern.max():.2f}"
    expect(view.control("image-view").locator(".av-image-words")).to_have_text(said)
    view.control("image-stretch").uncheck()
    assert all(opacity == pytest.approx(weight, abs=TOLERANCE) for _, _, weight, opacity, _ in flows(view))
    view.control("image-stretch").check()

    view.control("image-mode").select_option("attention")
    view.address_has(image_mode="attention")
    weights, opacities, pink = heat(view, n)
    np.testing.assert_allclose(weights, pattern[token], atol=TOLERANCE)
    np.testing.assert_allclose(opacities, pattern[token] / pattern[token].max(), atol=TOLERANCE)
    view.control("image-stretch").uncheck()
    np.testing.assert_allclose(heat(view, n)[1], pattern[token], atol=TOLERANCE)
    view.control("image-side").get_by_text("Key").click()
    view.shows(selection={"instance": instance, "token": token, "side": "key"})
    weights, opacities, green = heat(view, n)
    np.testing.assert_allclose(weights, pattern[:, token], atol=TOLERANCE)
    assert len(pink) == len(green) == 1
    assert pink != green

    view.control("image-mode").select_option("rollout")
    view.address_has(image_mode="rollout")
    view.page.wait_for_function("() => window.attentionviz.state().ready")
    np.testing.assert_allclose(heat(view, n)[0], rollout(run, layer, instance)[:, token], atol=TOLERANCE)
    view.page.reload()
    view.shows(view="head", layer=layer)
    expect(view.control("image-mode")).to_have_value("rollout")
    np.testing.assert_allclose(heat(view, n)[0], rollout(run, layer, instance)[:, token], atol=TOLERANCE)


def test_hiding_and_value_norms_follow_the_formulas_everywhere(view: AppPage, run: Run) -> None:
    layer, head, instance, token = 2, 1, 6, 12
    pattern = run.pattern(layer, head, instance)
    start, end = run.token_range(instance)
    norms = run.array("value_norms")[layer, run.key_head(head), start:end]
    view.open(address(run, layer=layer, head=head, instance=instance, token=token, image_mode="attention"), view="head")
    view.control("hide-cls").check()
    hidden = without(pattern, 0)
    np.testing.assert_allclose(heat(view, len(pattern))[0], hidden[token], atol=TOLERANCE)
    expect(stage(view)).to_contain_text("hidden")
    expect(view.control("image-removed")).to_contain_text(f"{100 * pattern[1:, 0].mean():.1f} % of the attention")
    expect(view.control("hide-registers")).to_be_hidden()
    lines = view.state()["lines"]
    assert lines
    assert start not in {line[end] for line in lines for end in ("query", "key")}
    for line in lines:
        assert line["weight"] == pytest.approx(hidden[line["query"] - start, line["key"] - start], abs=TOLERANCE)
    view.control("value-norm").check()
    weighed = hidden * norms
    weighed[1:] /= weighed[1:].sum(axis=1, keepdims=True)
    np.testing.assert_allclose(heat(view, len(pattern))[0], weighed[token], atol=TOLERANCE)
    view.control("reset-sentence").click()
    np.testing.assert_allclose(heat(view, len(pattern))[0], pattern[token], atol=TOLERANCE)
    expect(view.control("hide-cls")).not_to_be_checked()
    means = [run.pattern(layer, head, each) for each in range(run.manifest.inputs.n_instances)]
    mean, _, _ = heat(view, len(pattern), "image-aggregate")
    np.testing.assert_allclose(mean, np.mean(means, axis=0)[token], atol=1e-4)


def test_patches_and_points_are_linked(view: AppPage, run: Run) -> None:
    layer, head, instance = 0, 1, 2
    pattern = run.pattern(layer, head, instance)
    start, _ = run.token_range(instance)
    view.open(address(run, layer=layer, head=head, instance=instance, image_mode="attention"), view="head")
    np.testing.assert_allclose(heat(view, 65)[0], pattern.mean(axis=0), atol=TOLERANCE)

    stage(view).hover(position=patch_middle(view, 30, 1, 8))
    np.testing.assert_allclose(heat(view, 65)[0], pattern[30], atol=TOLERANCE)
    lines = view.state()["lines"]
    assert {line["query"] for line in lines} == {start + 30}
    expect(view.control("image-readout")).to_contain_text("query patch 3,5 →")
    stage(view).click(position=patch_middle(view, 30, 1, 8))
    view.shows(selection={"instance": instance, "token": 30, "side": "query"})
    view.page.mouse.move(0, 0)
    assert stage(view).locator("g[data-frame]").evaluate_all(FRAMES) == [["selected", 30, "query"]]

    stage(view).focus()
    for key, token in (("ArrowRight", 31), ("ArrowDown", 39), ("Home", 0), ("ArrowRight", 1), ("ArrowLeft", 0)):
        view.page.keyboard.press(key)
        view.shows(selection={"instance": instance, "token": token, "side": "query"})
        np.testing.assert_allclose(heat(view, 65)[0], pattern[token], atol=TOLERANCE)
    assert view.page.evaluate("() => document.activeElement.className") == "av-patch-stage"
    view.page.go_back()
    view.shows(selection={"instance": instance, "token": None, "side": "query"})

    places = view.places(layer, head, run.n_tokens)
    distances = np.linalg.norm(places[:, None] - places[None], axis=-1)
    np.fill_diagonal(distances, np.inf)
    point = start + 1 + int(distances.min(axis=1)[start + 1 : start + 65].argmax())
    view.page.mouse.move(*map(float, places[point]))
    expect(stage(view).locator("g[data-frame=hovered]")).to_have_attribute("data-token", str(point - start))
    np.testing.assert_allclose(heat(view, 65)[0], pattern[point - start], atol=TOLERANCE)


def test_the_picture_is_what_the_model_saw_with_the_patch_framed_in_its_color(view: AppPage, run: Run) -> None:
    view.open(address(run, "instance", layer=0, head=0, instance=5, token=28, side="key"), view="instance")
    canvas = stage(view).locator("canvas")
    box = canvas.bounding_box()
    assert box
    drawn = np.array(canvas.evaluate(SAMPLE, 64), np.uint8).reshape(64, 64, 3)
    np.testing.assert_array_equal(drawn, run.array("pictures")[5])
    middle = patch_middle(view, 28, 1, 8)
    x = round(box["x"] - canvas.evaluate("e => e.offsetLeft") + middle["x"] - box["width"] / 16)
    y = round(box["y"] - canvas.evaluate("e => e.offsetTop") + middle["y"])
    edge = view.pixels()[y, x - 3 : x + 4].astype(int)
    assert (np.abs(edge - [0xE3, 0x37, 0x8F]).max(axis=-1) < 30).any()


def test_all_heads_of_the_layer_show_the_selected_patch_and_open_one(view: AppPage, run: Run) -> None:
    view.open(address(run, "instance", layer=1, head=0, instance=0, token=30), view="instance")
    heads = view.control("image-sheet").get_by_test_id("sheet-head")
    expect(heads).to_have_count(4)
    canvas = view.control("image-sheet").locator("canvas")
    shades = canvas.evaluate(
        """canvas => {
          const {data, width} = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
          return [...canvas.nextElementSibling.children].map(({firstElementChild: map}) =>
            Array.from({length: 64}, (_, patch) => {
              const x = Math.floor(map.offsetLeft + (patch % 8 + 0.5) * map.offsetWidth / 8);
              const y = Math.floor(map.offsetTop + (Math.floor(patch / 8) + 0.5) * map.offsetHeight / 8);
              return [0, 1, 2].map(part => data[4 * (y * width + x) + part]);
            }));
        }"""
    )
    picture = run.array("pictures")[0].astype(float)
    at = ((np.arange(8) + 0.5) * 8).astype(int)
    pale = 0.55 * 255 + 0.45 * picture[np.ix_(at, at)].reshape(64, 3)
    for head, drawn in enumerate(shades):
        weights = run.pattern(1, head, 0)[30]
        opacity = (weights[1:] / weights.max())[:, None]
        expected = (1 - opacity) * pale + opacity * np.array([0xE3, 0x37, 0x8F])
        assert np.median(np.abs(np.array(drawn) - expected)) < 6
    heads.nth(3).click()
    view.shows(view="instance", layer=1, head=3, selection={"instance": 0, "token": 30, "side": "query"})
    expect(heads.nth(3)).to_have_attribute("aria-current", "true")


def test_a_picture_is_saved_with_what_is_over_it(view: AppPage, run: Run, demo_store: DemoStore) -> None:
    pattern = run.pattern(3, 1, 6)
    view.open(address(run, layer=3, head=1, instance=6, image_mode="flows"), view="head")
    view.control("image-export").locator("summary").click()
    saved = {}
    for form in ("svg", "png", "csv"):
        with view.page.expect_download() as download:
            view.control(f"image-save-{form}").click()
        assert download.value.suggested_filename == f"image-layer-3-head-1-flows.{form}"
        saved[form] = Path(download.value.path()).read_bytes()
    assert saved["svg"].decode().count("<g opacity=") == sum(opacity < 1 for *_, opacity, _ in flows(view)) > 0
    assert b"data:image/png;base64," in saved["svg"]
    with PIL.Image.open(io.BytesIO(saved["png"])) as picture:
        width = stage(view).evaluate("e => e.offsetWidth")
        assert picture.width == 2 * max(320, width)
        colors = np.asarray(picture.convert("RGB"), int)
    assert (np.abs(colors - [0xFF, 0xC5, 0x3D]).max(axis=-1) < 60).sum() > 20
    rows = list(csv.DictReader(io.StringIO(saved["csv"].decode())))
    table = np.array([float(row["weight"]) for row in rows]).reshape(65, 65)
    np.testing.assert_allclose(table, pattern, atol=1e-7)
    assert rows[66]["query"].startswith("patch 0,0")
    view.open(f"head?run={demo_store.bert}&layer=0&head=2&instance=2", view="head")
    expect(view.control("sentence-view")).to_be_visible()
    expect(view.control("image-view")).to_be_hidden()
    view.control("hide-cls").check()


def test_registers_and_grids_that_are_not_square(windows: Windows, odd_url: str, odd: Store) -> None:
    run = Catalog(odd).default()
    assert run.tokens.grid == (2, 5)
    assert run.tokens.tokens[:4] == ("[CLS]", "[REG 1]", "[REG 2]", "patch 0,0")
    with open_tab(windows(viewport={"width": 390, "height": 844}), odd_url) as view:
        pattern = run.pattern(1, 0, 1)
        view.open(address(run, layer=1, head=0, instance=1, token=9, image_mode="attention"), view="head")
        assert view.page.evaluate("() => document.documentElement.scrollWidth") <= 390
        np.testing.assert_allclose(heat(view, 13)[0], pattern[9], atol=TOLERANCE)
        view.control("hide-registers").check()
        np.testing.assert_allclose(heat(view, 13)[0], without(pattern, 1, 2)[9], atol=TOLERANCE)
        view.control("hide-cls").check()
        np.testing.assert_allclose(heat(view, 13)[0], without(pattern, 0, 1, 2)[9], atol=TOLERANCE)
        stage(view).click(position=patch_middle(view, 12, 3, 5))
        view.shows(selection={"instance": 1, "token": 12, "side": "query"})
        stage(view).locator("rect[data-token='12']").wait_for(state="attached")


def test_a_model_without_prefix_tokens_has_patches_and_nothing_else(windows: Windows, odd_url: str, odd: Store) -> None:
    run = Catalog(odd).open(next(name for name in odd.run_ids() if name.startswith("plain-vit")))
    assert (run.tokens.grid, run.n_tokens) == ((3, 3), 18)
    assert not run.sinks.any()
    expect.set_options(timeout=PATIENCE_MS)
    with open_tab(windows(), odd_url) as view:
        view.open(f"?run={run.manifest.run}", view="matrix", nHeads=4, pointsPerHead=36)
        expect(view.control("data-info")).to_contain_text("18 patches (2 images)")
        expect(view.control("sinks-group")).to_be_hidden()
        pattern = run.pattern(1, 1, 0)
        view.open(address(run, layer=1, head=1, instance=0, token=4, image_mode="attention"), view="head")
        np.testing.assert_allclose(heat(view, 9)[0], pattern[4], atol=TOLERANCE)
        for hiding in ("hide-cls", "hide-registers"):
            expect(view.control(hiding)).to_be_hidden()
        view.control("image-mode").select_option("highest")
        assert_flows(flows(view), pattern, highest(pattern, 0, 0.05), 0.05)
        view.control("image-mode").select_option("flows")
        assert_flows(flows(view), pattern, pattern >= 0.1, 0.1)
