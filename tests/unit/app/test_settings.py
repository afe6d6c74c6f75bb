"""Settings come from the environment; what cannot be used is said in a sentence."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import asdict
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
    environment = {"ATTENTIONVIZ_STORE": "", "PORT": "", "HOST": "", "ATTENTIONVIZ_SECRET_KEY": ""}
    settings = asdict(Settings.from_environment(environment))
    defaults = asdict(Settings.from_environment({}))
    assert {**settings, "secret_key": ""} == {**defaults, "secret_key": ""}


def test_every_variable_is_read() -> None:
    settings = Settings.from_environment(
        {
            "ATTENTIONVIZ_STORE": "/runs",
            "HOST": "::1",
            "PORT": "8080",
            "ATTENTIONVIZ_READONLY": "yes",
            "DASH_REQUESTS_PATHNAME_PREFIX": "/av/",
            "ATTENTIONVIZ_SECRET_KEY": "s" * 32,
        }
    )
    assert settings == Settings(Path("/runs"), "::1", 8080, True, "/av/", "s" * 32)


@pytest.mark.parametrize(
    ("given", "prefix"), [("/", "/"), ("", "/"), ("av", "/av/"), ("/av", "/av/"), ("/a/b/", "/a/b/")]
)
def test_a_prefix_has_a_slash_at_both_ends(given: str, prefix: str) -> None:
    assert Settings.from_environment({"DASH_REQUESTS_PATHNAME_PREFIX": given}).url_prefix == prefix


@pytest.mark.parametrize(
    ("given", "read_only"), [("1", True), ("true", True), ("TRUE", True), ("0", False), ("no", False), ("", False)]
)
def test_read_only_is_asked_for_in_words(given: str, read_only: bool) -> None:
    assert Settings.from_environment({"ATTENTIONVIZ_READONLY": given}).read_only is read_only


def test_the_secret_key_is_random_long_and_never_shown() -> None:
    one, other = Settings.from_environment({}), Settings.from_environment({})
    assert one.secret_key != other.secret_key
    assert len(one.secret_key) >= 32
    assert one.secret_key not in repr(one)


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
