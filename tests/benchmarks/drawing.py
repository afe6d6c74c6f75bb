"""The renderer beside plotly, and patches beside dots: the same points of all heads, in one Chromium, taking turns.

``python -m tests.benchmarks.drawing`` prints the figures and writes their section of docs/benchmarks.md.
"""

from __future__ import annotations

import sys
from collections import Counter

from playwright.sync_api import Browser, sync_playwright

from scripts.ensure_browser import system_chromium
from tests.benchmarks.drawing_report import (
    ACTIONS,
    DOTS,
    DRAG_FRAMES,
    GROWING,
    LARGE,
    PATCH_ACTIONS,
    PATCH_ROUNDS,
    PATCHES,
    ROUNDS,
    SMALL,
    Figures,
    report,
    shortfalls,
)
from tests.benchmarks.drawing_turns import Comparison, comparison, opened, script_costs, take_turns
from tests.benchmarks.report import exit_status, write_section
from tests.browser.conftest import ARGUMENTS
from tests.browser.synthetic_runs import serve_synthetic_runs


def compare(browser: Browser, server: str, *, stubbed: bool) -> Comparison:
    """Measure plotly and ours at 144 heads of 3 000 points."""
    with (
        opened(browser, server, "ours", SMALL, stubbed=stubbed) as ours,
        opened(browser, server, "plotly", SMALL, stubbed=stubbed) as baseline,
    ):
        times = take_turns({"ours": ours, "plotly": baseline}, {**ACTIONS, "drag": (DRAG_FRAMES,)}, ROUNDS)
    return comparison(times["plotly"], times["ours"])


def compare_patches(browser: Browser, server: str) -> Comparison:
    """Measure ten images drawn as patches and a text of as many points, at 144 heads of 3 940 points."""
    with (
        opened(browser, server, "ours", PATCHES, patches=True) as patches,
        opened(browser, server, "ours", DOTS) as dots,
    ):
        times = take_turns({PATCHES: patches, DOTS: dots}, {**PATCH_ACTIONS, "drag": (DRAG_FRAMES,)}, PATCH_ROUNDS)
    return comparison(times[PATCHES], times[DOTS])


def growth(browser: Browser, server: str) -> dict[str, dict[str, float]]:
    """Median script milliseconds of an action by run and action, drawing stubbed."""
    with (
        opened(browser, server, "ours", SMALL, stubbed=True) as small,
        opened(browser, server, "ours", LARGE, stubbed=True) as large,
    ):
        return script_costs({SMALL: small, LARGE: large}, {name: ACTIONS.get(name, (1,)) for name in GROWING})


def patch_scripts(browser: Browser, server: str) -> dict[str, dict[str, float]]:
    """Median script milliseconds of an action over patches and over as many dots, drawing stubbed."""
    with (
        opened(browser, server, "ours", PATCHES, stubbed=True, patches=True) as patches,
        opened(browser, server, "ours", DOTS, stubbed=True) as dots,
    ):
        return script_costs({PATCHES: patches, DOTS: dots}, PATCH_ACTIONS)


def transfers(browser: Browser, server: str) -> tuple[float, int]:
    """Bytes a point of a 2-D projection, and how often the most frequent request was sent in a session of changes."""
    with opened(browser, server, "ours", SMALL) as served:
        served.time("firstPaint")
        for action, arguments in ACTIONS.items():
            for argument in 2 * arguments:
                served.time(action, argument)
        n_layers, n_heads, n_tokens = map(int, SMALL.split("x"))
        sent = next(size for path, size in served.requests if path.endswith("/array/coords.umap.2"))
        often = Counter(path for path, _ in served.requests)
    return sent / (n_layers * n_heads * 2 * n_tokens), max(often.values())


def main() -> list[str]:
    """Measure, print and write; say what was not reached."""
    with serve_synthetic_runs() as server, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=system_chromium(), args=ARGUMENTS)
        sys.stderr.write("drawing: ours and plotly, drawn\n")
        drawn = compare(browser, server, stubbed=False)
        sys.stderr.write("drawing: ours and plotly, draw calls stubbed\n")
        stubbed = compare(browser, server, stubbed=True)
        sys.stderr.write("drawing: growth with the number of points\n")
        grown = growth(browser, server)
        sent = transfers(browser, server)
        sys.stderr.write("drawing: patches and dots\n")
        patches = compare_patches(browser, server)
        figures = Figures(drawn, stubbed, grown, sent, patches, patch_scripts(browser, server))
        browser.close()
    text = report(figures)
    sys.stdout.write(text)
    write_section("drawing", text)
    return shortfalls(figures)


if __name__ == "__main__":
    sys.exit(exit_status(main()))
