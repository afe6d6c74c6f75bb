"""Sentence View and Aggregate View on their own: what they draw equals the formulas, by mouse, finger and keyboard."""

from __future__ import annotations

import csv
import functools
import io
import threading
from collections.abc import Iterator, Sequence
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.conftest import Windows

pytestmark = pytest.mark.browser

REPOSITORY = Path(__file__).resolve().parents[2]
SENTENCE = "[CLS] The fisherman sat on the river bank and thought about the other bank . [SEP]"
WORDS = SENTENCE.split()
N = len(WORDS)
CONTROLS = {"cls": True, "sep": True, "first": False, "bos": False}
NORMS = np.linspace(0.2, 3, N, dtype=np.float32)
COUNTS = list(range(60, 60 - (N + 4), -1))
FRAME_MS = "new Promise(done => requestAnimationFrame(() => setTimeout(done)))"

Weights = NDArray[np.floating[Any]]


class QuietHandler(SimpleHTTPRequestHandler):
    """Serves files without a line on stderr for each."""

    def log_message(self, format: str, *args: object) -> None:
        """Log nothing."""


@pytest.fixture(scope="module")
def harness_url() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(QuietHandler, directory=str(REPOSITORY)))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/tests/browser/sentence_harness.html"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def page(windows: Windows, harness_url: str) -> Iterator[Page]:
    page = windows(viewport={"width": 460, "height": 1400}, reduced_motion="no-preference").new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto(harness_url)
    page.wait_for_function("window.harness")
    yield page
    page.close()
    assert errors == []


def softmax_pattern(length: int, seed: int = 0, *, causal: bool = False, sharpness: float = 1.5) -> Weights:
    """Return a previous-token head with noise and a sink."""
    scores = np.random.default_rng(seed).normal(size=(length, length)) * sharpness
    scores[np.arange(1, length), np.arange(length - 1)] += 2.5
    scores[:, 0] += 1.5
    if causal:
        scores = np.where(np.tri(length, dtype=bool), scores, -np.inf)
    weights = np.exp(scores - scores.max(axis=1, keepdims=True))
    return np.asarray(weights / weights.sum(axis=1, keepdims=True), dtype=np.float32)


def show(page: Page, pattern: Weights, texts: Sequence[str] = WORDS, **options: object) -> None:
    page.evaluate(
        """({pattern, norms, ...sentence}) => harness.sentence.show({
            ...sentence, pattern: new Float32Array(pattern), valueNorms: norms && new Float32Array(norms)})""",
        {
            "pattern": pattern.ravel().tolist(),
            "texts": list(texts),
            "special": [text.startswith("[") for text in texts],
            "length": len(texts),
            "causal": False,
            "selected": None,
            "norms": NORMS.tolist() if len(texts) == N else None,
            "controls": CONTROLS,
            "headLabel": "Layer 3 Head 9",
            **options,
        },
    )


def show_aggregate(page: Page, mean: Weights) -> None:
    page.evaluate(
        "({mean, ...sentence}) => harness.aggregate.show({...sentence, mean: new Float32Array(mean)})",
        {
            "mean": mean.ravel().tolist(),
            "positions": len(mean),
            "counts": COUNTS,
            "texts": WORDS,
            "special": [text.startswith("[") for text in WORDS],
            "length": N,
            "causal": False,
            "selected": None,
            "headLabel": "Layer 3 Head 9",
        },
    )


def tokens(page: Page, side: str, view: str = "sentence-view") -> Locator:
    return page.get_by_test_id(view).get_by_test_id(f"{side}-token")


def state(page: Page, view: str = "sentence") -> dict[str, Any]:
    result: dict[str, Any] = page.evaluate(f"harness.{view}.state()")
    return result


def line_matrix(page: Page, length: int = N, view: str = "sentence-view") -> Weights:
    """Return the opacities in the document as a matrix; 0 where there is no line."""
    rows = (
        page.get_by_test_id(view)
        .locator("line")
        .evaluate_all(
            """lines => lines.map(
            line => ["data-query", "data-key", "stroke-opacity"].map(name => Number(line.getAttribute(name))))"""
        )
    )
    matrix = np.zeros((length, length))
    for query, key, opacity in rows:
        matrix[int(query), int(key)] = opacity
    return matrix


def above(weights: Weights, threshold: float = 0.01) -> Weights:
    return np.where(weights >= threshold, weights, 0)


def renormalized(weights: Weights) -> Weights:
    total = weights.sum(axis=1, keepdims=True)
    return np.asarray(np.divide(weights, total, out=np.zeros_like(weights), where=total > 0))


def test_every_pair_above_the_threshold_is_a_line_of_its_weight(page: Page) -> None:
    pattern = softmax_pattern(N)
    show(page, pattern)
    np.testing.assert_allclose(line_matrix(page), above(pattern), atol=1e-5)
    assert tokens(page, "query").all_text_contents() == WORDS
    assert tokens(page, "key").all_text_contents() == WORDS
    assert state(page)["drawnLines"] == np.count_nonzero(above(pattern))


def test_the_threshold_moves(page: Page) -> None:
    pattern = softmax_pattern(N)
    show(page, pattern)
    page.get_by_test_id("threshold").fill("0.2")
    np.testing.assert_allclose(line_matrix(page), above(pattern, 0.2), atol=1e-5)


def test_hovering_a_token_leaves_its_lines_and_shades_the_other_side(page: Page) -> None:
    pattern = softmax_pattern(N)
    show(page, pattern)
    tokens(page, "query").nth(5).hover()
    row = np.zeros_like(pattern)
    row[5] = above(pattern)[5]
    np.testing.assert_allclose(line_matrix(page), row, atol=1e-5)
    shades = tokens(page, "key").evaluate_all(
        "all => all.map(each => Number(each.style.getPropertyValue('--av-share')))"
    )
    np.testing.assert_allclose(shades, pattern[5], atol=1e-6)
    assert page.evaluate("harness.heard.hovered.at(-1)") == {"token": 5, "side": "query"}
    sent = page.evaluate("harness.heard.lines.at(-1)")
    assert {(line["query"], line["key"]) for line in sent} == {(5, key) for key in np.flatnonzero(row[5])}

    tokens(page, "key").nth(3).hover()
    column = np.zeros_like(pattern)
    column[:, 3] = above(pattern)[:, 3]
    np.testing.assert_allclose(line_matrix(page), column, atol=1e-5)

    page.mouse.move(1, 1)
    np.testing.assert_allclose(line_matrix(page), above(pattern), atol=1e-5)
    assert page.evaluate("harness.heard.hovered.at(-1)") is None


def test_hovering_elsewhere_does_the_same_without_an_event(page: Page) -> None:
    pattern = softmax_pattern(N)
    show(page, pattern)
    page.evaluate("harness.sentence.setHovered({token: 2, side: 'key'})")
    column = np.zeros_like(pattern)
    column[:, 2] = above(pattern)[:, 2]
    np.testing.assert_allclose(line_matrix(page), column, atol=1e-5)
    assert page.evaluate("harness.heard.hovered") == []


def test_clicks_take_rows_and_columns_off_and_reset_brings_them_back(page: Page) -> None:
    pattern = softmax_pattern(N)
    show(page, pattern)
    tokens(page, "key").nth(0).click()
    tokens(page, "key").nth(7).click()
    tokens(page, "query").nth(4).click()
    page.mouse.move(1, 1)
    hidden = pattern[:, [0, 7]].sum(axis=1, keepdims=True)
    expected = pattern / (1 - hidden)
    expected[:, [0, 7]] = 0
    expected[4] = 0
    np.testing.assert_allclose(line_matrix(page), above(expected), atol=1e-5)
    assert state(page)["hiddenKeys"] == [0, 7]
    assert state(page)["hiddenQueries"] == [4]
    best = {(line["query"], line["key"]): line["weight"] for line in page.evaluate("harness.heard.lines.at(-1)")}
    top = np.argsort(-expected, axis=1)[:, :2]
    assert set(best) == {(q, int(k)) for q in range(N) for k in top[q] if expected[q, k] >= 0.05}
    for pair, weight in best.items():
        assert weight == pytest.approx(expected[pair], abs=1e-5)

    page.get_by_test_id("reset-sentence").click()
    np.testing.assert_allclose(line_matrix(page), above(pattern), atol=1e-5)


def test_special_tokens_and_value_norms(page: Page) -> None:
    pattern = softmax_pattern(N)
    show(page, pattern)
    assert page.get_by_test_id("hide-first").is_hidden()
    page.get_by_test_id("value-norm").check()
    np.testing.assert_allclose(line_matrix(page), above(renormalized(pattern * NORMS)), atol=1e-5)
    page.get_by_test_id("hide-cls").check()
    page.get_by_test_id("hide-sep").check()
    weighed = pattern * NORMS
    weighed[[0, -1]] = 0
    weighed[:, [0, -1]] = 0
    np.testing.assert_allclose(line_matrix(page), above(renormalized(weighed)), atol=1e-5)
    page.get_by_test_id("value-norm").uncheck()
    page.get_by_test_id("hide-cls").uncheck()
    assert state(page)["hiddenKeys"] == [N - 1]


def test_another_head_keeps_hidden_tokens_and_another_sentence_only_the_groups(page: Page) -> None:
    show(page, softmax_pattern(N))
    page.get_by_test_id("hide-sep").check()
    tokens(page, "key").nth(3).click()
    show(page, softmax_pattern(N, seed=1))
    assert state(page)["hiddenKeys"] == [3, N - 1]
    show(page, softmax_pattern(3), texts=["[CLS]", "Hello", "[SEP]"])
    assert state(page)["hiddenKeys"] == [2]
    assert tokens(page, "query").all_text_contents() == ["[CLS]", "Hello", "[SEP]"]
    assert page.get_by_test_id("value-norm").is_hidden()


def test_a_causal_pattern_has_no_line_to_a_later_key(page: Page) -> None:
    pattern = softmax_pattern(N, causal=True)
    controls = {"cls": False, "sep": False, "first": True, "bos": False}
    show(page, pattern, causal=True, controls=controls)
    page.get_by_test_id("threshold").fill("0")
    np.testing.assert_allclose(line_matrix(page), pattern, atol=1e-5)
    assert page.get_by_test_id("sentence-view").locator("line").count() == N * (N + 1) // 2
    page.get_by_test_id("hide-first").check()
    assert state(page)["hiddenKeys"] == [0]
    assert line_matrix(page)[1].tolist() == [0, 1] + [0] * (N - 2)


def test_a_double_click_or_enter_selects_and_the_selected_token_is_bold(page: Page) -> None:
    show(page, softmax_pattern(N))
    tokens(page, "key").nth(6).dblclick()
    assert page.evaluate("harness.heard.selected") == [{"token": 6, "side": "key"}]
    assert state(page)["hiddenKeys"] == []
    weights = tokens(page, "key").evaluate_all("all => all.map(token => Number(getComputedStyle(token).fontWeight))")
    page.mouse.move(1, 1)
    assert [index for index, weight in enumerate(weights) if weight >= 600] == [6]

    tokens(page, "query").nth(2).focus()
    page.keyboard.press("Enter")
    assert state(page)["selected"] == {"token": 2, "side": "query"}


def test_the_keyboard_walks_the_tokens(page: Page) -> None:
    pattern = softmax_pattern(N)
    show(page, pattern)
    tokens(page, "query").nth(0).focus()
    for key in ("ArrowDown", "ArrowDown", "ArrowRight"):
        page.keyboard.press(key)
    assert state(page)["hovered"] == {"token": 2, "side": "key"}
    expect(page.get_by_test_id("pattern-readout").first).to_contain_text("fisherman")
    page.keyboard.press("Space")
    assert state(page)["hiddenKeys"] == [2]
    page.keyboard.press("p")
    assert state(page)["pinned"] == [{"token": 2, "side": "key"}]
    page.keyboard.press("Escape")
    assert state(page)["pinned"] == []
    assert state(page)["hovered"] is None


def test_pinned_tokens_add_up(page: Page) -> None:
    pattern = softmax_pattern(N)
    show(page, pattern)
    for token in (3, 5, 9, 11, 12):
        tokens(page, "query").nth(token).click(modifiers=["Shift"])
    assert [pin["token"] for pin in state(page)["pinned"]] == [3, 5, 9, 11]
    expect(page.get_by_test_id("pattern-readout").first).to_contain_text("4 tokens are pinned")
    page.mouse.move(1, 1)
    numbers = tokens(page, "key").evaluate_all("all => all.map(token => Number(token.dataset.share || 0))")
    np.testing.assert_allclose(numbers, pattern[[3, 5, 9, 11]].sum(axis=0), atol=0.0051)
    assert set(np.flatnonzero(line_matrix(page).sum(axis=1))) == {3, 5, 9, 11}


def test_the_matrix_names_the_pair_under_the_pointer(page: Page) -> None:
    pattern = softmax_pattern(N)
    show(page, pattern)
    page.get_by_test_id("sentence-form").get_by_role("button", name="Matrix").click()
    heat = page.get_by_test_id("sentence-view").get_by_test_id("heat-map")
    readout = page.get_by_test_id("sentence-view").get_by_test_id("pattern-readout")
    heat.focus()
    for key in ("ArrowDown", "ArrowDown", "ArrowDown", "ArrowRight", "ArrowRight"):
        page.keyboard.press(key)
    expect(readout).to_contain_text("query 3 sat → key 2 fisherman")
    assert float(readout.inner_text().split()[-1]) == pytest.approx(pattern[3, 2], rel=1e-3)
    assert state(page)["drawnLines"] == 0
    box = heat.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + box["width"] - 3, box["y"] + box["height"] - 3)
    expect(readout).to_contain_text(f"query {N - 1} [SEP] → key {N - 1} [SEP]")


def test_the_matrix_is_darker_where_the_weight_is_higher(page: Page) -> None:
    pattern = np.eye(4, dtype=np.float32)[[1, 0, 3, 2]]
    show(page, pattern, texts=["a", "b", "c", "d"])
    page.get_by_test_id("sentence-form").get_by_role("button", name="Matrix").click()
    darkness = (
        page.get_by_test_id("sentence-view")
        .get_by_test_id("heat-map")
        .evaluate(
            """canvas => {
            const context = canvas.getContext("2d");
            const gutter = canvas.clientWidth - 4 * 24, ratio = canvas.width / canvas.clientWidth;
            return [0, 1, 2, 3].map(query => [0, 1, 2, 3].map(key => {
                const at = index => Math.round((gutter + (index + 0.5) * 24) * ratio);
                return 255 - context.getImageData(at(key), at(query), 1, 1).data[0];
            }));
        }"""
        )
    )
    assert (np.array(darkness) > 100).tolist() == (pattern == 1).tolist()


def test_the_aggregate_is_cut_renormalized_and_linked(page: Page) -> None:
    mean = softmax_pattern(N + 4, seed=5)
    show(page, softmax_pattern(N))
    show_aggregate(page, mean)
    cut = renormalized(mean[:N, :N].astype(np.float64))
    np.testing.assert_allclose(line_matrix(page, view="aggregate-view"), above(cut), atol=1e-5)
    expect(page.get_by_test_id("aggregate-view")).to_contain_text(f"{COUNTS[N - 1]}–{COUNTS[0]} sentences")

    tokens(page, "key").nth(0).click()
    tokens(page, "query", "aggregate-view").nth(3).click()
    page.mouse.move(1, 1)
    cut[:, 0] = 0
    cut[3] = 0
    np.testing.assert_allclose(line_matrix(page, view="aggregate-view"), above(renormalized(cut)), atol=1e-5)
    assert state(page)["hiddenKeys"] == [0]
    assert state(page)["hiddenQueries"] == [3]

    tokens(page, "query", "aggregate-view").nth(6).hover()
    assert state(page)["hovered"] == {"token": 6, "side": "query"}
    assert set(np.flatnonzero(line_matrix(page).sum(axis=1))) == {6}

    page.evaluate("harness.sentence.setHovered({token: 2, side: 'key'})")
    assert set(np.flatnonzero(line_matrix(page, view="aggregate-view").sum(axis=0))) == {2}

    page.get_by_test_id("aggregate-toggle").click()
    assert tokens(page, "query", "aggregate-view").first.is_hidden()


def test_linked_views_scroll_together(page: Page) -> None:
    words = [f"w{index}" for index in range(200)]
    show(page, softmax_pattern(200), texts=words)
    page.evaluate(
        """({texts, mean}) => harness.aggregate.show({
            texts, special: texts.map(() => false), length: 200, causal: false, selected: null, headLabel: "",
            mean: new Float32Array(mean), positions: 200, counts: texts.map(() => 5)})""",
        {"texts": words, "mean": softmax_pattern(200, seed=1).ravel().tolist()},
    )
    tops = page.evaluate(
        f"""async () => {{
            const [one, two] = document.querySelectorAll(".av-graph-window");
            one.scrollTop = 1500; await {FRAME_MS}; await {FRAME_MS};
            return [one.scrollTop, two.scrollTop];
        }}"""
    )
    assert tops == [1500, 1500]


def test_a_long_sentence_draws_what_is_seen_and_hovers_fast(page: Page) -> None:
    words = [f"w{index}" for index in range(512)]
    pattern = softmax_pattern(512, sharpness=2)
    show(page, pattern, texts=words)
    times = page.evaluate(
        f"""async () => {{
            const times = [];
            for (let token = 0; token < 15; token++) {{
                const start = performance.now();
                harness.sentence.setHovered({{token, side: "query"}});
                await {FRAME_MS};
                times.push(performance.now() - start);
            }}
            harness.sentence.setHovered(null);
            return times;
        }}"""
    )
    assert np.quantile(times, 0.25) < 100  # the quiet quarter: without other work on the machine
    assert tokens(page, "query").count() < 60
    page.evaluate(f"document.querySelector('.av-graph-window').scrollTop = 5000; {FRAME_MS}")
    page.evaluate(FRAME_MS)
    visible = [int(index) for index in tokens(page, "query").evaluate_all("all => all.map(t => t.dataset.token)")]
    assert 0 not in visible
    assert 230 in visible
    drawn = line_matrix(page, 512)
    expected = above(pattern)
    expected[np.ix_(np.setdiff1d(range(512), visible), np.setdiff1d(range(512), visible))] = 0
    np.testing.assert_allclose(drawn, expected, atol=1e-5)
    assert len(state(page)["lines"]) == np.count_nonzero(above(pattern))


def test_texts_are_inert_and_visible(page: Page) -> None:
    texts = ["<img src=x onerror=alert(1)>", " ", "\n", " the", "ضفة", "👩‍👩‍👧", "\u200b", "=1+1"]
    show(page, softmax_pattern(len(texts)), texts=texts)
    assert tokens(page, "key").all_text_contents() == [
        "<img src=x onerror=alert(1)>",
        "␣",
        "↵",
        "the",
        "ضفة",
        "👩‍👩‍👧",
        "U+200B",
        "=1+1",
    ]
    assert page.locator("img").count() == 0


def test_export_as_csv_and_svg(page: Page) -> None:
    pattern = softmax_pattern(3, causal=True)
    show(page, pattern, texts=["=1+1", "b,c", "d"], causal=True)
    page.get_by_test_id("sentence-export").locator("summary").click()
    with page.expect_download() as download:
        page.get_by_test_id("sentence-save-csv").click()
    assert download.value.suggested_filename == "sentence-layer-3-head-9.csv"
    rows = list(csv.DictReader(io.StringIO(download.value.path().read_text("utf-8"))))
    assert [(row["query"], row["key"]) for row in rows[:2]] == [("'=1+1", "'=1+1"), ("b,c", "'=1+1")]
    np.testing.assert_allclose([float(row["weight"]) for row in rows], pattern[np.tril_indices(3)], rtol=1e-6)
    with page.expect_download() as download:
        page.get_by_test_id("sentence-save-svg").click()
    assert download.value.path().read_text("utf-8").count("<line") == np.count_nonzero(above(pattern))
    with page.expect_download() as download:
        page.get_by_test_id("sentence-save-png").click()
    assert download.value.path().read_bytes()[:8] == b"\x89PNG\r\n\x1a\n"


def test_a_finger_points_first_and_then_acts_by_buttons(chromium: Browser, harness_url: str) -> None:
    phone = chromium.new_page(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    phone.goto(harness_url)
    phone.wait_for_function("window.harness")
    show(phone, softmax_pattern(N))
    tokens(phone, "query").nth(4).tap()
    assert state(phone)["hovered"] == {"token": 4, "side": "query"}
    assert state(phone)["hiddenQueries"] == []
    phone.get_by_test_id("sentence-view").get_by_role("button", name="Hide", exact=True).tap()
    assert state(phone)["hiddenQueries"] == [4]
    assert phone.evaluate("document.documentElement.scrollWidth") == 390
    phone.close()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_tokens_are_readable_in_every_state(page: Page, theme: str) -> None:
    page.evaluate("theme => { document.documentElement.dataset.bsTheme = theme; }", theme)
    page.emulate_media(reduced_motion="reduce")
    pattern = np.eye(N, dtype=np.float32)
    show(page, pattern, selected={"token": 3, "side": "key"})
    tokens(page, "key").nth(5).click()
    tokens(page, "query").nth(2).hover()
    contrasts = page.evaluate(
        """() => {
            const context = document.createElement("canvas").getContext("2d", {willReadFrequently: true});
            const mixed = (...layers) => {
                for (const layer of layers) { context.fillStyle = layer; context.fillRect(0, 0, 1, 1); }
                return [...context.getImageData(0, 0, 1, 1).data].slice(0, 3);
            };
            const light = color => {
                const [r, g, b] = color.map(part => part / 255)
                    .map(part => part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4);
                return 0.2126 * r + 0.7152 * g + 0.0722 * b;
            };
            const page = getComputedStyle(document.body).backgroundColor;
            return [...document.querySelectorAll("#sentence .av-token, #sentence .av-graph-heading span, #sentence p")]
                .filter(element => element.textContent)
                .map(element => {
                    const style = getComputedStyle(element);
                    const shades = [mixed(page, style.backgroundColor), mixed(style.color)].map(light);
                    const [low, high] = shades.sort((a, b) => a - b);
                    return (high + 0.05) / (low + 0.05);
                });
        }"""
    )
    assert len(contrasts) > 2 * N
    assert min(contrasts) >= 4.5
