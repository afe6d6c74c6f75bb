"""The servers: ``python -m app`` on a laptop, gunicorn with several workers on a host."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from app.__main__ import parse_arguments
from app.settings import Settings, SettingsError
from precompute.store import Store
from tests.served_app import ROOT, served_app
from tests.small_run import Planted, small_run


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


@pytest.fixture
def gunicorn(store: Path, planted: Planted) -> Iterator[str]:
    """Start gunicorn with two workers; give its address."""
    command = [sys.executable, "-m", "gunicorn", "app.wsgi:server", "--workers", "2", "--bind", "127.0.0.1:0"]
    environment = {**os.environ, "ATTENTIONVIZ_STORE": str(store), "ATTENTIONVIZ_READONLY": "1"}
    with subprocess.Popen(command, cwd=ROOT, env=environment, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr
        seen: list[str] = []
        while len(re.findall("Booting worker", "".join(seen))) < 2:
            line = process.stderr.readline()
            assert line, "".join(seen)
            seen.append(line)
        (address,) = re.findall(r"Listening at: (http://\S+)", "".join(seen))
        yield f"{address}/"
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=60)
    assert process.returncode == 0


@pytest.mark.slow
def test_gunicorn_serves_with_two_workers(planted: Planted, gunicorn: str) -> None:
    for _ in range(4):
        assert_serves(gunicorn, planted)
    assert b"AttentionViz" in get(f"{gunicorn}head?layer=1")


def test_the_command_line_goes_before_the_environment() -> None:
    defaults = Settings(store=Path("/a"), host="::1", port=1234)
    assert parse_arguments([], defaults) == defaults
    given = parse_arguments(["--host", "localhost", "--port", "80", "--store", "/b"], defaults)
    assert (given.host, given.port, given.store) == ("localhost", 80, Path("/b"))


def test_a_port_that_is_none_is_refused() -> None:
    with pytest.raises(SettingsError, match="'eighty' is not a number"):
        parse_arguments(["--port", "eighty"], Settings())


def refusal(*arguments: str, **environment: str) -> str:
    """Start the program in vain; give what it says."""
    command = [sys.executable, "-m", "app", *arguments]
    done = subprocess.run(
        command, cwd=ROOT, env={**os.environ, **environment}, capture_output=True, text=True, timeout=120, check=False
    )
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1)
    return done.stderr


@pytest.mark.parametrize(("variable", "arguments"), [("http", []), ("8050", ["--port", "0"])])
def test_a_wrong_port_is_one_sentence(variable: str, arguments: list[str], tmp_path: Path) -> None:
    assert "free port" in refusal(*arguments, "--store", str(tmp_path / "store"), PORT=variable)


def test_a_port_in_use_is_one_sentence(tmp_path: Path) -> None:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        port = str(listener.getsockname()[1])
        error = refusal("--host", "127.0.0.1", "--port", port, "--store", str(tmp_path / "store"))
    assert f"Cannot listen on 127.0.0.1:{port}" in error


def test_a_store_that_cannot_be_used_is_one_sentence(tmp_path: Path) -> None:
    assert str(tmp_path / "nowhere") in refusal("--store", str(tmp_path / "nowhere"), ATTENTIONVIZ_READONLY="1")
