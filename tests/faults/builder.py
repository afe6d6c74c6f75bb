"""Builds that meet a fault: a program that has loaded torch once and forks a process for every build it is asked for.

Each line of its input is a list of jobs, which it begins at the same time; each line of its output is the list of what
became of them. The fault comes at the n-th time that the build makes, opens for writing, moves or removes something in
the store's directory, which an audit hook of the interpreter sees: every such moment can be chosen, and the same
number is the same moment. The process that runs the model is forked too, and its moments count as well: it has the
same hook, and both keep their count in memory that they share.
"""

from __future__ import annotations

import errno
import json
import mmap
import multiprocessing
import os
import signal
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Literal, TypedDict

import torch

from precompute.build import BuildRequest, ExecutionOptions, Progress, build, model_process
from precompute.format.manifest import Recipe
from precompute.models.source import resolve_model
from precompute.store.store import Store

REQUEST = BuildRequest("tiny-gpt2", "tiny-words", recipe=Recipe(projections=("pca",), dims=(2,), limit=3))
CHANGES = frozenset({"open", "os.mkdir", "os.rename", "os.remove", "os.rmdir"})
COUNT_BYTES = 8
WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT

Fault = Literal["none", "killed", "full", "denied"]


class Job(TypedDict):
    """A build to begin: in which store, and which fault it meets at which moment, counted from 1."""

    directory: str
    fault: Fault
    moment: int


class Outcome(TypedDict):
    """Outcome of a build: its exit status, the run or the error, the stage it was in, and moments that passed."""

    status: int
    run: str | None
    error: str | None
    sentence: str | None
    stage: str
    moments: int


class Moments:
    """Counts changes below a directory, and brings the fault about from a certain one on."""

    def __init__(self, job: Job) -> None:
        self._shared = mmap.mmap(-1, COUNT_BYTES)
        self._job = job

    @property
    def count(self) -> int:
        """How many there were so far, in both processes."""
        return int.from_bytes(self._shared[:], "little")

    def __call__(self, event: str, arguments: tuple[Any, ...]) -> None:
        """Handle an event of the interpreter."""
        if event not in CHANGES or not str(arguments[0]).startswith(self._job["directory"]):
            return
        if event == "open" and not arguments[2] & WRITES:
            return
        self._shared[:] = (self.count + 1).to_bytes(COUNT_BYTES, "little")
        if self.count < self._job["moment"]:
            return
        if self._job["fault"] == "killed":
            os.killpg(0, signal.SIGKILL)
        if self._job["fault"] == "denied":
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
        if self._job["fault"] == "full" and event in {"open", "os.mkdir"}:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def carry_out(job: Job) -> Outcome:
    """Build in this process."""
    moments, stages = Moments(job), ["begin"]

    def follow(progress: Progress) -> None:
        stages.append(progress.stage)

    outcome = Outcome(status=0, run=None, error=None, sentence=None, stage="", moments=0)
    sys.addaudithook(moments)
    try:
        with Store(Path(job["directory"])) as store:
            outcome["run"] = build(REQUEST, store, ExecutionOptions(1), on_progress=follow).run
    except Exception as error:
        outcome |= {"error": type(error).__name__, "sentence": str(error)}
    return outcome | {"stage": stages[-1], "moments": moments.count}


def fork(job: Job) -> tuple[int, int]:
    """Begin a build in a process of its own; give the process, and where it will write its outcome."""
    reader, writer = os.pipe()
    process = os.fork()
    if process == 0:
        os.setpgid(0, 0)
        os.write(writer, json.dumps(carry_out(job)).encode())
        os._exit(0)
    os.close(writer)
    return process, reader


def collect(process: int, reader: int) -> Outcome:
    """Wait for a build."""
    with os.fdopen(reader, "rb") as file:
        text = file.read()
    _, status = os.waitpid(process, 0)
    outcome: Outcome = json.loads(text or "{}")
    return outcome | {"status": os.waitstatus_to_exitcode(status)}


def main() -> None:
    """Answer lines until there are no more."""
    torch.set_num_threads(1)
    model_process.START = multiprocessing.get_context("fork")
    resolve_model(REQUEST.model).load()  # imports what it needs, for all who are forked
    with TemporaryDirectory() as directory, Store(Path(directory) / "store") as store:
        build(REQUEST, store, ExecutionOptions(1))  # compiles the kernels, for all who are forked
    for line in sys.stdin:
        begun = [fork(job) for job in json.loads(line)]
        print(json.dumps([collect(*each) for each in begun]), flush=True)  # noqa: T201 - the program's answer


if __name__ == "__main__":
    main()
