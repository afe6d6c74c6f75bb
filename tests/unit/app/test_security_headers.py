"""Every answer, errors included, forbids the browser every unused feature."""

from __future__ import annotations

import base64
import hashlib
import re
from pathlib import Path

import pytest

from tests.support.planted_app import PlantedApp, planted_app

ADDRESSES = ["/", "/health", "/assets/bridge.js", "/_dash-layout", "/data/absent/run.json", "/picture/nothing.png"]


def policy_of(header: str) -> dict[str, list[str]]:
    return {name: sources for name, *sources in (part.split() for part in header.split(";"))}


@pytest.mark.parametrize("address", ADDRESSES)
def test_every_answer_has_the_headers(application: PlantedApp, address: str) -> None:
    with application.client.get(address) as response:
        headers = response.headers
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert "camera=()" in headers["Permissions-Policy"]
    assert "Strict-Transport-Security" not in headers
    assert "Set-Cookie" not in headers
    policy = policy_of(headers["Content-Security-Policy"])
    assert policy["default-src"] == ["'self'"]
    assert policy["object-src"] == policy["base-uri"] == ["'none'"]
    assert policy["frame-ancestors"] == ["'self'"]
    assert not {"'unsafe-eval'", "'unsafe-inline'", "*", "data:", "blob:", "https:"} & set(policy["script-src"])


def test_the_inline_scripts_of_a_page_are_those_of_the_policy(application: PlantedApp) -> None:
    response = application.client.get("/")
    allowed = policy_of(response.headers["Content-Security-Policy"])["script-src"][1:]
    page = re.sub(r"<!--.*?-->", "", response.get_data(as_text=True), flags=re.DOTALL)
    scripts = re.findall(r"<script([^>]*)>(.*?)</script>", page, re.DOTALL)
    inline = [text for attributes, text in scripts if text and "application/json" not in attributes]
    hashes = [f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'" for text in inline]
    assert hashes
    assert hashes == allowed


def test_a_page_has_no_handlers_in_its_text(application: PlantedApp) -> None:
    assert not re.search(r"<[^>]+\son\w+=", application.client.get("/").get_data(as_text=True))


def test_other_pages_may_show_it_in_a_frame_if_they_are_named(tmp_path: Path) -> None:
    with planted_app(tmp_path / "store", frame_ancestors="https://intranet.example.org") as application:
        policy = policy_of(application.client.get("/").headers["Content-Security-Policy"])
    assert policy["frame-ancestors"] == ["https://intranet.example.org"]


@pytest.mark.parametrize(("proxies", "believed"), [(0, False), (1, True)])
def test_a_proxy_that_is_announced_is_believed_to_speak_https(tmp_path: Path, proxies: int, believed: bool) -> None:
    with planted_app(tmp_path / "store", proxies=proxies) as application:
        response = application.client.get("/", headers={"X-Forwarded-Proto": "https"})
        assert response.headers.get("Strict-Transport-Security") == ("max-age=31536000" if believed else None)


def test_of_several_proxies_only_those_announced_are_believed(tmp_path: Path) -> None:
    with planted_app(tmp_path / "store", proxies=1) as application:
        response = application.client.get("/", headers={"X-Forwarded-Proto": "https, http"})
        assert "Strict-Transport-Security" not in response.headers
