"""The application in a browser, by the names that its pages publish."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from playwright.sync_api import BrowserContext, ConsoleMessage, Locator, Page, Request, Response

from precompute.numeric import Float32

PATIENCE_MS = 60_000
"""Longest wait for a condition: the machine may be busy with other things."""

_SHOWS = """expected => {
  const state = window.attentionviz?.state();
  const same = (a, b) => JSON.stringify(a) === JSON.stringify(b);
  return state?.ready && Object.entries(expected).every(([name, value]) => same(state[name], value));
}"""
_IN_ADDRESS = """expected => {
  const query = new URLSearchParams(location.search);
  return Object.entries(expected).every(([name, value]) => query.get(name) === value);
}"""
_PLACES = """({layer, head, tokens}) => ["query", "key"].flatMap(
  side => tokens.map(token => window.attentionviz.screenXY({layer, head, token, side})))"""
_LINES = """lines => lines.map(
  line => ["data-query", "data-key", "stroke-opacity"].map(name => Number(line.getAttribute(name))))"""


@dataclass
class AppPage:
    """One tab.

    Attributes
    ----------
    page : Page
        The tab itself.
    url : str
        Of the application, ending in a slash.
    problems : list of str
        What went wrong so far: errors on the console, refused requests, requests to another host.
    """

    page: Page
    url: str
    problems: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Listen for problems."""
        self.page.set_default_timeout(PATIENCE_MS)
        self.page.on("pageerror", lambda error: self.problems.append(f"error: {error}"))
        self.page.on("console", self._on_console)
        self.page.on("request", self._on_request)
        self.page.on("response", self._on_response)

    def _on_console(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"} and "GPU stall" not in message.text:
            self.problems.append(f"console: {message.text}")

    def _on_request(self, request: Request) -> None:
        if not request.url.startswith((self.url, "data:", "blob:")):
            self.problems.append(f"leaves the server: {request.url}")

    def _on_response(self, response: Response) -> None:
        if response.status >= 400:
            self.problems.append(f"{response.status}: {response.url}")

    def open(self, address: str = "", **expected: Any) -> dict[str, Any]:
        """Open an address below the application's, and wait until it is drawn."""
        self.page.goto(self.url + address.removeprefix("/"))
        return self.shows(**expected)

    def shows(self, **expected: Any) -> dict[str, Any]:
        """Wait until the state has these values and is drawn; return all of it."""
        self.page.wait_for_function(_SHOWS, arg=expected, timeout=PATIENCE_MS)
        return self.state()

    def address_has(self, **expected: str | None) -> None:
        """Wait until the query string has these values; None stands for no value."""
        self.page.wait_for_function(_IN_ADDRESS, arg=expected, timeout=PATIENCE_MS)

    def state(self) -> dict[str, Any]:
        """Read the state that the page shows."""
        state: dict[str, Any] = self.page.evaluate("window.attentionviz.state()")
        return state

    @property
    def path(self) -> str:
        """Path of the present address."""
        return urlsplit(self.page.url).path

    @property
    def query(self) -> dict[str, str]:
        """Query string of the present address."""
        return {name: values[0] for name, values in parse_qs(urlsplit(self.page.url).query).items()}

    def control(self, testid: str) -> Locator:
        """Find a control, or a part of the page."""
        return self.page.get_by_test_id(testid)

    def choose(self, menu: str, item: str) -> None:
        """Choose an entry of a menu of the top bar; both are test ids."""
        self.control(menu).locator("summary").click()
        self.control(item).click()

    def places(self, layer: int, head: int, n_tokens: int) -> Float32:
        """Where the points of a head are on the page: float32 [2 N, 2], queries first."""
        arguments = {"layer": layer, "head": head, "tokens": list(range(n_tokens))}
        return np.array(self.page.evaluate(_PLACES, arguments), np.float32)

    def pixels(self) -> NDArray[np.int16]:
        """Take a picture of the page: int16 [height, width, 3]."""
        return np.asarray(Image.open(io.BytesIO(self.page.screenshot())).convert("RGB"), np.int16)

    def texts(self, side: str) -> list[str]:
        """Tokens of one side of the Sentence View, from first to last."""
        tokens = self.control("sentence-view").get_by_test_id(f"{side}-token")
        found: list[tuple[int, str]] = tokens.evaluate_all(
            "all => all.map(each => [Number(each.dataset.token), each.querySelector('bdi').textContent])"
        )
        return [text for _, text in sorted(found)]

    def line_opacities(self, length: int) -> Float32:
        """Opacities of the Sentence View's lines: float32 [len, len], 0 where there is no line."""
        opacities = np.zeros((length, length), np.float32)
        for query, key, opacity in self.control("sentence-view").locator("line").evaluate_all(_LINES):
            opacities[int(query), int(key)] = opacity
        return opacities


@contextmanager
def open_tab(window: BrowserContext, url: str, script: str = "") -> Iterator[AppPage]:
    """Open a tab that remembers nothing of earlier ones; at the end nothing may have gone wrong in it.

    Parameters
    ----------
    window : BrowserContext
        Shared between tests.
    url : str
        Of the application, ending in a slash.
    script : str
        Runs before those of every page.
    """
    view = AppPage(window.new_page(), url)
    if script:
        view.page.add_init_script(script)
    try:
        yield view
    finally:
        origin = "{0.scheme}://{0.netloc}".format(urlsplit(url))
        command = {"origin": origin, "storageTypes": "local_storage"}
        window.new_cdp_session(view.page).send("Storage.clearDataForOrigin", command)
        view.page.close()
    assert view.problems == []
