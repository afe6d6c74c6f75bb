"""The picture stays right when the browser makes it hard: no WebGL, a lost context, another window."""

from __future__ import annotations

import io
import re

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image
from playwright.sync_api import expect

from tests.browser.app_page import AppPage, open_tab
from tests.browser.conftest import Windows
from tests.conftest import DemoStore

pytestmark = pytest.mark.browser

WITHOUT_WEBGL = """
const original = HTMLCanvasElement.prototype.getContext;
HTMLCanvasElement.prototype.getContext = function (kind, ...rest) {
  return kind === "webgl2" ? null : original.call(this, kind, ...rest);
};"""
LOSE = """async () => {
  const canvas = document.querySelector("[data-testid=matrix-canvas], [data-testid=single-canvas]");
  window.loss = canvas.getContext("webgl2").getExtension("WEBGL_lose_context");
  const lost = new Promise((done) => canvas.addEventListener("webglcontextlost", done, { once: true }));
  window.restored = new Promise((done) => canvas.addEventListener("webglcontextrestored", done, { once: true }));
  window.loss.loseContext();
  await lost;
}"""


def colored(image: NDArray[np.int16]) -> tuple[int, int]:
    """Count green and pink pixels."""
    red, green, blue = np.moveaxis(image, -1, 0)
    return int(((green > red + 40) & (green > blue + 40)).sum()), int(((red > green + 60) & (blue > green + 20)).sum())


def stage(view: AppPage, ratio: int = 1) -> NDArray[np.int16]:
    """Take a picture of the stage."""
    box = view.page.locator("#stage").bounding_box()
    assert box
    image = np.asarray(Image.open(io.BytesIO(view.page.screenshot())).convert("RGB"), np.int16)
    top, left = round(box["y"] * ratio), round(box["x"] * ratio)
    return image[top : top + round(box["height"] * ratio), left : left + round(box["width"] * ratio)]


def test_without_webgl_2_the_server_draws_and_a_sentence_says_why(
    windows: Windows, app_url: str, demo_store: DemoStore
) -> None:
    with open_tab(windows(), app_url, WITHOUT_WEBGL) as view:
        view.open(f"?run={demo_store.bert}&projection=pca", view="matrix")
        message, picture = view.page.locator("#message"), view.page.get_by_role("img", name="Server-side picture")
        expect(message).to_contain_text("WebGL 2")
        expect(picture).to_be_visible()
        picture.evaluate("image => image.decode()")
        first = stage(view)
        assert min(colored(first)) > 2000
        view.control("projection").select_option("tsne")
        view.shows(projection="tsne")
        expect(picture).to_have_attribute("src", re.compile("projection=tsne"))
        expect(message).to_contain_text("WebGL 2")
        view.page.get_by_role("gridcell", name="Layer 3 Head 5").focus()
        view.page.keyboard.press("Enter")
        view.shows(view="head", layer=3, head=5)
        expect(picture).to_have_attribute("src", re.compile("layer=3"))
        expect(message).to_contain_text("WebGL 2")


def test_a_lost_context_comes_back_with_what_was_chosen_meanwhile(view: AppPage, demo_store: DemoStore) -> None:
    view.open(f"?run={demo_store.bert}&projection=pca", view="matrix")
    pca = stage(view)
    view.page.evaluate(LOSE)
    view.control("projection").select_option("tsne")
    view.address_has(projection="tsne")
    view.page.evaluate("loss.restoreContext(), restored.then(() => true)")
    view.shows(projection="tsne")
    assert min(colored(stage(view))) > 0.3 * min(colored(pca))
    view.control("projection").select_option("pca")
    view.shows(projection="pca")
    view.page.mouse.move(5, 5)
    assert np.array_equal(stage(view), pca)


def test_points_are_sharp_on_fine_screens_and_fit_again_in_another_window(
    windows: Windows, app_url: str, demo_store: DemoStore
) -> None:
    with open_tab(windows(device_scale_factor=2), app_url) as view:
        view.open(f"head?run={demo_store.gpt2}&projection=pca&layer=1&head=1&labels=0", view="head")
        canvas, n_tokens = view.control("single-canvas"), view.state()["pointsPerHead"] // 2
        for width, height in ((1400, 900), (900, 700)):
            view.page.set_viewport_size({"width": width, "height": height})
            box = view.page.locator("#stage").bounding_box()
            assert box
            view.page.wait_for_function(
                "width => Math.abs(document.querySelector('[data-testid=single-canvas]').width - width) < 2",
                arg=2 * box["width"],
            )
            view.shows(view="head")
            assert canvas.evaluate("canvas => canvas.height") == pytest.approx(2 * box["height"], abs=2)
            places = view.places(1, 1, n_tokens) - (box["x"], box["y"])
            assert places.min() > 0
            assert (places < (box["width"], box["height"])).all()
            image = stage(view, ratio=2)
            marked = [np.ptp(image[int(2 * y), int(2 * x)]) > 40 for x, y in places]
            assert np.mean(marked) > 0.95
