"""One Chromium for all browser tests, and one server for those of the whole application."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect, sync_playwright

from scripts.ensure_browser import system_chromium
from tests.browser.app_page import PATIENCE_MS, AppPage
from tests.conftest import DemoStore
from tests.support.served_app import served_app

ARGUMENTS = ["--no-sandbox", "--use-angle=swiftshader", "--enable-unsafe-swiftshader", "--headless=new"]
"""WebGL 2 without a graphics card, as root too."""


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=system_chromium(), args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def app_url(demo_store: DemoStore) -> Iterator[str]:
    with served_app(demo_store.directory) as url:
        yield url


@pytest.fixture
def view(chromium: Browser, app_url: str) -> Iterator[AppPage]:
    """Open the application; at the end nothing may have gone wrong in the browser."""
    context = chromium.new_context(viewport={"width": 1400, "height": 900}, reduced_motion="reduce")
    context.set_default_timeout(PATIENCE_MS)
    expect.set_options(timeout=PATIENCE_MS)
    view = AppPage(context.new_page(), app_url)
    yield view
    context.close()
    assert view.problems == []
