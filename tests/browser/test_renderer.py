"""The renderer on its own, over synthetic runs: drawing, layout, and actions of the pointer and the keyboard."""

from __future__ import annotations

import base64
import io
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image
from playwright.sync_api import Page, Route, expect

from layouts.colors.tokens import THEMES, VARIANTS, Theme, Variant, color_token
from tests.browser.conftest import Windows
from tests.browser.synthetic_runs import INSTANCE_LENGTH, serve_synthetic_runs, synthetic_run

pytestmark = pytest.mark.browser

QUERY, KEY = (95, 185, 108), (227, 55, 143)
RUN = "6x12x240"
N = 240

COUNT_GPU = """
window.onGpu = 0;
for (const [kind, by] of [["createBuffer", 1], ["createTexture", 1], ["deleteBuffer", -1], ["deleteTexture", -1]]) {
  const original = WebGL2RenderingContext.prototype[kind];
  WebGL2RenderingContext.prototype[kind] = function (...given) {
    window.onGpu += by;
    return original.apply(this, given);
  };
}"""
"""Counts what a page holds on the graphics card."""

Pixels = NDArray[np.int16]
Harness = Callable[..., Page]


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with serve_synthetic_runs() as url:
        yield url


@pytest.fixture
def harness(windows: Windows, server: str) -> Iterator[Harness]:
    """Open the harness; at the end no page may have raised anything."""
    errors: list[str] = []
    pages: list[Page] = []

    def open_page(*, script: str = "", width: int = 1000, height: int = 700, **options: Any) -> Page:
        page = windows(viewport={"width": width, "height": height}, **options).new_page()
        pages.append(page)
        page.on("pageerror", lambda error: errors.append(str(error)))
        if script:
            page.add_init_script(script)
        page.goto(f"{server}/harness.html")
        page.wait_for_function("window.harness")
        return page

    yield open_page
    for page in pages:
        page.close()
    assert errors == []


@pytest.fixture
def page(harness: Harness) -> Page:
    return harness()


def show(page: Page, options: dict[str, str] | None = None, **changes: Any) -> dict[str, Any]:
    metrics: dict[str, Any] = page.evaluate(
        "([view, options]) => harness.show(view, options)", [changes, options or {}]
    )
    return metrics


def events(page: Page, name: str) -> list[Any]:
    found: list[Any] = page.evaluate("name => harness.events.filter(e => e.name === name).map(e => e.detail)", name)
    return found


def painted(page: Page) -> None:
    """Wait until what was asked for is on the screen."""
    page.wait_for_function("harness.scene.metrics().ready")


def pixels(page: Page) -> Pixels:
    return np.asarray(Image.open(io.BytesIO(page.screenshot())).convert("RGB"), dtype=np.int16)


def screen_xy(page: Page, points: list[dict[str, Any]]) -> list[tuple[float, float]]:
    places = page.evaluate("points => points.map(point => harness.scene.screenXY(point))", points)
    return [(x, y) for x, y in places]


def point(layer: int, head: int, token: int, side: str) -> dict[str, Any]:
    return {"layer": layer, "head": head, "token": token, "side": side}


def distance_to(image: Pixels, x: float, y: float, color: tuple[int, int, int], ratio: int = 1) -> int:
    """Distance of the nearest color among the 3 x 3 pixels about a place, 0..765."""
    column, row = int(x * ratio), int(y * ratio)
    near = image[row - 1 : row + 2, column - 1 : column + 2].reshape(-1, 3)
    return int(np.abs(near - np.array(color, dtype=np.int16)).sum(axis=1).min())


def darkness(image: Pixels, x: float, y: float) -> int:
    """How far the darkest of the 3 x 3 pixels about a place is from white, 0..765."""
    return int(765 - image[int(y) - 1 : int(y) + 2, int(x) - 1 : int(x) + 2].sum(axis=2).min())


def ink(image: Pixels) -> int:
    return int((np.abs(image - 255).sum(axis=2) > 60).sum())


@pytest.mark.parametrize("filled", [False, True])
def test_patches_of_pictures_that_are_not_square_stand_where_their_points_are(page: Page, filled: bool) -> None:
    run = "2x3x4of2x5"
    table, pictures = synthetic_run(run).tokens, synthetic_run(run).arrays["pictures"]
    head = {"layer": 1, "head": 2}
    metrics = show(page, run=run, view="head", projection="tsne", patches=True, filled=filled, labels=False, **head)
    assert metrics["drawnPoints"] == 2 * 4 * 11
    points = [point(**head, token=token, side=side) for side in ("query", "key") for token in range(44)]
    places = np.array(screen_xy(page, points))
    drawn = np.argsort(synthetic_run(run).arrays["draw_order"])
    image = pixels(page)
    checked = 0
    for (x, y), where, vertex in zip(places, points, drawn, strict=True):
        covered = (np.abs(places - (x, y)).max(axis=1) < 20) & (drawn > vertex)
        if table["special"][where["token"]] or covered.any():
            continue
        row, column = divmod(where["token"] % 11 - 1, 5)
        color = pictures[where["token"] // 11, 16 * row, 16 * column].astype(float)
        if filled:
            color = 0.2 * color + 0.8 * np.array(QUERY if where["side"] == "query" else KEY)
        assert np.abs(image[int(y), int(x)] - color).max() <= 3
        checked += 1
    assert checked > 30
    dots = show(page, run=run, view="head", projection="tsne", patches=False, labels=False, **head)
    assert dots["drawnPoints"] == metrics["drawnPoints"]
    last = int(np.argmax(drawn))
    assert distance_to(pixels(page), *places[last], QUERY if points[last]["side"] == "query" else KEY) < 160


@pytest.mark.parametrize("shape", ["2x2", "6x12", "12x12", "30x9", "32x32"])
@pytest.mark.parametrize("dims", [2, 3])
def test_every_cell_shows_queries_and_keys_where_screen_xy_says(page: Page, shape: str, dims: int) -> None:
    n_layers, n_heads = (int(part) for part in shape.split("x"))
    metrics = show(page, run=f"{shape}x60", projection="corners", dims=dims)
    assert metrics == {
        "nHeads": n_layers * n_heads,
        "pointsPerHead": 120,
        "drawnPoints": n_layers * n_heads * 120,
        "highlighted": 0,
        "labels": 0,
        "ready": True,
    }
    image = pixels(page)
    for side, own, other in (("query", QUERY, KEY), ("key", KEY, QUERY)):
        points = [
            point(layer, head, token, side)
            for layer in range(n_layers)
            for head in range(n_heads)
            for token in (0, 7, 59)
        ]
        places = screen_xy(page, points)
        own_distance = np.array([distance_to(image, x, y, own) for x, y in places])
        other_distance = np.array([distance_to(image, x, y, other) for x, y in places])
        assert np.mean(own_distance < other_distance) > 0.97
        assert np.all(own_distance < 420)


def test_cells_are_square_and_lie_in_rows_of_layers(page: Page) -> None:
    show(page, run=RUN, projection="corners")
    run = synthetic_run(RUN)
    places = np.array(screen_xy(page, [point(layer, 4, 5, "query") for layer in range(6)]))
    assert np.all(np.diff(places[:, 1]) > 40)
    cloud = run.arrays["coords.corners.2"][3, 4].astype(float)
    order = run.arrays["draw_order"]
    sides = [point(3, 4, int(p) % N, "query" if p < N else "key") for p in order]
    drawn = np.array(screen_xy(page, sides))
    slopes = np.polyfit(cloud[:, 0], drawn[:, 0], 1)[0], np.polyfit(cloud[:, 1], drawn[:, 1], 1)[0]
    assert slopes[0] == pytest.approx(-slopes[1], rel=1e-6)


@pytest.mark.parametrize("dims", [2, 3])
def test_single_view_draws_one_head_large_and_a_click_selects_its_point(page: Page, dims: int) -> None:
    metrics = show(page, run=RUN, view="head", layer=2, head=7, dims=dims, labels=False)
    assert metrics["drawnPoints"] == 2 * N
    image = pixels(page)
    wanted = [point(2, 7, token, side) for token in (0, 100, 239) for side in ("query", "key")]
    for target, (x, y) in zip(wanted, screen_xy(page, wanted), strict=True):
        color, other = (QUERY, KEY) if target["side"] == "query" else (KEY, QUERY)
        assert distance_to(image, x, y, color) < distance_to(image, x, y, other)
        page.mouse.click(x, y)
        page.mouse.move(5, 5)
    selected = events(page, "selectPoint")
    assert [{"token": s["token"], "side": s["side"]} for s in wanted] == selected


def test_a_click_in_the_matrix_opens_that_head_and_the_camera_moves_there(harness: Harness) -> None:
    page = harness(reduced_motion="no-preference")
    show(page, run=RUN)
    ((x, y),) = screen_xy(page, [point(4, 10, 3, "key")])
    page.mouse.click(x, y)
    assert events(page, "openHead") == [{"layer": 4, "head": 10}]
    page.evaluate("() => { window.opening = harness.show({view: 'head', layer: 4, head: 10}); }")
    page.wait_for_function("!harness.scene.metrics().ready")
    painted(page)
    corners = np.array(screen_xy(page, [point(4, 10, token, side) for token in range(N) for side in ("query", "key")]))
    assert np.ptp(corners[:, 1]) > 400
    expect(page.get_by_test_id("single-canvas")).to_have_count(1)
    show(page, view="matrix")
    expect(page.get_by_test_id("matrix-canvas")).to_have_count(1)


def test_wheel_zooms_at_the_pointer_drag_pans_and_double_click_resets(page: Page) -> None:
    show(page, run=RUN, view="head", layer=0, head=0, projection="corners", labels=False)
    target = [point(0, 0, 10, "query")]
    (home,) = screen_xy(page, target)
    page.mouse.move(*home)
    page.mouse.wheel(0, -600)
    painted(page)
    (zoomed,) = screen_xy(page, target)
    assert zoomed == pytest.approx(home, abs=2.0)
    page.mouse.move(900, 100)
    page.mouse.down()
    page.mouse.move(860, 130, steps=4)
    page.mouse.up()
    painted(page)
    (panned,) = screen_xy(page, target)
    assert panned == pytest.approx((zoomed[0] - 40, zoomed[1] + 30), abs=1.0)
    page.evaluate("harness.scene.resetZoom()")
    painted(page)
    assert screen_xy(page, target)[0] == pytest.approx(home, abs=0.01)
    page.mouse.wheel(0, -300)
    page.mouse.dblclick(985, 685)
    painted(page)
    assert screen_xy(page, target)[0] == pytest.approx(home, abs=0.01)


def test_zooming_far_into_a_cell_opens_its_head_once(page: Page) -> None:
    show(page, run=RUN)
    ((x, y),) = screen_xy(page, [point(3, 6, 0, "query")])
    page.mouse.move(x, y)
    for _ in range(30):
        page.mouse.wheel(0, -300)
    painted(page)
    assert events(page, "openHead") == [{"layer": 3, "head": 6}]


def test_dragging_a_spatial_picture_turns_every_cell_about_its_center(page: Page) -> None:
    show(page, run=RUN, dims=3, projection="corners")
    before = np.array(screen_xy(page, [point(layer, 3, 8, "query") for layer in range(6)]))
    page.mouse.move(500, 300)
    page.mouse.down()
    page.mouse.move(560, 310, steps=3)
    page.mouse.up()
    painted(page)
    after = np.array(screen_xy(page, [point(layer, 3, 8, "query") for layer in range(6)]))
    moved = np.hypot(*(after - before).T)
    assert np.all((moved > 0.3) & (moved < 60))
    image = pixels(page)
    assert all(distance_to(image, x, y, QUERY) < distance_to(image, x, y, KEY) for x, y in after)


def test_only_the_last_of_several_calls_is_drawn(page: Page) -> None:
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    show(page, run=RUN, projection="tsne")
    page.route("**/coords.umap.2?*", hold)
    page.evaluate("() => { window.slow = harness.show({projection: 'umap'}); }")
    page.wait_for_function("!harness.scene.metrics().ready")
    show(page, projection="corners")
    latest = pixels(page)
    target = [point(1, 1, 4, "key")]
    place = screen_xy(page, target)
    assert len(held) == 1
    held[0].continue_()
    page.evaluate("window.slow")
    assert screen_xy(page, target) == place
    assert np.array_equal(pixels(page), latest)
    assert page.evaluate("harness.scene.metrics().ready")


def test_a_failed_answer_says_the_servers_sentence_and_leaves_the_picture(page: Page) -> None:
    show(page, run=RUN)
    before = pixels(page)
    page.route("**/coords.umap.2?*", lambda route: route.fulfill(status=503, json={"error": "The run was removed."}))
    show(page, projection="umap")
    assert events(page, "error") == ["The run was removed."]
    assert np.array_equal(pixels(page), before)
    page.unroute("**/coords.umap.2?*")
    show(page, projection="umap")
    assert len(events(page, "error")) == 1
    assert not np.array_equal(pixels(page), before)


def test_nothing_is_sent_twice(page: Page) -> None:
    show(page, run=RUN)
    requests: list[str] = []
    page.on("request", lambda request: requests.append(request.url))
    show(page, projection="umap", color="position")
    first = len(requests)
    assert first == 2
    for projection, color in (("tsne", "type"), ("umap", "position"), ("tsne", "position")):
        show(page, projection=projection, color=color)
    show(page, view="head", layer=1, head=1)
    show(page, view="matrix")
    assert len(requests) == first


def test_a_lost_context_comes_back_with_the_same_picture(page: Page) -> None:
    show(page, run=RUN, color="chance", search="cat")
    before = pixels(page)
    page.evaluate(
        """() => {
          const canvas = document.querySelector('[data-testid=matrix-canvas]');
          window.lossOf = canvas.getContext('webgl2').getExtension('WEBGL_lose_context');
          window.lost = new Promise(done => canvas.addEventListener('webglcontextlost', done, {once: true}));
          window.restored = new Promise(done => canvas.addEventListener('webglcontextrestored', done, {once: true}));
          lossOf.loseContext();
        }"""
    )
    page.evaluate("window.lost.then(() => true)")
    show(page, projection="umap")
    page.evaluate("(lossOf.restoreContext(), window.restored.then(() => true))")
    painted(page)
    moved = pixels(page)
    assert ink(moved) > 0.5 * ink(before)
    assert not np.array_equal(moved, before)
    show(page, projection="tsne")
    assert np.array_equal(pixels(page), before)


def test_without_webgl_2_a_sentence_and_a_picture_of_the_server(harness: Harness) -> None:
    page = harness(
        script="""
        const original = HTMLCanvasElement.prototype.getContext;
        HTMLCanvasElement.prototype.getContext = function (kind, ...rest) {
          return kind === 'webgl2' ? null : original.call(this, kind, ...rest);
        };"""
    )
    show(page, run=RUN)
    assert len(events(page, "error")) == 1
    assert "WebGL 2" in events(page, "error")[0]
    expect(page.get_by_role("img", name="Server-side picture of this view")).to_be_visible()
    page.get_by_role("gridcell", name="Layer 0 Head 0").focus()
    page.keyboard.press("Enter")
    assert events(page, "openHead") == [{"layer": 0, "head": 0}]


def test_screens_of_twice_the_pixels_get_twice_the_pixels(harness: Harness) -> None:
    page = harness(device_scale_factor=2)
    show(page, run=RUN, projection="corners")
    canvas = page.get_by_test_id("matrix-canvas")
    box = canvas.bounding_box()
    assert box is not None
    assert canvas.evaluate("canvas => [canvas.width, canvas.height]") == [2 * box["width"], 2 * box["height"]]
    image = pixels(page)
    for side, own, other in (("query", QUERY, KEY), ("key", KEY, QUERY)):
        for x, y in screen_xy(page, [point(layer, 11, 20, side) for layer in range(6)]):
            assert distance_to(image, x, y, own, ratio=2) < distance_to(image, x, y, other, ratio=2)


def test_a_new_window_size_fits_the_heads_again(page: Page) -> None:
    show(page, run=RUN, projection="corners")
    page.set_viewport_size({"width": 640, "height": 900})
    page.wait_for_function("document.querySelector('[data-testid=matrix-canvas]').width === 610")
    painted(page)
    image = pixels(page)
    for x, y in screen_xy(page, [point(layer, head, 9, "key") for layer in range(6) for head in (0, 11)]):
        assert 0 < x < 640
        assert distance_to(image, x, y, KEY) < distance_to(image, x, y, QUERY)


def test_search_makes_hits_stand_out_in_all_heads_and_fades_the_rest(page: Page) -> None:
    words = synthetic_run(RUN).tokens["tokens"]
    show(page, run=RUN, color="mod3")
    plain = pixels(page)
    metrics = show(page, search="cat")
    assert metrics["highlighted"] == 2 * words.count("cat") > 0
    found = pixels(page)
    heads = [(layer, head) for layer in range(6) for head in range(12)]
    hits = screen_xy(page, [point(*head, words.index("cat"), "query") for head in heads])
    assert all(darkness(found, x, y) > 200 for x, y in hits)
    misses = screen_xy(page, [point(*head, words.index("of"), "query") for head in heads])
    before, after = (np.array([darkness(image, x, y) for x, y in misses]) for image in (plain, found))
    assert np.median(after) < 0.5 * np.median(before)
    assert show(page, search="first")["highlighted"] == 2
    assert show(page, search="no such word")["highlighted"] == 0
    show(page, search="")
    assert np.array_equal(pixels(page), plain)


def test_colors_are_those_of_the_encodings_palettes(page: Page) -> None:
    show(page, run=RUN, view="head", layer=1, head=2, color="mod3", labels=False)
    image = pixels(page)
    palette = {"query": [(255, 0, 0), (0, 255, 0), (0, 0, 255)], "key": [(136, 0, 0), (0, 136, 0), (0, 0, 136)]}
    right = total = 0
    for side, colors in palette.items():
        for token in range(0, N, 7):
            ((x, y),) = screen_xy(page, [point(1, 2, token, side)])
            value = token % INSTANCE_LENGTH % 3
            seen = image[int(y), int(x)] - 255
            wanted = np.array(colors[value]) - 255
            right += bool(np.argmax(seen) == np.argmax(wanted))
            total += 1
    assert right / total > 0.9
    show(page, {"palette": "safe"})
    assert not np.array_equal(pixels(page), image)


def test_encodings_that_differ_by_head_color_every_head_by_its_own_values(page: Page) -> None:
    show(page, run="2x2x24", color="chance", projection="corners")
    values = synthetic_run("2x2x24").arrays["encoding.chance"]
    image = pixels(page)
    brightness, value = [], []
    for layer in range(2):
        for head in range(2):
            for token in range(24):
                ((x, y),) = screen_xy(page, [point(layer, head, token, "query")])
                brightness.append(int(image[int(y), int(x)].sum()))
                value.append(values[layer, head, token])
    assert np.corrcoef(brightness, value)[0, 1] < -0.85


def test_hovering_names_the_head_and_the_point(page: Page) -> None:
    show(page, run=RUN, color="position")
    ((x, y),) = screen_xy(page, [point(2, 3, 40, "query")])
    page.mouse.move(x, y)
    hovered = events(page, "hoverPoint")[-1]
    assert (hovered["layer"], hovered["head"]) == (2, 3)
    expect(page.get_by_role("tooltip")).to_contain_text("Layer 2 Head 3")
    show(page, view="head", layer=2, head=3, labels=False)
    ((x, y),) = screen_xy(page, [point(2, 3, 40, "query")])
    page.mouse.move(x, y)
    tooltip = page.get_by_role("tooltip")
    expect(tooltip).to_contain_text("query, position 4 of 11")
    expect(tooltip).to_contain_text("Position: 4")
    hovered = events(page, "hoverPoint")[-1]
    assert {name: hovered[name] for name in ("layer", "head", "token", "side")} == point(2, 3, 40, "query")
    page.mouse.move(2, 2)
    expect(tooltip).to_be_hidden()
    assert events(page, "hoverPoint")[-1] is None


def test_a_selected_instance_is_highlighted_and_labeled_with_its_positions(page: Page) -> None:
    metrics = show(page, run=RUN, view="instance", layer=0, head=5, instance=3, token=2, side="key")
    assert metrics["highlighted"] == 2 * INSTANCE_LENGTH
    assert 0 < metrics["labels"] <= 2 * INSTANCE_LENGTH
    assert show(page, labels=False)["labels"] == 0
    metrics = show(page, view="matrix")
    assert metrics["highlighted"] == 2 * INSTANCE_LENGTH


def test_labels_multiply_as_one_zooms(page: Page) -> None:
    home = show(page, run="2x2x1500", view="head", layer=0, head=0)["labels"]
    ((x, y),) = screen_xy(page, [point(0, 0, 5, "key")])
    page.mouse.move(x, y)
    page.mouse.wheel(0, -700)
    painted(page)
    assert page.evaluate("harness.scene.metrics().labels") > home > 20


def test_attention_lines_lead_from_queries_to_keys(page: Page) -> None:
    show(page, run=RUN, view="instance", layer=3, head=3, projection="corners", instance=1, token=0, labels=False)
    assert page.evaluate("harness.lines(3, 3, 1)") == INSTANCE_LENGTH
    painted(page)
    image = pixels(page)
    start = INSTANCE_LENGTH
    for query in range(1, INSTANCE_LENGTH):
        (x1, y1), (x2, y2) = screen_xy(
            page, [point(3, 3, start + query, "query"), point(3, 3, start + query - 1, "key")]
        )
        red, _, blue = image[int((y1 + y2) / 2), int((x1 + x2) / 2)]
        assert red > blue + 40
    page.evaluate("harness.scene.setLines([])")
    painted(page)
    assert ink(pixels(page)) < ink(image)


def test_lines_that_come_before_the_points_of_their_run_are_drawn(page: Page) -> None:
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    page.route("**/coords.corners.2?*", hold)
    with page.expect_request("**/coords.corners.2?*"):
        page.evaluate(
            "view => { window.slow = harness.show(view); }",
            {"run": RUN, "view": "head", "layer": 3, "head": 3, "projection": "corners", "labels": False},
        )
    page.evaluate("harness.lines(3, 3, 1)")
    assert len(held) == 1
    held[0].continue_()
    page.evaluate("window.slow")
    drawn = ink(pixels(page))
    page.evaluate("harness.scene.setLines([])")
    painted(page)
    assert ink(pixels(page)) < drawn - 200


def test_scale_by_norm_makes_points_of_large_norm_larger(page: Page) -> None:
    run = synthetic_run("2x2x24")
    show(page, run="2x2x24", view="head", layer=1, head=0, projection="corners", norm=True, labels=False)
    image = pixels(page)
    norms = run.arrays["query_norms"][1, 0]
    sizes = []
    for token in (int(norms.argmin()), int(run.arrays["query_norms"][1, 0].argmax())):
        ((x, y),) = screen_xy(page, [point(1, 0, token, "query")])
        window = image[int(y) - 12 : int(y) + 13, int(x) - 12 : int(x) + 13]
        sizes.append(ink(window))
    assert sizes[1] > 1.5 * sizes[0] > 0


def test_a_shift_drag_picks_the_points_inside_until_escape(page: Page) -> None:
    show(page, run=RUN, view="head", layer=0, head=0, projection="corners", labels=False)
    places = np.array(screen_xy(page, [point(0, 0, token, "query") for token in range(N)]))
    low, high = places.min(axis=0) - 4, places.max(axis=0) + 4
    page.keyboard.down("Shift")
    page.mouse.move(*low)
    page.mouse.down()
    page.mouse.move(*high, steps=5)
    page.mouse.up()
    page.keyboard.up("Shift")
    assert events(page, "lasso") == [list(range(N))]
    painted(page)
    assert page.evaluate("harness.scene.metrics().highlighted") == N
    assert show(page, view="matrix")["highlighted"] == N
    page.get_by_role("gridcell", name="Layer 0 Head 0").focus()
    page.keyboard.press("Escape")
    assert len(events(page, "clear")) == 1
    assert page.evaluate("harness.scene.metrics().highlighted") == 0


def test_a_round_shift_drag_picks_what_it_encloses(page: Page) -> None:
    show(page, run=RUN, view="head", layer=0, head=0, projection="corners", labels=False)
    points = [point(0, 0, token, side) for side in ("query", "key") for token in range(N)]
    places = np.array(screen_xy(page, points))
    center, radius = places[:N].mean(axis=0), 50.0
    page.keyboard.down("Shift")
    page.mouse.move(center[0] + radius, center[1])
    page.mouse.down()
    for angle in np.linspace(0, 2 * np.pi, 60):
        page.mouse.move(center[0] + radius * np.cos(angle), center[1] + radius * np.sin(angle))
    page.mouse.up()
    page.keyboard.up("Shift")
    distance = np.hypot(*(places - center).T)
    (picked,) = events(page, "lasso")
    assert set(np.flatnonzero(distance < radius - 2)) <= set(picked) <= set(np.flatnonzero(distance < radius + 2))
    assert len(picked) > 5


def test_the_keyboard_moves_between_heads_and_opens_them(page: Page) -> None:
    show(page, run=RUN)
    grid = page.get_by_role("grid", name="Attention heads")
    expect(grid.get_by_role("row")).to_have_count(6)
    expect(grid.get_by_role("gridcell")).to_have_count(72)
    page.keyboard.press("Tab")
    for key in ("ArrowDown", "ArrowDown", "ArrowRight", "ArrowUp"):
        page.keyboard.press(key)
    expect(page.get_by_role("gridcell", name="Layer 1 Head 1", exact=True)).to_be_focused()
    page.keyboard.press("Enter")
    assert events(page, "openHead") == [{"layer": 1, "head": 1}]
    show(page, view="head", layer=1, head=1)
    page.keyboard.press("ArrowLeft")
    assert events(page, "openHead")[-1] == {"layer": 1, "head": 0}


def test_keys_work_after_a_click_into_the_picture_and_zoom(page: Page) -> None:
    show(page, run=RUN, view="head", layer=2, head=2, projection="corners", labels=False)
    page.mouse.click(985, 685)
    page.keyboard.press("ArrowDown")
    assert events(page, "openHead") == [{"layer": 3, "head": 2}]
    show(page, view="matrix")
    target = [point(0, 0, 0, "query"), point(5, 11, 0, "query")]
    home = np.array(screen_xy(page, target))
    page.keyboard.press("+")
    painted(page)
    zoomed = np.array(screen_xy(page, target))
    assert np.ptp(zoomed, axis=0) == pytest.approx(1.4 * np.ptp(home, axis=0), rel=1e-3)
    page.keyboard.press("PageUp")
    page.keyboard.press("Home")
    painted(page)
    assert np.all(np.array(screen_xy(page, target[:1])) > 0)
    page.keyboard.press("0")
    painted(page)
    assert np.array(screen_xy(page, target)) == pytest.approx(home)


def test_memory_stays_flat_over_two_hundred_switches(harness: Harness) -> None:
    page = harness(script=COUNT_GPU)
    show(page, run=RUN)
    session = page.context.new_cdp_session(page)

    def heap() -> float:
        session.send("HeapProfiler.collectGarbage")
        return float(session.send("Runtime.getHeapUsage")["usedSize"])

    switches = """async () => {
      for (let i = 0; i < 50; i++) {
        const [projection, color] = [i % 2 ? 'tsne' : 'umap', i % 3 ? 'type' : 'chance'];
        await harness.show({projection, color, search: i % 5 ? '' : 'cat'});
      }
    }"""
    page.evaluate(switches)
    before, on_gpu = heap(), page.evaluate("onGpu")
    for _ in range(3):
        page.evaluate(switches)
    assert heap() < 1.1 * before + 500_000
    assert page.evaluate("onGpu") == on_gpu > 0


def test_two_fingers_zoom(harness: Harness) -> None:
    page = harness(has_touch=True)
    show(page, run=RUN, view="head", layer=0, head=0, projection="corners", labels=False)
    before = np.array(screen_xy(page, [point(0, 0, token, "query") for token in (1, 2)]))
    session = page.context.new_cdp_session(page)

    def touch(kind: str, *places: tuple[int, int]) -> None:
        fingers = [{"x": x, "y": y, "id": i} for i, (x, y) in enumerate(places)]
        session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": fingers})

    touch("touchStart", (450, 350))
    touch("touchStart", (450, 350), (550, 350))
    for spread in (60, 75, 90, 100):
        touch("touchMove", (500 - spread, 350), (500 + spread, 350))
    touch("touchEnd")
    painted(page)
    after = np.array(screen_xy(page, [point(0, 0, token, "query") for token in (1, 2)]))
    factor = np.hypot(*(after[1] - after[0])) / np.hypot(*(before[1] - before[0]))
    assert factor == pytest.approx(2, rel=0.05)
    assert events(page, "selectPoint") == []


def test_exports_are_a_picture_of_twice_the_pixels_and_a_drawing_of_every_point(page: Page) -> None:
    show(page, run=RUN)
    data_url = page.evaluate(
        """async () => {
          const reader = new FileReader();
          const read = new Promise(done => reader.addEventListener('load', done));
          reader.readAsDataURL(await harness.scene.exportPNG(2));
          await read;
          return reader.result;
        }"""
    )
    picture = Image.open(io.BytesIO(base64.b64decode(data_url.partition(",")[2]))).convert("RGB")
    assert picture.size == (2 * 970, 2 * 680)
    assert ink(np.asarray(picture, dtype=np.int16)) > 2 * ink(pixels(page))
    labels = show(page, view="head", layer=2, head=2)["labels"]
    svg = page.evaluate("harness.scene.exportSVG()")
    parsed = page.evaluate(
        """svg => {
          const document = new DOMParser().parseFromString(svg, 'image/svg+xml');
          const count = name => document.querySelectorAll(name).length;
          return [count('parsererror'), count('circle'), count('text')];
        }""",
        svg,
    )
    assert parsed == [0, 2 * N, labels]


def test_themes_come_from_the_stage(page: Page) -> None:
    show(page, {"theme": "dark"}, run=RUN, view="head", layer=0, head=0)
    image = pixels(page)
    assert tuple(image[5, 5]) == (0, 0, 0)
    background = np.abs(image).sum(axis=2) < 12
    assert background.mean() > 0.5
    assert (image.sum(axis=2) > 300).sum() > 500


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("variant", VARIANTS)
def test_the_theme_equals_the_tokens_that_python_reads(page: Page, theme: Theme, variant: Variant) -> None:
    drawn = page.evaluate("([theme, palette]) => harness.theme(theme, palette)", [theme, variant])
    names = {"background": "bg", "labelQuery": "label-query", "labelKey": "label-key"}
    terms = [color_token(f"term-{number}", theme, variant) for number in range(1, 9)]
    assert drawn.pop("terms") == terms
    assert drawn == {role: color_token(names.get(role, role), theme, variant) for role in drawn}
    assert set(drawn) >= {"query", "key", "fade", "frame", "text", "line", "focus", "background"}


def test_head_tints_frame_the_cells_of_the_matrix(page: Page) -> None:
    show(page, run="2x2x24")
    page.evaluate("harness.scene.setHeadTint(Float32Array.of(0, 1, NaN, 0.5), ['#ffffff', '#ff0000'])")
    painted(page)
    image = pixels(page)
    places = screen_xy(page, [point(layer, head, 0, "query") for layer in range(2) for head in range(2)])
    reddish = (image[..., 0] > 200) & (image[..., 1] < 210) & (image[..., 2] < 210) & (image[..., 1] > 150)
    quadrants = [int(reddish[int(y) - 40 : int(y) + 40, int(x) - 40 : int(x) + 40].sum()) for x, y in places]
    assert quadrants[1] > 1000
    assert quadrants[0] < 300
    assert quadrants[2] < 300


def test_dispose_leaves_an_empty_stage_and_a_new_scene_can_follow(page: Page) -> None:
    show(page, run=RUN)
    page.evaluate("harness.scene.dispose()")
    assert page.evaluate("document.getElementById('stage').childElementCount") == 0
