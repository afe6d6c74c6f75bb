"""Builds that are killed, find the disk full or locked, or meet each other: nothing is lost, and it is said."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest

from precompute.run.verify import verify_run
from precompute.store.store import Store
from tests.faults.builder import Fault, Job, Outcome
from tests.support.served_app import ROOT

Build = Callable[..., list[Outcome]]
KILLS = 20


@pytest.fixture(scope="module")
def build() -> Iterator[Build]:
    """Begin builds in the given directories at the same time, and wait for them."""
    command = [sys.executable, "-m", "tests.faults.builder"]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin
        assert process.stdout

        def ask(*directories: Path, fault: Fault = "none", moment: int = 0) -> list[Outcome]:
            jobs = [Job(directory=str(directory), fault=fault, moment=moment) for directory in directories]
            print(json.dumps(jobs), file=process.stdin, flush=True)
            answer: list[Outcome] = json.loads(process.stdout.readline())
            return answer

        yield ask
        process.stdin.close()
    assert process.returncode == 0


@dataclass(frozen=True)
class Reference:
    """A build that nothing disturbed.

    Attributes
    ----------
    run : str
        Its run.
    hashes : dict of str to str
        SHA-256 of the run's arrays.
    moments : int
        How often it changed something in the store's directory.
    """

    run: str
    hashes: dict[str, str]
    moments: int


@pytest.fixture
def space(tmp_path: Path) -> Iterator[Path]:
    """Return a directory, in memory if there is one: builds wait for the disk more than for anything else."""
    memory = Path("/dev/shm")  # noqa: S108 - no name in it is guessed
    if not memory.is_dir():
        yield tmp_path
        return
    with TemporaryDirectory(dir=memory) as directory:
        yield Path(directory)


@pytest.fixture(scope="module")
def reference(build: Build, tmp_path_factory: pytest.TempPathFactory) -> Reference:
    directory = tmp_path_factory.mktemp("reference") / "store"
    (outcome,) = build(directory)
    assert outcome["run"]
    return Reference(outcome["run"], hashes(directory, outcome["run"]), outcome["moments"])


def hashes(directory: Path, run: str) -> dict[str, str]:
    """Hashes of a sound run's arrays; every byte is read."""
    with Store(directory, read_only=True) as store:
        assert verify_run(store, run) == []
        return {name: info.sha256 for name, info in store.manifest(run).arrays.items()}


@pytest.mark.slow
def test_a_build_killed_at_twenty_moments_resumes_to_equal_bytes(
    build: Build, reference: Reference, space: Path
) -> None:
    chance = np.random.default_rng(0)
    kills, finished = 0, 0
    while kills < KILLS:
        directory = space / f"store-{finished}"
        (outcome,) = build(directory, fault="killed", moment=int(chance.integers(1, reference.moments)))
        if outcome["status"] == -signal.SIGKILL:
            kills += 1
            assert_valid(directory, reference)
        else:
            # So little was left to do that it ended before its moment came.
            assert (outcome["status"], outcome["run"]) == (0, reference.run)
            assert outcome["moments"] < reference.moments
            assert hashes(directory, reference.run) == reference.hashes
            finished += 1
    (outcome,) = build(directory)
    assert outcome["run"] == reference.run
    assert hashes(directory, reference.run) == reference.hashes


def assert_valid(directory: Path, reference: Reference) -> None:
    """Check that a store that a build left behind can be read, and has the run either whole or not at all."""
    if directory.exists():
        with Store(directory, read_only=True) as store:
            runs = store.run_ids()
        if runs:
            assert hashes(directory, reference.run) == reference.hashes


@pytest.mark.slow
@pytest.mark.parametrize(("fault", "sentence"), [("full", "is full; free some space"), ("denied", "change its perm")])
def test_a_disk_that_fills_or_locks_in_any_stage_is_one_sentence(
    build: Build, reference: Reference, space: Path, fault: Fault, sentence: str
) -> None:
    stages = set()
    for number, share in enumerate((0, 0.1, 0.3, 0.6, 0.75, 0.85)):
        directory = space / f"store-{number}"
        (outcome,) = build(directory, fault=fault, moment=1 + int(share * reference.moments))
        stages.add(outcome["stage"])
        assert (outcome["run"], outcome["error"]) == (None, "StoreError")
        assert outcome["sentence"]
        assert sentence in outcome["sentence"]
        assert "\n" not in outcome["sentence"]
    assert stages >= {"begin", "capture", "heads", "metrics"}
    (again,) = build(directory)
    assert again["moments"] < reference.moments / 2, "what was finished is not done again"
    assert hashes(directory, reference.run) == reference.hashes


@pytest.mark.slow
def test_three_builds_of_one_recipe_at_once_make_one_run(build: Build, reference: Reference, space: Path) -> None:
    directory = space / "store"
    outcomes = build(directory, directory, directory)
    assert [(outcome["status"], outcome["run"]) for outcome in outcomes] == [(0, reference.run)] * 3
    assert hashes(directory, reference.run) == reference.hashes
    # One did the work; the others found it done.
    assert sorted(outcome["moments"] > reference.moments / 2 for outcome in outcomes) == [False, False, True]
