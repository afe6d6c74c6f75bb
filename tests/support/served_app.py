"""The application as a user starts it: a process that serves a store on a free port."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
IN_CHECKOUT = (sys.executable, "-m", "app")
ANNOUNCED = re.compile(r"http://[^\s/]+/\S*")


def free_port() -> int:
    """Find an unused port of this computer."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


@contextmanager
def served_app(
    store: Path,
    *,
    port: int | None = None,
    program: Sequence[str] = IN_CHECKOUT,
    directory: Path = ROOT,
    **environment: str,
) -> Iterator[str]:
    """Serve a store until the context ends, by default with ``python -m app``.

    Parameters
    ----------
    store : Path
        Directory of the runs.
    port : int, optional
        To listen on; by default a free one.
    program : sequence of str
        Command that takes the options of ``python -m app``.
    directory : Path
        Working directory.
    environment
        Further variables.

    Yields
    ------
    str
        The address that the program announces, ending in a slash.
    """
    command = [*program, "--port", str(port or free_port()), "--store", str(store)]
    process = subprocess.Popen(
        command,
        cwd=directory,
        env={**os.environ, **environment},
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    with process:
        assert process.stdout
        announced = ANNOUNCED.search(process.stdout.readline())
        try:
            assert announced, "the program announces its address once it listens"
            yield announced[0]
        finally:
            process.send_signal(signal.SIGINT)
            with suppress(subprocess.TimeoutExpired):
                process.wait(30)
            process.kill()
    assert process.returncode == 0


@contextmanager
def served_by_gunicorn(log: Path, **environment: str) -> Iterator[str]:
    """Serve with gunicorn and its configuration until the context ends.

    Parameters
    ----------
    log : Path
        Receives the log of the server.
    environment
        Variables; the port is a free one.

    Yields
    ------
    str
        The address below which the application is, ending in a slash.
    """
    port = str(free_port())
    command = [sys.executable, "-m", "gunicorn", "app.wsgi:server"]
    variables = {**os.environ, "HOST": "127.0.0.1", **environment, "PORT": port}
    with log.open("w") as file, subprocess.Popen(command, cwd=ROOT, env=variables, stderr=file) as process:
        try:
            _wait_until_listening(process, int(port))
            prefix = environment.get("DASH_REQUESTS_PATHNAME_PREFIX", "/")
            yield f"http://127.0.0.1:{port}{prefix}"
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(60)
    assert process.returncode == 0, log.read_text()


def _wait_until_listening(process: subprocess.Popen[bytes], port: int) -> None:
    while True:
        assert process.poll() is None, "the server has ended"
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        with suppress(subprocess.TimeoutExpired):
            process.wait(0.05)
