"""gunicorn over a store, as on a host, and how much memory its workers take."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.support.served_app import ROOT, free_port

PATIENCE_SECONDS = 60.0
MIB = 2**20


@dataclass(frozen=True)
class Memory:
    """Of one process, in MiB, as Linux counts it (proc_pid_smaps(5)).

    Attributes
    ----------
    resident : float
        RSS: everything in memory that is mapped, also pages of files that other processes map too, and that the
        system drops when it needs room.
    anonymous : float
        The part of RSS that only swapping could remove: heaps, stacks, and pages of libraries that were written to.
    private : float
        USS: what would become free if the process ended.
    """

    resident: float
    anonymous: float
    private: float

    @classmethod
    def of(cls, process: int) -> Memory:
        """Read it."""
        text = Path(f"/proc/{process}/smaps_rollup").read_text(encoding="ascii")
        kib = {name: int(value) for name, value in re.findall(r"^(\w+):\s+(\d+) kB", text, re.MULTILINE)}
        private = kib["Private_Clean"] + kib["Private_Dirty"]
        return cls(kib["Rss"] / 1024, kib["Anonymous"] / 1024, private / 1024)


@dataclass(frozen=True)
class Server:
    """A running gunicorn.

    Attributes
    ----------
    url : str
        Without a slash at its end.
    master : int
        Process of the master.
    seconds_to_answer : float
        From the command to the first answer.
    """

    url: str
    master: int
    seconds_to_answer: float

    @property
    def workers(self) -> tuple[int, ...]:
        """Processes of the workers."""
        children = Path(f"/proc/{self.master}/task/{self.master}/children").read_text(encoding="ascii")
        return tuple(int(process) for process in children.split())


@contextmanager
def gunicorn(store: Path, workers: int, *, log: Path) -> Iterator[Server]:
    """Serve a store until the block ends.

    Parameters
    ----------
    store : Path
        Directory of the runs; only read.
    workers : int
        Processes that answer.
    log : Path
        Receives the log of the server.
    """
    port = free_port()
    command = [sys.executable, "-m", "gunicorn", "app.wsgi:server", "--workers", str(workers)]
    command += ["--bind", f"127.0.0.1:{port}"]
    environment = {**os.environ, "ATTENTIONVIZ_STORE": str(store), "ATTENTIONVIZ_READONLY": "1"}
    url = f"http://127.0.0.1:{port}"
    with log.open("ab") as said:
        started = time.perf_counter()
        process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=said, stderr=said)
    try:
        _wait_for_answer(f"{url}/", process)
        yield Server(url, process.pid, time.perf_counter() - started)
    finally:
        process.terminate()
        process.wait(PATIENCE_SECONDS)


def _wait_for_answer(url: str, process: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + PATIENCE_SECONDS
    while process.poll() is None and time.monotonic() < until:
        try:
            with urllib.request.urlopen(url, timeout=PATIENCE_SECONDS):  # noqa: S310 - a server of ours
                return
        except (urllib.error.URLError, ConnectionError):
            time.sleep(0.02)
    raise RuntimeError("gunicorn does not answer; see its log")
