"""One Chromium for all browser tests, one window for each set of options, and one server of the whole application."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any, TypeAlias

import pytest
from playwright.sync_api import Browser, BrowserContext, expect, sync_playwright

from scripts.ensure_browser import system_chromium
from tests.browser.app_page import PATIENCE_MS, AppPage, open_tab
from tests.conftest import DemoStore
from tests.support.served_app import served_app

ARGUMENTS = ["--no-sandbox", "--use-angle=swiftshader", "--enable-unsafe-swiftshader", "--headless=new"]
"""WebGL 2 without a graphics card, as root too."""

Windows: TypeAlias = Callable[..., BrowserContext]


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=system_chromium(), args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def windows(chromium: Browser) -> Iterator[Windows]:
    """Return the window with the given options of ``Browser.new_context``, the same for every test that names them.

    Its cache holds the application's scripts, fetched and compiled, which a window of its own would do for every test.
    """
    opened: dict[str, BrowserContext] = {}

    def window(**options: Any) -> BrowserContext:
        options = {"viewport": {"width": 1400, "height": 900}, "reduced_motion": "reduce", **options}
        key = json.dumps(options, sort_keys=True)
        if key not in opened:
            opened[key] = chromium.new_context(**options)
        return opened[key]

    yield window
    for context in opened.values():
        context.close()


@pytest.fixture(scope="session")
def app_url(demo_store: DemoStore) -> Iterator[str]:
    with served_app(demo_store.directory) as url:
        yield url


@pytest.fixture
def view(windows: Windows, app_url: str) -> Iterator[AppPage]:
    """Open the application; at the end nothing may have gone wrong in the browser."""
    expect.set_options(timeout=PATIENCE_MS)
    with open_tab(windows(), app_url) as view:
        yield view
