"""The renderer beside plotly, and patches beside dots: the same points of all heads, in one Chromium, taking turns.

``python -m tests.benchmarks.drawing`` prints the figures and writes their section of docs/benchmarks.md.
"""

from __future__ import annotations

import sys
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
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
PATCHES, DOTS = "12x12x10of14x14", "12x12x1970"
"""Ten images of 14 x 14 patches and [CLS], and a text of as many tokens."""
ROUNDS = 3
PATCH_ROUNDS = 5
SCRIPT_ROUNDS = 9
DRAG_FRAMES = 4
PATIENCE_MS = 240_000
ACTIONS: Mapping[str, tuple[str, ...]] = {
    "recolour": ("position", "chance", "type"),
    "project": ("umap", "tsne"),
    "search": ("cat", "river"),
}
"""What is asked for in turn; ``chance`` has a colour of its own for every point of every head."""
PATCH_ACTIONS: Mapping[str, tuple[str | int, ...]] = {
    "drag": (1,),
    "recolour": ACTIONS["recolour"],
    "search": ("/cat|patch 3,/", "/river|patch 11,/"),
}
"""The searches find one of 16 words in the text and one of 14 rows in the images: about as many points."""
NAMES = {
    "firstPaint": "first paint",
    "recolour": "recolour",
    "project": "new projection",
    "search": "search",
    "drag": "drag frame",
}
LEAST_RATIO = {"firstPaint": 3, "recolour": 8, "project": 8, "search": 8}
MOST_GROWTH = 2
MOST_PATCH_RATIO: Mapping[str, float] = {"drawn": 2, "script": 1.5}
"""With software GL a patch takes a texture more than a dot; what a graphics card leaves is the script."""
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
def opened(
    browser: Browser, server: str, name: str, run: str, *, stubbed: bool = False, patches: bool = False
) -> Iterator[Served]:
    """Open one of the pages over a run, all data in memory; images are drawn as patches if asked for."""

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
    page.evaluate("([run, patches]) => bench.prepare(run, patches)", [run, patches])
    yield Served(page, requests)
    context.close()


def take_turns(
    pages: Mapping[str, Served], actions: Mapping[str, Sequence[str | int]], rounds: int
) -> dict[str, Times]:
    """Measure every action on every page, one page after the other, a few times, each round from a first paint on.

    Parameters
    ----------
    pages : mapping of str to Served
        Pages that can do the same.
    actions : mapping of str to sequence
        What is asked for in turn, by action.
    rounds : int
        Times that every page does every action.

    Returns
    -------
    dict
        Milliseconds by page and action.
    """
    times: dict[str, Times] = {name: defaultdict(list) for name in pages}
    for turn in range(rounds):
        steps: list[tuple[str, str | int | None]] = [("firstPaint", None)]
        steps += [(action, arguments[turn % len(arguments)]) for action, arguments in actions.items()]
        for action, argument in steps:
            for name, served in pages.items():
                times[name][action] += served.time(action, argument)
    return times


@dataclass(frozen=True)
class Comparison:
    """Two pages doing the same.

    Attributes
    ----------
    first, second : dict of str to float
        Median milliseconds by action.
    ratio : dict of str to float
        How many times as long the first takes: the median over pairs that were measured right after each other, so
        that other work on the machine touches both.
    """

    first: Mapping[str, float]
    second: Mapping[str, float]
    ratio: Mapping[str, float]


def comparison(first: Times, second: Times) -> Comparison:
    """Compare milliseconds by action that two pages took in turns."""
    ratio = {
        action: median(one / other for one, other in zip(taken, second[action], strict=True))
        for action, taken in first.items()
    }
    return Comparison(medians(first), medians(second), ratio)


def medians(times: Times) -> dict[str, float]:
    """Median of every action."""
    return {action: median(taken) for action, taken in times.items()}


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


def script_ms(session: CDPSession) -> float:
    """Milliseconds that scripts have run in a page since it was opened."""
    metrics = session.send("Performance.getMetrics")["metrics"]
    return 1000 * next(float(metric["value"]) for metric in metrics if metric["name"] == "ScriptDuration")


def script_costs(
    pages: Mapping[str, Served], actions: Mapping[str, Sequence[str | int]]
) -> dict[str, dict[str, float]]:
    """Median milliseconds of script that actions take, by page and action."""
    costs: dict[str, Times] = {name: defaultdict(list) for name in pages}
    sessions = {name: served.page.context.new_cdp_session(served.page) for name, served in pages.items()}
    for name, served in pages.items():
        sessions[name].send("Performance.enable")
        served.time("firstPaint")
    for turn in range(SCRIPT_ROUNDS):
        for action, arguments in actions.items():
            for name, served in pages.items():
                before = script_ms(sessions[name])
                served.time(action, arguments[turn % len(arguments)])
                costs[name][action].append(script_ms(sessions[name]) - before)
    return {name: medians(times) for name, times in costs.items()}


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


@dataclass(frozen=True)
class Figures:
    """What was measured.

    Attributes
    ----------
    drawn, stubbed : Comparison
        Plotly and ours.
    growth : dict of str to dict of str to float
        Milliseconds of script by run and action.
    sent : tuple of float and int
        Bytes a point, and how often the most frequent request was sent.
    patches : Comparison
        Patches and dots, drawn.
    patch_scripts : dict of str to dict of str to float
        As ``growth``, of patches and of dots.
    """

    drawn: Comparison
    stubbed: Comparison
    growth: Mapping[str, Mapping[str, float]]
    sent: tuple[float, int]
    patches: Comparison
    patch_scripts: Mapping[str, Mapping[str, float]]


def script_ratios(scripts: Mapping[str, Mapping[str, float]], over: str, under: str) -> dict[str, float]:
    """How many times as much script one run takes as another, by action."""
    return {action: taken / scripts[under][action] for action, taken in scripts[over].items()}


def report(figures: Figures) -> str:
    """Write the section."""
    rows: list[tuple[object, ...]] = []
    for action, name in NAMES.items():
        pairs = [(run.first[action], run.second[action], run.ratio[action]) for run in (figures.drawn, figures.stubbed)]
        rows.append((name, *pairs[0], *pairs[1], LEAST_RATIO.get(action, "")))
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
    times = script_ratios(figures.growth, LARGE, SMALL)
    grown = [
        (NAMES[action], figures.growth[SMALL][action], figures.growth[LARGE][action], times[action])
        for action in GROWING
    ]
    sent = figures.sent
    return f"""
## Drawing

{machine()}; one headless Chromium with software GL, 1400 x 900, 144 heads of 3 000 points. Medians of {ROUNDS}
rounds in which both pages take turns, from the change to pixels that can be read back, all data fetched before; ratios
are medians over pairs. *Stubbed*: the same without the draw calls, which is about what a graphics card leaves. The
baseline is the best that plotly does with this picture: all heads as one `scattergl` trace over one pair of axes, typed
arrays, `Plotly.restyle`.

{table(columns, rows)}

Milliseconds of script, draw calls stubbed, medians of {SCRIPT_ROUNDS}:

{table(("ms", "3 000 points a head", "10 000 points a head", "times"), grown)}

A two-dimensional projection is {sent[0]:.0f} bytes a point. In a session that goes twice through colours, projections
and searches, no address was asked for more than {sent[1]} time{"s" * (sent[1] > 1)}.

{patch_report(figures.patches, figures.patch_scripts)}
"""


def patch_report(drawn: Comparison, scripts: Mapping[str, Mapping[str, float]]) -> str:
    """Write the part of the section that is about patches."""
    times = script_ratios(scripts, PATCHES, DOTS)
    rows: list[tuple[object, ...]] = [
        (
            NAMES[action],
            *(drawn.first[action], drawn.second[action], drawn.ratio[action]),
            *(scripts[PATCHES][action], scripts[DOTS][action], times[action]),
            " and ".join(f"at most {most} {label}" for label, most in MOST_PATCH_RATIO.items()),
        )
        for action in PATCH_ACTIONS
    ]
    columns = (
        "ms",
        "patches, drawn",
        "dots, drawn",
        "times",
        "patches, script",
        "dots, script",
        "times",
        "wanted",
    )
    return f"""
Ten images of 14 x 14 patches drawn as these patches, and a text of as many tokens drawn as dots, 144 heads of 3 940
points: *drawn* as above, medians of {PATCH_ROUNDS} rounds; *script* as above, draw calls stubbed, medians of
{SCRIPT_ROUNDS}. The first paint of patches takes {drawn.ratio["firstPaint"]:.2f} times as long.

{table(columns, rows)}
""".strip()


def shortfalls(figures: Figures) -> list[str]:
    """Say what is not as fast, or not as small, as it should be."""
    found = []
    for label, run in (("drawn", figures.drawn), ("stubbed", figures.stubbed)):
        found += [
            f"{NAMES[action]}, {label}: {run.ratio[action]:.1f} times faster than plotly, not {least}"
            for action, least in LEAST_RATIO.items()
            if run.ratio[action] < least
        ]
    found += [
        f"{NAMES[action]}: {ratio:.1f} times the script at 10 000 points a head, not {MOST_GROWTH}"
        for action, ratio in script_ratios(figures.growth, LARGE, SMALL).items()
        if ratio > MOST_GROWTH
    ]
    of_patches = {"drawn": figures.patches.ratio, "script": script_ratios(figures.patch_scripts, PATCHES, DOTS)}
    found += [
        f"{NAMES[action]}, {label}: patches take {of_patches[label][action]:.2f} times as long as dots, not {most}"
        for label, most in MOST_PATCH_RATIO.items()
        for action in PATCH_ACTIONS
        if of_patches[label][action] > most
    ]
    bytes_a_point, most_often = figures.sent
    if bytes_a_point > 4 or most_often > 1:
        found.append(f"{bytes_a_point:.1f} bytes a point, one address asked for {most_often} times")
    return found


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
