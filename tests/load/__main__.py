"""Start, memory and load of the server: ``make load [LOAD_SECONDS=600] [LOAD_USERS=50]``, into docs/benchmarks.md."""

from __future__ import annotations

import argparse
import os
import shutil
import sys
import urllib.request
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from layouts.state.view_state import ViewState
from precompute.store.store import Store
from tests.benchmarks.report import machine, table, write_section
from tests.load.answers import Answers, all_answers, visit
from tests.load.large_run import N_HEADS, N_LAYERS, N_POINTS, plant_large_run
from tests.load.server import Memory, Server, gunicorn
from tests.load.tab import Tab

THINK_SECONDS = 2.0
MOST_MILLISECONDS, MOST_MEMORY, MOST_SECONDS_TO_ANSWER, MOST_GROWTH = 200, 250.0, 3.0, 10.0
"""Promised: 95 % of answers, MiB of a worker, from the command to the first answer, MiB of growth under load."""

SCALING_SECONDS, SCALING_USERS = 30, 20


def main() -> int:
    """Measure, write, and say whether every promise is kept."""
    parser = argparse.ArgumentParser(prog="python -m tests.load")
    parser.add_argument("--seconds", type=int, default=600, help="how long the visitors stay (default: %(default)s)")
    parser.add_argument("--users", type=int, default=50, help="how many there are (default: %(default)s)")
    parser.add_argument("--log", type=Path, default=None, help="keeps what gunicorn and locust say")
    given = parser.parse_args()
    with TemporaryDirectory() as directory:
        log = given.log or Path(directory) / "log"
        try:
            problems = measure(Path(directory) / "store", given.seconds, given.users, log)
        except Exception:
            shutil.copyfileobj(log.open(encoding="utf-8"), sys.stderr)
            raise
    for problem in problems:
        print(f"Not kept: {problem}", file=sys.stderr)  # noqa: T201 - the program's answer
    return 1 if problems else 0


def measure(directory: Path, seconds: int, users: int, log: Path) -> list[str]:
    """Measure everything over a planted run and write the section; give the promises that are not kept."""
    _say("Planting a run ...")
    with Store(directory) as store:
        plant_large_run(store)
    _say("Visiting every view ...")
    with gunicorn(directory, 1, log=log) as server:
        (worker,) = server.workers
        memories = [("as started", Memory.of(worker)), *_memory_on_a_tour(server, worker)]
        to_answer = server.seconds_to_answer
    _say(f"{users} visitors for {seconds} s ...")
    samples: list[float] = []
    with gunicorn(directory, 2, log=log) as server:

        def sample() -> None:
            samples.append(max(Memory.of(process).resident for process in server.workers))

        answers = visit(server.url, users=users, seconds=seconds, think=THINK_SECONDS, log=log, sample=sample)
    scaling = []
    for workers in (1, 2, 4):
        if workers <= (os.cpu_count() or 1):
            _say(f"{workers} worker(s), {SCALING_USERS} hasty visitors for {SCALING_SECONDS} s ...")
            with gunicorn(directory, workers, log=log) as server:
                hasty = visit(server.url, users=SCALING_USERS, seconds=SCALING_SECONDS, think=0, log=log)
            scaling.append((workers, all_answers(hasty)))
    text = report(memories, to_answer, answers, samples, scaling, seconds, users)
    write_section("load", text)
    _say(text)
    return problems_of(memories, to_answer, all_answers(answers), samples)


def _say(text: str) -> None:
    print(text, flush=True)  # noqa: T201 - the program's answer


def _memory_on_a_tour(server: Server, worker: int) -> Iterator[tuple[str, Memory]]:
    """Visit every view of the run: all projections and colors, all heads, sentences, lists, pictures."""

    def send(path: str, name: str, body: str | None = None) -> bytes:
        data = None if body is None else body.encode()
        request = urllib.request.Request(server.url + path, data, {"Content-Type": "application/json"})  # noqa: S310
        with urllib.request.urlopen(request) as answer:  # noqa: S310 - a server of ours
            content: bytes = answer.read()
        return content

    tab = Tab(send)
    tab.open(ViewState())
    for projection in tab.meta["projections"]:
        for dims in projection["dims"]:
            tab.change(projection=projection["name"], dims=dims)
    for encoding in tab.meta["encodings"]:
        tab.change(color=encoding["name"])
    for metric in tab.meta["metrics"]:
        tab.change(tint=metric["name"])
    yield "after the matrix in every projection and color", Memory.of(worker)
    for row in range(N_LAYERS * N_HEADS):
        layer, head = divmod(row, N_HEADS)
        tab.change(view="head", layer=layer, head=head, instance=row, token=0, norm=True)
        send(f"/picture/head.png{tab.state.query}", "picture")
    yield "after every head, each with a sentence", Memory.of(worker)
    for instance in range(tab.meta["inputs"]["n_instances"]):
        tab.show(replace(tab.state, view="instance", instance=instance, token=None))
    tab.change(view="heads")
    send("/picture/matrix.png", "picture")
    yield "after every sentence and the list of heads", Memory.of(worker)


def problems_of(
    memories: list[tuple[str, Memory]], to_answer: float, answers: Answers, samples: list[float]
) -> list[str]:
    """Promises that were not kept, a phrase each."""
    highest = max(memory.resident for _, memory in memories)
    slow = answers.percentile(95)
    found = {
        f"{answers.failures} errors": answers.failures > 0,
        f"95 % of answers in {slow} ms": slow > MOST_MILLISECONDS,
        f"a worker of {highest:.0f} MiB": highest > MOST_MEMORY,
        f"{to_answer:.1f} s to the first answer": to_answer > MOST_SECONDS_TO_ANSWER,
        f"{_growth(samples):.0f} MiB of growth under load": _growth(samples) > MOST_GROWTH,
    }
    return [problem for problem, true in found.items() if true]


def _growth(samples: list[float]) -> float:
    """MiB from the second to the last fifth of the time: the first fifth fills the caches."""
    fifth = max(len(samples) // 5, 1)
    middle = samples[fifth : 2 * fifth] or samples
    return sum(samples[-fifth:]) / len(samples[-fifth:]) - sum(middle) / len(middle) if samples else 0.0


def report(
    memories: list[tuple[str, Memory]],
    to_answer: float,
    answers: list[Answers],
    samples: list[float],
    scaling: list[tuple[int, Answers]],
    seconds: int,
    users: int,
) -> str:
    """Format the section of docs/benchmarks.md."""
    together = all_answers(answers)
    waits = [
        (each.name, each.count, each.failures, each.percentile(50), each.percentile(95), each.percentile(99))
        for each in (together, *answers)
    ]
    sizes = [(name, round(m.resident), round(m.anonymous), round(m.private)) for name, m in memories]
    speeds = [
        (workers, round(all_.count / SCALING_SECONDS), all_.failures, all_.percentile(50), all_.percentile(95))
        for workers, all_ in scaling
    ]
    return f"""## Start, memory and load

{machine()}, {os.cpu_count()} processors, shared by gunicorn and the visitors; written by `make load`. A synthetic run
of {N_LAYERS * N_HEADS} heads with {N_POINTS} points each, 8 projections, 200 sentences.

From the command to the first page: {to_answer:.1f} s.

MiB of one worker. *Resident* is everything, mapped files included, and must stay below {MOST_MEMORY:.0f} MiB;
*anonymous* is the part that the system cannot drop when it needs room; *private* would become free if the worker
ended. The rest is shared between workers, which are forked from a master that has loaded the libraries.

{table(("worker", "resident", "anonymous", "private"), sizes)}

{users} visitors for {seconds} s on 2 workers, each with an empty cache at first, then about {THINK_SECONDS:g} s
between two actions: colors, projections, tints, heads, points, sentences, searches. Milliseconds from a request to the
last byte of its answer; requests that failed because a worker was replaced are *asked again*, as the page does:

{table(("requests", "answers", "errors", "median", "95 %", "99 %"), waits)}

{together.count / seconds:.0f} answers a second. The larger worker held {min(samples, default=0):.0f} to
{max(samples, default=0):.0f} MiB; from the second to the last fifth of the time it grew by {_growth(samples):.1f} MiB.

Throughput, {SCALING_USERS} visitors who never pause, for {SCALING_SECONDS} s each:

{table(("workers", "answers a second", "errors", "median", "95 %"), speeds)}
"""


if __name__ == "__main__":
    sys.exit(main())
