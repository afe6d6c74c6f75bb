"""Visitors let loose on a server by locust, in a process of their own, and what they had to wait."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.support.served_app import ROOT

VISITORS = Path(__file__).with_name("visitors.py")
SPAWNED_A_SECOND = 5


@dataclass(frozen=True)
class Answers:
    """To all requests of one name, or to all of them.

    Attributes
    ----------
    name : str
        Of the requests.
    failures : int
        How many got no answer, or a wrong one.
    milliseconds : mapping of int to int
        How many answers took so long, from the request to its last byte.
    """

    name: str
    failures: int
    milliseconds: Counter[int]

    @property
    def count(self) -> int:
        """How many answers there were."""
        return self.milliseconds.total()

    def percentile(self, share: int) -> int:
        """Milliseconds in which ``share`` per cent of the answers had come; 0 if there were none."""
        wanted = self.count * share / 100
        seen = 0
        for time, count in sorted(self.milliseconds.items()):
            seen += count
            if seen >= wanted:
                return time
        return 0


def all_answers(answers: list[Answers]) -> Answers:
    """Put answers of several names together."""
    together: Counter[int] = Counter()
    for each in answers:
        together += each.milliseconds
    return Answers("all", sum(each.failures for each in answers), together)


def visit(
    url: str, *, users: int, seconds: int, think: float, log: Path, sample: Callable[[], None] = lambda: None
) -> list[Answers]:
    """Run visitors.

    Parameters
    ----------
    url : str
        Of the server.
    users : int
        How many at a time; some arrive every second.
    seconds : int
        For how long.
    think : float
        Mean seconds between two actions of a visitor.
    log : Path
        Receives the log of locust.
    sample : callable
        Called about every five seconds.

    Returns
    -------
    list of Answers
        One a name of requests, the most frequent first.

    Raises
    ------
    RuntimeError
        If locust itself fails.
    """
    with TemporaryDirectory() as directory, log.open("ab") as said:
        report = Path(directory) / "report"
        command = [sys.executable, "-m", "locust", "-f", str(VISITORS), "--headless", "--only-summary"]
        command += ["--host", url, "-u", str(users), "-r", str(SPAWNED_A_SECOND), "-t", f"{seconds}s"]
        command += ["--think", str(think), "--stop-timeout", "10", "--json-file", str(report)]
        command += ["--exit-code-on-error", "0"]
        with subprocess.Popen(command, cwd=ROOT, stdout=said, stderr=said) as process:
            while True:
                try:
                    process.wait(5)
                    break
                except subprocess.TimeoutExpired:
                    sample()
        if process.returncode:
            raise RuntimeError(f"locust ended with {process.returncode}; see {log}")
        (file,) = report.parent.iterdir()
        listed = json.loads(file.read_text(encoding="utf-8"))
    answers = [
        Answers(
            each["name"],
            each["num_failures"],
            Counter({round(float(time)): count for time, count in each["response_times"].items()}),
        )
        for each in listed
    ]
    return sorted(answers, key=lambda each: -each.count)
