"""The application as a user starts it: a process that serves a store on a free port."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
ANNOUNCED = re.compile(r"http://[^\s/]+/\S*")


def free_port() -> int:
    """Find a port of this computer on which nobody listens."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


@contextmanager
def served_app(store: Path, **environment: str) -> Iterator[str]:
    """Serve a store with ``python -m app`` until the context ends.

    Parameters
    ----------
    store : Path
        Directory of the runs.
    environment
        Further variables.

    Yields
    ------
    str
        The address that the program announces, ending in a slash.
    """
    command = [sys.executable, "-m", "app", "--port", str(free_port()), "--store", str(store)]
    process = subprocess.Popen(
        command, cwd=ROOT, env={**os.environ, **environment}, stdout=subprocess.PIPE, text=True, start_new_session=True
    )
    with process:
        assert process.stdout
        announced = ANNOUNCED.search(process.stdout.readline())
        try:
            assert announced, "the program announces its address once it listens"
            yield announced[0]
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(30)
    assert process.returncode == 0
