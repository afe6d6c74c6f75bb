"""Settings come from the environment; what cannot be used is said in a sentence."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.settings import Settings, SettingsError, parse_port


def test_an_empty_environment_gives_the_defaults() -> None:
    settings = Settings.from_environment({})
    assert (settings.store, settings.host, settings.port) == (Path(".store"), "127.0.0.1", 8050)
    assert (settings.read_only, settings.url_prefix) == (False, "/")


def test_empty_variables_are_like_none() -> None:
    names = ["STORE", "AUTH", "SECRET_KEY", "READONLY", "FRAME_ANCESTORS", "PROXIES", "LOG"]
    empty = dict.fromkeys(["PORT", "HOST", *(f"ATTENTIONVIZ_{name}" for name in names)], "")
    assert Settings.from_environment(empty) == Settings()


def test_every_variable_is_read() -> None:
    settings = Settings.from_environment(
        {
            "ATTENTIONVIZ_STORE": "/runs",
            "HOST": "::1",
            "PORT": "8080",
            "ATTENTIONVIZ_READONLY": "yes",
            "DASH_REQUESTS_PATHNAME_PREFIX": "/av/",
            "ATTENTIONVIZ_SECRET_KEY": "s" * 32,
            "ATTENTIONVIZ_AUTH": "/etc/passwords",
            "ATTENTIONVIZ_FRAME_ANCESTORS": "self https://*.example.org",
            "ATTENTIONVIZ_PROXIES": "2",
            "ATTENTIONVIZ_LOG": "json",
        }
    )
    ancestors = "'self' https://*.example.org"
    expected = Settings(
        Path("/runs"), "::1", 8080, True, "/av/", "s" * 32, "/etc/passwords", ancestors, proxies=2, log="json"
    )
    assert settings == expected


def test_a_server_may_log_unless_the_environment_says_otherwise() -> None:
    assert Settings.from_environment({}, log="json").log == "json"
    assert Settings.from_environment({"ATTENTIONVIZ_LOG": "off"}, log="json").log == "off"


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("ATTENTIONVIZ_READONLY", "maybe"),
        ("ATTENTIONVIZ_PROXIES", "-1"),
        ("ATTENTIONVIZ_PROXIES", "6"),
        ("ATTENTIONVIZ_PROXIES", "many"),
        ("ATTENTIONVIZ_LOG", "xml"),
        ("ATTENTIONVIZ_FRAME_ANCESTORS", "https://a.example; script-src *"),
        ("ATTENTIONVIZ_FRAME_ANCESTORS", "*"),
        ("ATTENTIONVIZ_FRAME_ANCESTORS", "https://a.example,https://b.example"),
    ],
)
def test_what_cannot_be_meant_is_one_sentence(name: str, text: str) -> None:
    with pytest.raises(SettingsError, match=rf"{name} (is|names) .*; (set|give) [^\n]*\.$"):
        Settings.from_environment({name: text})


@pytest.mark.parametrize(("given", "policy"), [("none", "'none'"), ("'self'", "'self'"), ("  ", "'none'")])
def test_frames_are_asked_for_in_words(given: str, policy: str) -> None:
    assert Settings.from_environment({"ATTENTIONVIZ_FRAME_ANCESTORS": given}).frame_ancestors == policy


@pytest.mark.parametrize("host", ["127.0.0.1", "::1", "localhost"])
def test_on_this_computer_the_door_may_be_open(host: str) -> None:
    assert Settings().exposure_warning(host, 80) is None


def test_an_open_door_to_others_is_said() -> None:
    said = Settings().exposure_warning("0.0.0.0", 8050)  # noqa: S104 - an address in a sentence
    assert said
    assert "0.0.0.0:8050" in said
    assert "ATTENTIONVIZ_AUTH" in said
    assert Settings(auth="a:b").exposure_warning("0.0.0.0", 8050) is None  # noqa: S104


@pytest.mark.parametrize(
    ("given", "prefix"), [("/", "/"), ("", "/"), ("av", "/av/"), ("/av", "/av/"), ("/a/b/", "/a/b/")]
)
def test_a_prefix_has_a_slash_at_both_ends(given: str, prefix: str) -> None:
    assert Settings.from_environment({"DASH_REQUESTS_PATHNAME_PREFIX": given}).url_prefix == prefix


@pytest.mark.parametrize(
    ("given", "read_only"),
    [("1", True), ("true", True), ("TRUE", True), ("on", True), ("0", False), ("no", False), ("", False)],
)
def test_read_only_is_asked_for_in_words(given: str, read_only: bool) -> None:
    assert Settings.from_environment({"ATTENTIONVIZ_READONLY": given}).read_only is read_only


def test_secrets_are_never_shown() -> None:
    settings = Settings.from_environment({"ATTENTIONVIZ_SECRET_KEY": "k3y", "ATTENTIONVIZ_AUTH": "ann:h4sh"})
    assert "k3y" not in repr(settings)
    assert "h4sh" not in repr(settings)


@given(st.integers(1, 65535))
def test_every_port_number_is_a_port(port: int) -> None:
    assert parse_port(str(port)) == port


@pytest.mark.parametrize(
    "text", ["0", "-1", "65536", "99999999999", "0000199999", "80.5", "http", " 80", "８０", "1e3", "9" * 5000]
)
def test_other_texts_are_no_port(text: str) -> None:
    with pytest.raises(SettingsError, match="is not a number from 1 to 65535"):
        Settings.from_environment({"PORT": text})


@given(st.text())
def test_any_text_gives_a_port_or_a_sentence(text: str) -> None:
    with suppress(SettingsError):
        assert 1 <= parse_port(text) <= 65535
