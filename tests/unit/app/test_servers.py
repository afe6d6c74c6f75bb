"""The servers: ``python -m app`` on a laptop, gunicorn with several workers on a host."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from werkzeug.security import check_password_hash

from app.__main__ import main, parse_arguments
from app.passwords import parse_users
from app.settings import Settings, SettingsError
from precompute.store.store import Store
from tests.support.served_app import ROOT, free_port, served_app, served_by_gunicorn
from tests.support.small_run import Planted, small_run


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("served") / "store"


@pytest.fixture(scope="module")
def planted(store: Path) -> Planted:
    with Store(store) as opened:
        return small_run(opened)


def get(url: str) -> bytes:
    with urllib.request.urlopen(url, timeout=60) as response:  # noqa: S310 - a server of this test
        body: bytes = response.read()
        return body


def assert_serves(url: str, planted: Planted) -> None:
    assert json.loads(get(f"{url}health"))["runs"] == 1
    array = np.frombuffer(get(f"{url}data/{planted.manifest.run}/array/coords.tsne.3"), "<u2")
    assert np.array_equal(array, planted.arrays["coords.tsne.3"].ravel())


def test_the_program_serves_until_it_is_interrupted(store: Path, planted: Planted) -> None:
    with served_app(store, ATTENTIONVIZ_READONLY="1") as url:
        assert_serves(url, planted)


def contents(directory: Path) -> dict[str, tuple[int, int]]:
    """Size and time of a directory and everything below it."""
    return {str(path): (path.stat().st_size, path.stat().st_mtime_ns) for path in [directory, *directory.rglob("*")]}


@pytest.mark.slow
def test_gunicorn_serves_with_two_workers(store: Path, planted: Planted, tmp_path: Path) -> None:
    """A read-only store is not touched, every line is JSON, and a door that is open is said."""
    log, before = tmp_path / "log", contents(store)
    variables = {"ATTENTIONVIZ_STORE": str(store), "ATTENTIONVIZ_READONLY": "1", "HOST": "0.0.0.0"}  # noqa: S104
    with served_by_gunicorn(log, **variables) as url:
        for _ in range(4):
            assert_serves(url, planted)
        assert b"AttentionViz" in get(f"{url}head?layer=1")
    assert contents(store) == before
    lines = [json.loads(line) for line in log.read_text().splitlines()]
    messages = [line["message"] for line in lines]
    assert sum(message.startswith("Booting worker") for message in messages) == 2
    (warning,) = [line["message"] for line in lines if line["level"] not in {"info"}]
    assert warning.startswith("Anyone who can reach 0.0.0.0:")
    answers = [(line["path"], line["status"]) for line in lines if line["logger"] == "app.request_log"]
    array = (f"/data/{planted.manifest.run}/array/coords.tsne.3", 200)
    assert answers == [("/health", 200), array] * 4 + [("/head", 200)]


@pytest.mark.parametrize(
    ("variable", "text"), [("ATTENTIONVIZ_PROXIES", "x"), ("ATTENTIONVIZ_AUTH", "/nowhere/passwords")]
)
def test_gunicorn_does_not_start_with_what_it_cannot_use(
    store: Path, planted: Planted, variable: str, text: str
) -> None:
    environment = {**os.environ, "ATTENTIONVIZ_STORE": str(store), "PORT": str(free_port()), variable: text}
    command = [sys.executable, "-m", "gunicorn", "app.wsgi:server", "--bind", "127.0.0.1:0"]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 2
    assert "Traceback" not in done.stderr
    assert text in done.stderr.splitlines()[-1]


def test_the_command_line_goes_before_the_environment() -> None:
    defaults = Settings(store=Path("/a"), host="::1", port=1234)
    assert parse_arguments([], defaults) == defaults
    given = parse_arguments(["--host", "localhost", "--port", "80", "--store", "/b"], defaults)
    assert (given.host, given.port, given.store) == ("localhost", 80, Path("/b"))


def test_a_port_that_is_none_is_refused() -> None:
    with pytest.raises(SettingsError, match="'eighty' is not a number"):
        parse_arguments(["--port", "eighty"], Settings())


@pytest.fixture
def refusal(capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Callable[..., str]:
    """Return the error of a program that does not start, run in this process, whose logging stays as it is."""
    monkeypatch.setattr("app.start.dictConfig", lambda _: None)

    def refused(*arguments: str, **environment: str) -> str:
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        assert main(arguments) == 2
        out, error = capfd.readouterr()
        assert (out, error.count("\n")) == ("", 1)
        return error

    return refused


@pytest.mark.parametrize(("variable", "arguments"), [("http", []), ("8050", ["--port", "0"])])
def test_a_wrong_port_is_one_sentence(
    refusal: Callable[..., str], variable: str, arguments: list[str], tmp_path: Path
) -> None:
    assert "free port" in refusal(*arguments, "--store", str(tmp_path / "store"), PORT=variable)


def test_a_port_in_use_is_one_sentence(tmp_path: Path) -> None:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        port = str(listener.getsockname()[1])
        command = [
            sys.executable,
            "-m",
            "app",
            "--host",
            "127.0.0.1",
            "--port",
            port,
            "--store",
            str(tmp_path / "store"),
        ]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1)
    assert f"Cannot listen on 127.0.0.1:{port}" in done.stderr


def test_a_store_that_cannot_be_used_is_one_sentence(refusal: Callable[..., str], tmp_path: Path) -> None:
    assert str(tmp_path / "nowhere") in refusal("--store", str(tmp_path / "nowhere"), ATTENTIONVIZ_READONLY="1")


def test_passwords_that_cannot_be_read_are_one_sentence(refusal: Callable[..., str], tmp_path: Path) -> None:
    error = refusal("--store", str(tmp_path / "store"), ATTENTIONVIZ_AUTH=str(tmp_path / "missing"))
    assert str(tmp_path / "missing") in error
    assert "sesame" not in refusal("--store", str(tmp_path / "store"), ATTENTIONVIZ_AUTH="ann:sesame")


def test_a_line_of_passwords_from_a_pipe() -> None:
    command = [sys.executable, "-m", "app", "hash-password", "ann"]
    done = subprocess.run(command, cwd=ROOT, input="sesame\n", capture_output=True, text=True, timeout=60, check=True)
    assert check_password_hash(parse_users(done.stdout)["ann"], "sesame")
