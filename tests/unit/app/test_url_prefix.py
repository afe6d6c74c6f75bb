"""Below a prefix everything is found, whether the proxy takes the prefix off or not."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from app.url_prefix import UrlPrefix
from tests.support.planted_app import PlantedApp, planted_app


@pytest.fixture(scope="module")
def prefixed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PlantedApp]:
    with planted_app(tmp_path_factory.mktemp("prefixed") / "store", url_prefix="/tools/attention/") as application:
        yield application


@pytest.mark.parametrize("prefix", ["", "/tools/attention"])
@pytest.mark.parametrize("path", ["/health", "/data/{run}/run.json", "/assets/bridge.js", "/_dash-layout"])
def test_with_and_without_the_prefix(prefixed: PlantedApp, prefix: str, path: str) -> None:
    path = path.format(run=prefixed.planted.manifest.run)
    with prefixed.client.get(prefix + path) as response, prefixed.client.get(path) as plain:
        assert response.status_code == 200
        assert response.data == plain.data
        assert response.mimetype != "text/html"


@pytest.mark.parametrize(
    ("path", "seen"),
    [
        ("/av/head", ("/av", "/head")),
        ("/av/", ("/av", "/")),
        ("/av", ("/av", "/")),
        ("/avenue", ("", "/avenue")),
        ("/head", ("", "/head")),
        ("/av/av/x", ("/av", "/av/x")),
        ("/%2e%2e/av/", ("", "/%2e%2e/av/")),
    ],
)
def test_only_the_whole_prefix_is_taken_off(path: str, seen: tuple[str, str]) -> None:
    asked: list[tuple[str, str]] = []

    def application(environ: dict[str, Any], _: Any) -> list[bytes]:
        asked.append((environ["SCRIPT_NAME"], environ["PATH_INFO"]))
        return []

    UrlPrefix(application, "/av/")({"PATH_INFO": path, "SCRIPT_NAME": ""}, lambda *_: lambda _: None)
    assert asked == [seen]
