"""Runs come and go and the server restarts during a visit: the page shows a message and recovers."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from playwright.sync_api import Browser, expect

from precompute.store.store import Store
from tests.browser.app_page import PATIENCE_MS, AppPage
from tests.support.served_app import free_port, served_app
from tests.support.small_run import small_run


def test_a_page_survives_what_happens_behind_it(chromium: Browser, tmp_path: Path) -> None:
    port = free_port()
    expect.set_options(timeout=20_000)
    with Store(tmp_path / "store") as store:
        first = small_run(store, name="first").manifest.run
        second = small_run(store, seed=1, name="second", created="2024-01-01T00:00:00Z").manifest.run
        with served_app(tmp_path / "store", port=port) as url:
            view = AppPage(chromium.new_page(), url)
            view.page.set_default_timeout(PATIENCE_MS)
            view.open(view="matrix", run=first)
            added = view.control("run").locator("option", has_text="third")
            expect(added).to_have_count(0)

            third = small_run(store, seed=2, name="third", created="2023-01-01T00:00:00Z").manifest.run
            view.control("color").select_option("position")
            view.shows(color="position")
            expect(added).to_have_count(1)

            store.remove_run(first)
            view.control("color").select_option("norm")
            expect(view.page.get_by_role("alert")).to_contain_text(f"There is no run '{first}'")
            expect(view.page.locator("#stage")).to_be_hidden()
            view.control("run").select_option(second)
            view.shows(view="matrix", run=second)
            before = view.places(0, 0, 8)
            expect(view.page.get_by_role("alert")).to_have_count(0)

        message = view.page.locator("#message")
        view.control("run").select_option(third)
        expect(message).to_have_text("The server does not respond; retrying.")
        with served_app(tmp_path / "store", port=port):
            view.shows(view="matrix", run=third, drawnPoints=8 * 16)
            expect(message).to_be_empty()
            assert view.query["run"] == third
            assert np.abs(view.places(0, 0, 8) - before).max() > 5, "the picture is the other run's"
            view.page.close()
    expected = ("net::ERR_CONNECTION", "404")
    assert [problem for problem in view.problems if not any(words in problem for words in expected)] == []
