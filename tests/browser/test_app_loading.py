"""A first visit over a network: few requests, few bytes, and nothing that moves once it is there."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Browser

from tests.browser.app_page import PATIENCE_MS, AppPage
from tests.conftest import DemoStore

pytestmark = pytest.mark.browser

MOST_REQUESTS = 60
MOST_BYTES = 1_600_000


@pytest.mark.parametrize(
    "address", ["?run={bert}", "head?run={bert}&layer=1&head=9&instance=2"], ids=["matrix", "head"]
)
def test_a_first_visit_is_few_requests_and_bytes(
    chromium: Browser, app_url: str, demo_store: DemoStore, address: str
) -> None:
    window = chromium.new_context(viewport={"width": 1440, "height": 900}, reduced_motion="reduce")
    view = AppPage(window.new_page(), app_url)
    view.page.set_default_timeout(PATIENCE_MS)
    network = window.new_cdp_session(view.page)
    received: dict[str, int] = {}
    addresses: dict[str, str] = {}

    def answered(event: dict[str, Any]) -> None:
        addresses[event["requestId"]] = event["response"]["url"]

    def loaded(event: dict[str, Any]) -> None:
        received[event["requestId"]] = event["encodedDataLength"]

    network.on("Network.responseReceived", answered)
    network.on("Network.loadingFinished", loaded)
    network.send("Network.enable")
    view.open(address.format(bert=demo_store.bert), run=demo_store.bert)
    view.page.wait_for_load_state("networkidle")
    sent = {name: size for name, size in received.items() if addresses.get(name, "data:").startswith("http")}
    assert 20 < len(sent) <= MOST_REQUESTS
    # plotly draws the chart beside a head, after the picture.
    before_charts = sum(size for name, size in sent.items() if "plotly" not in addresses[name])
    assert 100_000 < before_charts <= MOST_BYTES
    assert sum("/assets/js/" in addresses[name] for name in sent) <= 1, "modules come joined"
    window.close()
    assert view.problems == []
