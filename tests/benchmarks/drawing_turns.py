"""Pages of the drawing benchmark, and how they take turns."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from urllib.parse import urlsplit

import plotly
from playwright.sync_api import Browser, CDPSession, Page, Route

PAGES = Path(__file__).with_name("drawing_pages")
PLOTLY = Path(plotly.__file__).parent / "package_data" / "plotly.min.js"
SCRIPT_ROUNDS = 9
PATIENCE_MS = 240_000
STUB = """
for (const kind of [WebGLRenderingContext, WebGL2RenderingContext])
  for (const name of ["drawArrays", "drawElements", "drawArraysInstanced", "drawElementsInstanced"])
    kind.prototype[name] = () => {};
"""
"""Stub of the work of a graphics card: the drawing itself. Sending data and all scripts remain."""

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
        Actions in turn, by name.
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
