"""clean: what unfinished builds left goes, what runs and builds in progress need stays."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from precompute.store.store import Store
from tests.support.finished_command import Command
from tests.support.small_run import Planted
from tests.support.store_rows import has_file, part_keys

SIZE = 1_000_000
HEADER = 128
"""Bytes before the elements of a .npy file."""


@pytest.fixture
def left(directory: Path, planted: Planted) -> Store:
    """Leave a part of the run, a part of a build that was not finished, and the files of a process that died."""
    store = Store(directory)
    store.put_part("capture/run", 1, tuple(planted.manifest.arrays.values()))
    store.put_part("head/unfinished", 1, [store.put_array(np.zeros(SIZE, np.uint8)), planted.manifest.arrays["scales"]])
    abandoned = directory / "scratch" / "0123456789abcdef"
    abandoned.mkdir()
    (abandoned / "lock").touch()
    (abandoned / "file.npy").write_bytes(bytes(2 * SIZE))
    return store


def test_what_unfinished_builds_left_is_freed(command: Command, left: Store, planted: Planted) -> None:
    finished = command("clean")
    assert (finished.code, finished.out) == (0, "")
    assert finished.err == "Freed 3 MB: 1 part of unfinished builds, temporary files of 1 process that died.\n"
    assert part_keys(left) == ["capture/run"]
    assert [path.name for path in (left.directory / "scratch").iterdir()] == ["lock"]
    assert command("verify", "small").code == 0
    assert "nothing to clean" in command("clean").err


def test_a_dry_run_only_says(command: Command, left: Store) -> None:
    before = sorted(path for path in left.directory.rglob("*"))
    finished = command("clean", "--dry-run")
    assert (finished.code, finished.err.split(":")[0]) == (0, "Would free 3 MB")
    assert sorted(path for path in left.directory.rglob("*")) == before
    assert part_keys(left) == ["capture/run", "head/unfinished"]


@pytest.mark.parametrize("options", [[], ["--dry-run"]])
def test_parts_stay_while_a_build_is_in_progress(command: Command, left: Store, options: list[str]) -> None:
    with left.build_lock("another run"):
        finished = command("clean", *options)
    assert finished.code == 0
    warning, said = finished.err.splitlines()
    assert warning.startswith("Warning: A build is in progress")
    assert said == f"{'Would free' if options else 'Freed'} 2 MB: temporary files of 1 process that died."
    assert part_keys(left) == ["capture/run", "head/unfinished"]


def test_files_that_nothing_names_are_freed_too(command: Command, directory: Path, planted: Planted) -> None:
    store = Store(directory)
    info = store.put_array(np.zeros(SIZE, np.uint8))
    assert store.garbage_bytes() == SIZE + HEADER
    assert command("clean").err == "Freed 1 MB.\n"
    assert not has_file(store, f"array:{info.sha256}")


def test_a_store_that_is_not_there_is_not_made(command: Command, directory: Path) -> None:
    finished = command("clean")
    assert (finished.code, finished.out) == (2, "")
    assert finished.err.startswith("Error: There is no store")
    assert not directory.exists()
