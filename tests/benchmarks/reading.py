"""Sentence View over a long sentence: from a token under the pointer to its lines on the screen.

``python -m tests.benchmarks.reading`` prints the figures and writes their section of docs/benchmarks.md.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
from playwright.sync_api import Page, sync_playwright

from precompute.numeric import Float32
from scripts.ensure_browser import system_chromium
from tests.benchmarks.report import exit_status, machine, table, write_section
from tests.browser import conftest
from tests.browser.synthetic_runs import serve_synthetic_runs

HARNESS = Path(conftest.__file__).with_name("sentence_harness.html")
LENGTHS = (32, 512)
HOVERS = 40
MOST_MS = 100
SHOW = """({pattern, texts, form}) => {
  harness.sentence.show({
    texts, pattern: new Float32Array(pattern), special: texts.map(() => false), length: texts.length, causal: false,
    selected: null, valueNorms: null,
    controls: {cls: false, sep: false, first: true, bos: false}, headLabel: "Layer 0 Head 0",
  });
  document.querySelector(`[data-testid=sentence-form] [data-form=${form}]`).click();
}"""
HOVER = """async (count) => {
  const painted = () => new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
  const times = [];
  for (let i = 0; i < count; i++) {
    const tokens = [...document.querySelectorAll("[data-testid=sentence-view] .av-token")];
    const canvas = document.querySelector("[data-testid=sentence-view] canvas");
    const matrix = harness.sentence.state().form === "matrix";
    const target = matrix ? canvas : tokens[(7 * i) % tokens.length];
    const { left, top, width, height } = target.getBoundingClientRect();
    const share = matrix ? ((7 * i) % count) / count : 0.5;
    const event = { bubbles: true, pointerType: "mouse", clientX: left + share * width, clientY: top + share * height };
    await painted();
    const start = performance.now();
    target.dispatchEvent(new PointerEvent(matrix ? "pointermove" : "pointerover", event));
    await painted();
    times.push(performance.now() - start);
    const { hovered } = harness.sentence.state();
    if (!matrix && hovered?.token !== Number(target.dataset.token)) throw new Error("The token is not hovered.");
  }
  return times;
}"""


def attention(length: int) -> Float32:
    """Rows of a head that attends back and is noisy enough to have thousands of lines: float32 [length, length]."""
    scores = 2 * np.random.default_rng(length).normal(size=(length, length))
    scores[np.arange(1, length), np.arange(length - 1)] += 2.5
    weights = np.exp(scores - scores.max(axis=1, keepdims=True))
    return (weights / weights.sum(axis=1, keepdims=True)).astype(np.float32)


def hovers(page: Page, length: int, form: str) -> list[float]:
    """Milliseconds from each of some hovers to the painted frame."""
    words = [f"token{index}" for index in range(length)]
    page.evaluate(SHOW, {"pattern": attention(length).ravel().tolist(), "texts": words, "form": form})
    times: list[float] = page.evaluate(HOVER, HOVERS)
    return times


def main() -> list[str]:
    """Measure, print and write; say what was not reached."""
    rows: list[tuple[int, str, float, float]] = []
    with serve_synthetic_runs() as server, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=system_chromium(), args=conftest.ARGUMENTS)
        page = browser.new_page(viewport={"width": 460, "height": 900})
        page.route("**/sentence.html", lambda route: route.fulfill(path=HARNESS))
        page.goto(f"{server}/sentence.html")
        page.wait_for_function("window.harness")
        for length in LENGTHS:
            for form in ("lines", "matrix"):
                times = hovers(page, length, form)
                rows.append((length, form, float(np.median(times)), float(np.quantile(times, 0.95))))
        browser.close()
    text = f"""
## Reading a long sentence

{machine()}; Sentence View in a headless Chromium with software GL, {HOVERS} hovers over tokens of a noisy pattern:
milliseconds until the frame with the token's lines is painted. Wanted: at most {MOST_MS} at {LENGTHS[-1]} tokens.

{table(("tokens", "form", "median", "95 %"), rows)}
"""
    sys.stdout.write(text)
    write_section("reading", text)
    return [
        f"a hover over {length} tokens as {form}: {median:.0f} ms, at most {MOST_MS} wanted"
        for length, form, median, _ in rows
        if length == LENGTHS[-1] and median > MOST_MS
    ]


if __name__ == "__main__":
    sys.exit(exit_status(main()))
