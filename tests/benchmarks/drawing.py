"""The renderer beside plotly: the same points of all heads, in one Chromium with software GL, taking turns.

``python -m tests.benchmarks.drawing`` prints the figures and writes their section of docs/benchmarks.md.
"""

from __future__ import annotations

import sys
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import cycle
from pathlib import Path
from statistics import median
from urllib.parse import urlsplit

import plotly
from playwright.sync_api import Browser, CDPSession, Page, Route, sync_playwright

from scripts.ensure_browser import system_chromium
from tests.benchmarks.report import exit_status, machine, table, write_section
from tests.browser.conftest import ARGUMENTS
from tests.browser.synthetic_runs import serve_synthetic_runs

PAGES = Path(__file__).with_name("drawing_pages")
PLOTLY = Path(plotly.__file__).parent / "package_data" / "plotly.min.js"
SMALL, LARGE = "12x12x1500", "12x12x5000"
ROUNDS = 3
GROWTH_ROUNDS = 9
DRAG_FRAMES = 4
PATIENCE_MS = 240_000
ACTIONS: Mapping[str, tuple[str, ...]] = {
    "recolour": ("position", "chance", "type"),
    "project": ("umap", "tsne"),
    "search": ("cat", "river"),
}
"""What is asked for in turn; ``chance`` has a colour of its own for every point of every head."""
NAMES = {
    "firstPaint": "first paint",
    "recolour": "recolour",
    "project": "new projection",
    "search": "search",
    "drag": "drag frame",
}
LEAST_RATIO = {"firstPaint": 3, "recolour": 8, "project": 8, "search": 8}
MOST_GROWTH = 2
GROWING = ("recolour", "search", "drag")
STUB = """
for (const kind of [WebGLRenderingContext, WebGL2RenderingContext])
  for (const name of ["drawArrays", "drawElements", "drawArraysInstanced", "drawElementsInstanced"])
    kind.prototype[name] = () => {};
"""
"""What a graphics card takes away: the drawing itself. Sending data and all scripts remain."""

Times = dict[str, list[float]]


@dataclass(frozen=True)
class Served:
    """A page of the bench with its run fetched.

    Attributes
    ----------
    page : Page
        With ``window.bench``.
    requests : list of tuple of str and int
        Path of every answer so far, and its bytes.
    """

    page: Page
    requests: list[tuple[str, int]]

    def time(self, action: str, argument: str | int | None = None) -> list[float]:
        """Milliseconds of an action, one a frame for a drag."""
        self.page.bring_to_front()
        taken = self.page.evaluate("([action, argument]) => bench[action](argument)", [action, argument])
        return taken if isinstance(taken, list) else [taken]


@contextmanager
def opened(browser: Browser, server: str, name: str, run: str, *, stubbed: bool = False) -> Iterator[Served]:
    """Open one of the pages over a run, all data in memory."""

    def answer(route: Route) -> None:
        file = urlsplit(route.request.url).path.rsplit("/", 1)[-1]
        route.fulfill(path=PLOTLY if file == PLOTLY.name else PAGES / file)

    context = browser.new_context(viewport={"width": 1400, "height": 900}, reduced_motion="reduce")
    page = context.new_page()
    page.set_default_timeout(PATIENCE_MS)
    requests: list[tuple[str, int]] = []
    page.on(
        "response",
        lambda response: requests.append(
            (urlsplit(response.url).path, int(response.headers.get("content-length") or 0))
        ),
    )
    if stubbed:
        page.add_init_script(STUB)
    page.route("**/bench/*", answer)
    page.goto(f"{server}/bench/{name}.html")
    page.wait_for_function("window.bench")
    page.evaluate("run => bench.prepare(run)", run)
    yield Served(page, requests)
    context.close()


def take_turns(pages: Mapping[str, Served]) -> dict[str, Times]:
    """Measure every action on every page, one page after the other, a few times.

    Returns
    -------
    dict
        Milliseconds by page and action.
    """
    times: dict[str, Times] = {name: defaultdict(list) for name in pages}
    wanted = {action: cycle(arguments) for action, arguments in ACTIONS.items()}
    for _ in range(ROUNDS):
        steps: list[tuple[str, str | int | None]] = [("firstPaint", None)]
        steps += [(action, next(arguments)) for action, arguments in wanted.items()]
        steps += [("drag", DRAG_FRAMES)]
        for action, argument in steps:
            for name, served in pages.items():
                times[name][action] += served.time(action, argument)
    return times


@dataclass(frozen=True)
class Comparison:
    """Both pages doing the same.

    Attributes
    ----------
    plotly, ours : dict of str to float
        Median milliseconds by action.
    ratio : dict of str to float
        How many times faster ours is: the median over pairs that were measured right after each other, so that other
        work on the machine touches both.
    """

    plotly: Mapping[str, float]
    ours: Mapping[str, float]
    ratio: Mapping[str, float]


def compare(browser: Browser, server: str, *, stubbed: bool) -> Comparison:
    """Measure both pages at 144 heads of 3 000 points."""
    with (
        opened(browser, server, "ours", SMALL, stubbed=stubbed) as ours,
        opened(browser, server, "plotly", SMALL, stubbed=stubbed) as baseline,
    ):
        times = take_turns({"ours": ours, "plotly": baseline})
    medians = {name: {action: median(taken) for action, taken in by.items()} for name, by in times.items()}
    ratio = {
        action: median(theirs / own for theirs, own in zip(times["plotly"][action], times["ours"][action], strict=True))
        for action in NAMES
    }
    return Comparison(medians["plotly"], medians["ours"], ratio)


def script_ms(session: CDPSession) -> float:
    """Milliseconds that scripts have run in a page since it was opened."""
    metrics = session.send("Performance.getMetrics")["metrics"]
    return 1000 * next(float(metric["value"]) for metric in metrics if metric["name"] == "ScriptDuration")


def growth(browser: Browser, server: str) -> dict[str, dict[str, float]]:
    """Median script milliseconds of an action by run and action, drawing stubbed."""
    costs: dict[str, Times] = {}
    with (
        opened(browser, server, "ours", SMALL, stubbed=True) as small,
        opened(browser, server, "ours", LARGE, stubbed=True) as large,
    ):
        sessions = {}
        for run, served in ((SMALL, small), (LARGE, large)):
            sessions[run] = served.page.context.new_cdp_session(served.page)
            sessions[run].send("Performance.enable")
            served.time("firstPaint")
            costs[run] = defaultdict(list)
        wanted = {action: cycle(ACTIONS[action]) for action in GROWING if action in ACTIONS}
        for _ in range(GROWTH_ROUNDS):
            for action in GROWING:
                argument = next(wanted[action]) if action in wanted else 1
                for run, served in ((SMALL, small), (LARGE, large)):
                    before = script_ms(sessions[run])
                    served.time(action, argument)
                    costs[run][action].append(script_ms(sessions[run]) - before)
    return {run: {action: median(taken) for action, taken in by.items()} for run, by in costs.items()}


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


def report(
    real: Comparison,
    stubbed: Comparison,
    scripts: dict[str, dict[str, float]],
    sent: tuple[float, int],
) -> str:
    """Write the section."""
    rows: list[tuple[object, ...]] = []
    for action, name in NAMES.items():
        figures = [(run.plotly[action], run.ours[action], run.ratio[action]) for run in (real, stubbed)]
        rows.append((name, *figures[0], *figures[1], LEAST_RATIO.get(action, "")))
    columns = (
        "ms",
        "plotly, drawn",
        "ours, drawn",
        "times faster",
        "plotly, stubbed",
        "ours, stubbed",
        "times faster",
        "wanted",
    )
    grown = [
        (NAMES[action], scripts[SMALL][action], scripts[LARGE][action], scripts[LARGE][action] / scripts[SMALL][action])
        for action in GROWING
    ]
    return f"""
## Drawing

{machine()}; one headless Chromium with software GL, 1400 x 900, 144 heads of 3 000 points. Medians of {ROUNDS}
rounds in which both pages take turns, from the change to pixels that can be read back, all data fetched before; ratios
are medians over pairs. *Stubbed*: the same without the draw calls, which is about what a graphics card leaves. The
baseline is the best that plotly does with this picture: all heads as one `scattergl` trace over one pair of axes, typed
arrays, `Plotly.restyle`.

{table(columns, rows)}

Milliseconds of script, draw calls stubbed, medians of {GROWTH_ROUNDS}:

{table(("ms", "3 000 points a head", "10 000 points a head", "times"), grown)}

A two-dimensional projection is {sent[0]:.0f} bytes a point. In a session that goes twice through colours, projections
and searches, no address was asked for more than {sent[1]} time{"s" * (sent[1] > 1)}.
"""


def shortfalls(
    real: Comparison,
    stubbed: Comparison,
    scripts: dict[str, dict[str, float]],
    sent: tuple[float, int],
) -> list[str]:
    """Say what is not as fast, or not as small, as it should be."""
    found = []
    for label, run in (("drawn", real), ("stubbed", stubbed)):
        found += [
            f"{NAMES[action]}, {label}: {run.ratio[action]:.1f} times faster than plotly, not {least}"
            for action, least in LEAST_RATIO.items()
            if run.ratio[action] < least
        ]
    for action in GROWING:
        ratio = scripts[LARGE][action] / scripts[SMALL][action]
        if ratio > MOST_GROWTH:
            found.append(f"{NAMES[action]}: {ratio:.1f} times the script at 10 000 points a head, not {MOST_GROWTH}")
    if sent[0] > 4 or sent[1] > 1:
        found.append(f"{sent[0]:.1f} bytes a point, one address asked for {sent[1]} times")
    return found


def main() -> list[str]:
    """Measure, print and write; say what was not reached."""
    with serve_synthetic_runs() as server, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=system_chromium(), args=ARGUMENTS)
        sys.stderr.write("drawing: ours and plotly, drawn\n")
        real = compare(browser, server, stubbed=False)
        sys.stderr.write("drawing: ours and plotly, draw calls stubbed\n")
        stubbed = compare(browser, server, stubbed=True)
        sys.stderr.write("drawing: growth with the number of points\n")
        scripts = growth(browser, server)
        sent = transfers(browser, server)
        browser.close()
    text = report(real, stubbed, scripts, sent)
    sys.stdout.write(text)
    write_section("drawing", text)
    return shortfalls(real, stubbed, scripts, sent)


if __name__ == "__main__":
    sys.exit(exit_status(main()))
