"""The application's pages, below any path, and its health."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import pytest

from app.factory import create_app
from app.settings import Settings
from precompute.run.catalog import Catalog
from precompute.store.store import Store
from tests.support.planted_app import PlantedApp, planted_app

PAGES = ["/", "/head?layer=0&head=1", "/instance?instance=2", "/head?whatever=1&layer=x", "/elsewhere"]


@pytest.mark.parametrize("address", PAGES)
def test_every_address_gives_the_application(application: PlantedApp, address: str) -> None:
    response = application.client.get(address)
    assert (response.status_code, response.mimetype) == (200, "text/html")
    page = response.get_data(as_text=True)
    assert "<title>AttentionViz</title>" in page
    assert re.search(r'<script [^>]*type="module"[^>]*></script>', page)


def test_a_page_loads_nothing_from_another_host(application: PlantedApp) -> None:
    page = application.client.get("/").get_data(as_text=True)
    assert re.findall(r'(?:src|href)="(?:https?:)?//[^"]*"', page) == []


def test_a_page_loads_each_module_once(application: PlantedApp) -> None:
    page = application.client.get("/").get_data(as_text=True)
    assert re.findall(r"/assets/([^\"?]+\.m?js)", page) == ["bridge.js", "heads_grid.js"]
    assert len(re.findall(r"/joined/\w{16}\.mjs", page)) == 1


def test_modules_are_served_as_javascript(application: PlantedApp) -> None:
    for name in ("attentionviz.mjs", "js/shell/controller.mjs", "js/scatter/scene.mjs"):
        with application.client.get(f"/assets/{name}") as response:
            assert response.status_code == 200
            assert response.mimetype in {"text/javascript", "application/javascript"}


@pytest.mark.parametrize("path", ["/assets/../app/settings.py", "/assets/%2e%2e/pyproject.toml"])
def test_only_assets_are_served_as_assets(application: PlantedApp, path: str) -> None:
    with application.client.get(path) as response:
        assert b"requires-python" not in response.data
        assert b"class Settings" not in response.data


def test_below_a_prefix_every_address_of_a_page_has_it(tmp_path: Path) -> None:
    with planted_app(tmp_path / "store", url_prefix="/av/") as application:
        page = application.client.get("/").get_data(as_text=True)
        addresses = re.findall(r'(?:src|href)="([^"]*)"', page)
        assert len(addresses) > 5
        assert [address for address in addresses if not address.startswith("/av/")] == []
        (config,) = re.findall(r'<script id="_dash-config" type="application/json">(.*?)</script>', page)
        assert json.loads(config)["requests_pathname_prefix"] == "/av/"


def test_health_counts_the_runs(application: PlantedApp) -> None:
    response = application.client.get("/health")
    assert response.status_code == 200
    answer = response.get_json()
    assert (answer["status"], answer["runs"]) == ("ok", 1)
    assert re.fullmatch(r"\d+\.\d+\.\d+", answer["version"])


def test_health_of_an_empty_store_is_good(tmp_path: Path) -> None:
    with Store(tmp_path / "store") as store:
        client = create_app(Settings(), Catalog(store)).server.test_client()
        assert client.get("/health").get_json()["runs"] == 0


def test_health_says_when_the_store_is_gone(tmp_path: Path) -> None:
    with planted_app(tmp_path / "store") as application:
        shutil.rmtree(tmp_path / "store")
        response = application.client.get("/health")
        assert response.status_code == 503
        assert response.get_json()["status"] == "unavailable"
        assert str(tmp_path) in response.get_json()["error"]


def test_two_applications_in_one_process_keep_apart(application: PlantedApp, tmp_path: Path) -> None:
    with Store(tmp_path / "store") as store:
        other = create_app(Settings(), Catalog(store))
        assert other.server.test_client().get("/health").get_json()["runs"] == 0
    assert application.client.get("/health").get_json()["runs"] == 1


def test_the_server_signs_with_the_key_of_the_settings(tmp_path: Path) -> None:
    with planted_app(tmp_path / "store", secret_key="k" * 32) as application:
        assert application.dash.server.secret_key == "k" * 32
