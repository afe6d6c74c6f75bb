"""With passwords set, everything but the health is closed, and stays closed when the passwords are lost."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from pathlib import Path

import pytest
from werkzeug.test import TestResponse

from app.passwords import PasswordsError, hash_password
from tests.support.planted_app import PlantedApp, planted_app

HASH = hash_password("sesame")


@pytest.fixture(scope="module")
def passwords(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("auth") / "passwords"
    file.write_text(f"ann:{HASH}\n")
    return file


@pytest.fixture(scope="module")
def closed(tmp_path_factory: pytest.TempPathFactory, passwords: Path) -> Iterator[PlantedApp]:
    with planted_app(tmp_path_factory.mktemp("closed") / "store", auth=str(passwords)) as application:
        yield application


def knock(closed: PlantedApp, path: str, authorization: str | None = None, method: str = "GET") -> TestResponse:
    headers = {} if authorization is None else {"Authorization": authorization}
    return closed.client.open(path, method=method, headers=headers)


def basic(credentials: str) -> str:
    return "Basic " + base64.b64encode(credentials.encode()).decode()


def every_address(closed: PlantedApp) -> list[str]:
    run = closed.planted.manifest.run
    values = {"run": run, "name": "offsets", "layer": 0, "head": 0, "instance": 0, "encoding": "type", "view": "matrix"}
    addresses = []
    for rule in closed.dash.server.url_map.iter_rules():
        filled = {name: values.get(name, "x") for name in rule.arguments}
        with closed.dash.server.test_request_context():
            addresses.append(closed.dash.server.url_for(rule.endpoint, **filled))
    return addresses


def test_every_address_is_closed_but_health(closed: PlantedApp) -> None:
    addresses = [*every_address(closed), "/head?layer=0", "/assets/bridge.js", "/_dash-component-suites/dash/x.js"]
    assert len(addresses) > 15
    open_ones = []
    for address in addresses:
        for method in ("GET", "HEAD", "POST"):
            response = knock(closed, address, method=method)
            if response.status_code != 401:
                open_ones.append((method, address))
            else:
                assert response.headers["WWW-Authenticate"] == 'Basic realm="AttentionViz", charset="UTF-8"'
                assert response.cache_control.no_store
    assert open_ones == [("GET", "/health"), ("HEAD", "/health")]


@pytest.mark.parametrize(
    "authorization",
    [
        "",
        "Basic",
        "Basic !!!",
        basic("ann"),
        basic("ann:"),
        basic(":sesame"),
        basic("ann:wrong"),
        basic("absent:sesame"),
        basic("ann:sesame "),
        basic(f"ann:{HASH}"),
        "Basic " + base64.b64encode(b"\xff\xfe:\xff").decode(),
        "Bearer sesame",
        'Digest username="ann"',
        "Basic " + "QQ==" * 5000,
    ],
    ids=range(14),
)
def test_what_is_no_right_password_is_refused(closed: PlantedApp, authorization: str) -> None:
    response = knock(closed, "/", authorization)
    assert response.status_code == 401
    assert response.get_data(as_text=True) == "Sign in with your name and password to see this page."


def test_a_right_password_opens_everything(closed: PlantedApp) -> None:
    run = closed.planted.manifest.run
    for address in ("/", f"/data/{run}/run.json", "/assets/bridge.js", "/_dash-layout", "/_dash-dependencies"):
        with closed.client.get(address, headers={"Authorization": basic("ann:sesame")}) as response:
            assert response.status_code == 200, address


def test_data_are_never_kept_for_others(closed: PlantedApp) -> None:
    response = knock(closed, f"/data/{closed.planted.manifest.run}/array/offsets", basic("ann:sesame"))
    assert response.cache_control.private


def test_health_tells_strangers_no_directory(tmp_path: Path, passwords: Path) -> None:
    with planted_app(tmp_path / "store", auth=str(passwords)) as application:
        assert application.client.get("/health").get_json()["runs"] == 1
        (tmp_path / "store").rename(tmp_path / "elsewhere")
        response = application.client.get("/health")
        assert (response.status_code, response.get_json()) == (503, {"status": "unavailable"})


def test_lost_passwords_close_the_door(
    tmp_path: Path, closed: PlantedApp, passwords: Path, caplog: pytest.LogCaptureFixture
) -> None:
    assert knock(closed, "/", basic("ann:sesame")).status_code == 200
    hidden = passwords.rename(tmp_path / "hidden")
    response = knock(closed, "/", basic("ann:sesame"))
    assert response.status_code == 503
    assert "Sign-in is not available" in response.get_data(as_text=True)
    assert str(passwords) not in response.get_data(as_text=True)
    assert str(passwords) in caplog.text
    hidden.rename(passwords)
    assert knock(closed, "/", basic("ann:sesame")).status_code == 200


def test_an_application_without_its_passwords_is_not_made(tmp_path: Path) -> None:
    with pytest.raises(PasswordsError, match="cannot be read"), planted_app(tmp_path / "store", auth="/nowhere/file"):
        pass
