"""Arrays read from a large run do not stay in memory, and stay readable."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import numpy as np
import pytest

from precompute.build import Progress
from precompute.build.run_model import capture_run
from precompute.errors import DamagedRunError
from precompute.inputs import load_inputs
from precompute.models.source import resolve_model
from precompute.run.catalog import Catalog
from precompute.store.array_file import create_array, drop_pages, map_array, write_array
from precompute.store.store import Store
from tests.support.small_run import small_run


def resident_kib(path: Path) -> int:
    """How much of a mapped file is in this process's memory."""
    maps = Path("/proc/self/smaps").read_text(encoding="utf-8")
    return sum(int(size) for size in re.findall(rf"{re.escape(str(path))}\n(?:.*\n)*?Rss: +(\d+) kB", maps))


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux reports resident pages")
def test_dropped_pages_leave_memory_and_come_back(tmp_path: Path) -> None:
    values = np.arange(2**20, dtype=np.float32)
    write_array(tmp_path / "array.npy", values)
    mapped = map_array(tmp_path / "array.npy")
    assert mapped.sum() == values.sum()
    assert resident_kib(tmp_path / "array.npy") >= 4096
    drop_pages(mapped)
    assert resident_kib(tmp_path / "array.npy") == 0
    assert np.array_equal(mapped, values)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux reports resident pages")
def test_what_was_written_leaves_memory_and_is_kept(tmp_path: Path) -> None:
    created = create_array(tmp_path / "array.npy", "float32", (2**20,))
    created[:] = 7
    drop_pages(created)
    assert resident_kib(tmp_path / "array.npy") == 0
    assert (map_array(tmp_path / "array.npy") == 7).all()


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux reports resident pages")
def test_of_a_capture_only_the_instance_at_work_is_in_memory(tmp_path: Path) -> None:
    resident: list[int] = []

    def measure(progress: Progress) -> None:
        written = (tmp_path / "store" / "scratch").rglob("*.npy")
        resident.append(sum(resident_kib(path) for path in written))
        assert progress.done == 0 or list((tmp_path / "store" / "scratch").rglob("queries.npy"))

    model, inputs = resolve_model("tiny-gpt2"), load_inputs("tiny-words", limit=3)
    with Store(tmp_path / "store") as store:
        capture_run(model, inputs, store, max_tokens=None, device="cpu", on_progress=measure)
    assert resident == [0, 0, 0, 0]


def test_arrays_without_a_file_are_left_alone() -> None:
    values = np.ones(3, np.float32)
    drop_pages(values)
    assert values.sum() == 3


def test_open_runs_are_released_and_can_still_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("precompute.run.run_arrays.LARGE", 0)
    with Store(tmp_path / "store") as store:
        planted = small_run(store)
        catalog = Catalog(store)
        run = catalog.open(planted.manifest.run)
        queries = run.queries(1, 2)
        catalog.release()
        assert np.array_equal(queries, planted.arrays["queries"][1, 2])


def test_the_rest_of_an_arrays_file_are_its_bytes(tmp_path: Path) -> None:
    with Store(tmp_path / "store") as store:
        planted = small_run(store)
        run = Catalog(store).open(planted.manifest.run)
        for name, values in planted.arrays.items():
            with run.array_file(name) as file:
                assert file.read() == values.tobytes()


def test_an_array_whose_bytes_changed_is_not_sent(tmp_path: Path) -> None:
    with Store(tmp_path / "store") as store:
        info = small_run(store).manifest.arrays["coords.pca.2"]
        path = store.array_path(info)
        path.write_bytes(path.read_bytes()[:-1] + b"?")
        with pytest.raises(DamagedRunError, match="its bytes changed"):
            store.array_file(info)
