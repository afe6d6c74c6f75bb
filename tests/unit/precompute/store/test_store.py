"""The store keeps its contents, removes only unused ones, and survives faults of disks."""

from __future__ import annotations

import errno
import os
import signal
import stat
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from numpy.typing import NDArray

from precompute.errors import DamagedRunError, RunNotFoundError, StoreError
from precompute.format.manifest import ArrayInfo
from precompute.format.typed_json import fingerprint
from precompute.run.verify import verify_run
from precompute.store.array_file import hash_file, write_array
from precompute.store.lock import file_lock
from precompute.store.scratch import Scratch
from precompute.store.store import Store
from tests.support.small_run import small_run
from tests.support.store_rows import part_arrays

DTYPES = ["uint8", "uint16", "uint32", "int32", "int64", "float32"]
ROOT = Path(__file__).parents[4]


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store(tmp_path / "store") as store:
        yield store


def files(store: Store) -> list[Path]:
    return sorted(store.directory.glob("??/??/*.val"))


def python(code: str, *arguments: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", code, *arguments]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def in_own_mounts(code: str) -> subprocess.CompletedProcess[str]:
    """Run bash with mounts that other processes do not see."""
    command = ["unshare", "-rm", "bash", "-c", code]
    answer = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if "unshare:" in answer.stderr or "mount:" in answer.stderr:
        pytest.skip("this machine permits no private mounts")
    return answer


class TestContent:
    """Arrays and documents by content."""

    @settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(
        array=st.sampled_from(DTYPES).flatmap(
            lambda dtype: hnp.arrays(dtype, hnp.array_shapes(min_dims=0, max_dims=4, min_side=0, max_side=5))
        )
    )
    def test_an_array_comes_back_equal_and_mapped(self, store: Store, array: NDArray[Any]) -> None:
        info = store.put_array(array)
        mapped = store.array(info)
        assert (info.dtype, info.shape) == (array.dtype.name, array.shape)
        assert mapped.tobytes() == array.tobytes()
        assert isinstance(mapped, np.memmap)
        assert not mapped.flags.writeable
        assert info.sha256 == hash_file(store.array_path(info))

    @pytest.mark.parametrize("view", [lambda a: a.T, lambda a: a[::-2, ::3], lambda a: a.astype(">f4")])
    def test_strided_and_big_endian_arrays_are_kept_plain(self, store: Store, view: Any) -> None:
        array = view(np.arange(60, dtype=np.float32).reshape(6, 10))
        info = store.put_array(array)
        np.testing.assert_array_equal(store.array(info), array)
        assert info == store.put_array(np.ascontiguousarray(array, np.float32))

    def test_equal_arrays_are_kept_once(self, store: Store) -> None:
        first, second = (store.put_array(np.arange(5, dtype=np.int32)) for _ in range(2))
        assert first == second
        assert len(files(store)) == 1

    @pytest.mark.parametrize("dtype", ["float64", "bool", "complex64", "U3", "object", "float16"])
    def test_other_dtypes_are_refused(self, store: Store, dtype: str) -> None:
        with pytest.raises(TypeError, match="keeps no arrays of"):
            store.put_array(np.zeros(2, dtype))
        assert not files(store)

    def test_a_finished_file_of_scratch_moves_in(self, store: Store) -> None:
        array = np.arange(12, dtype=np.uint16).reshape(3, 4)
        with store.scratch() as space:
            path = space / "big.npy"
            np.save(path, array)
            inode = path.stat().st_ino
            info = store.put_array_file(path)
        assert store.array_path(info).stat().st_ino == inode
        assert info == store.put_array(array)

    def test_a_created_array_is_filled_and_kept(self, store: Store) -> None:
        truth = np.arange(24, dtype=np.float32).reshape(2, 3, 4)
        with store.scratch() as space:
            mapped = store.create_array(space / "big.npy", "float32", truth.shape)
            assert not mapped.any()
            mapped[:] = truth
            info = store.put_array_file(space / "big.npy")
        assert info == store.put_array(truth)

    def test_a_finished_file_of_elsewhere_is_copied(self, store: Store, tmp_path: Path) -> None:
        np.save(tmp_path / "a.npy", np.arange(3, dtype=np.float32))
        info = store.put_array_file(tmp_path / "a.npy")
        np.testing.assert_array_equal(store.array(info), np.load(tmp_path / "a.npy"))

    @pytest.mark.parametrize("array", [np.zeros(3), np.asfortranarray(np.ones((2, 3), np.float32)), np.zeros(2, ">f4")])
    def test_a_finished_file_that_the_store_does_not_keep_is_refused(
        self, store: Store, tmp_path: Path, array: NDArray[Any]
    ) -> None:
        np.save(tmp_path / "a.npy", array)
        with pytest.raises(ValueError, match="an array of"):
            store.put_array_file(tmp_path / "a.npy")
        assert not files(store)

    @pytest.mark.parametrize("value", [{"b": [1, 2.5, None, True], "a": "ünï\udc80 <script>"}, [], "x", 0, None])
    def test_a_document_comes_back_equal(self, store: Store, value: Any) -> None:
        info = store.put_document(value)
        assert info.dtype == "json"
        assert store.document(info) == value

    def test_a_missing_array_is_told(self, store: Store) -> None:
        with pytest.raises(DamagedRunError, match="it is missing"):
            store.array(ArrayInfo("float32", (1,), "0" * 64))

    @pytest.mark.parametrize("change", [{"dtype": "int32"}, {"shape": (5,)}])
    def test_another_dtype_or_shape_is_told(self, store: Store, change: dict[str, Any]) -> None:
        info = store.put_array(np.zeros(4, np.float32))
        with pytest.raises(DamagedRunError, match="it is float32"):
            store.array(replace(info, **change))

    @pytest.mark.parametrize("size", [0, 5, 100, 140, 145])
    def test_a_shorter_or_longer_file_is_told(self, store: Store, size: int) -> None:
        info = store.put_array(np.zeros(4, np.float32))
        assert store.array_path(info).stat().st_size == 144
        os.truncate(store.array_path(info), size)
        with pytest.raises(DamagedRunError):
            store.array(info)

    def test_keeping_an_array_again_heals_it(self, store: Store) -> None:
        planted = small_run(store)
        info = planted.manifest.arrays["queries"]
        store.array_path(info).write_bytes(b"?")
        store.put_array(planted.arrays["queries"])
        assert verify_run(store, planted.manifest.run) == []


class TestRuns:
    """Manifests, removal, verification."""

    def test_a_manifest_comes_back_equal(self, store: Store) -> None:
        manifest = small_run(store).manifest
        assert store.run_ids() == [manifest.run]
        assert store.manifest(manifest.run) == manifest

    def test_a_run_that_is_there_stays_as_it_is(self, store: Store) -> None:
        manifest = small_run(store).manifest
        store.put_manifest(replace(manifest, name="other"))
        assert store.manifest(manifest.run).name == "small"

    def test_a_manifest_that_names_an_absent_array_is_refused(self, store: Store, tmp_path: Path) -> None:
        manifest = small_run(store).manifest
        with Store(tmp_path / "empty") as empty, pytest.raises(DamagedRunError, match="it is missing"):
            empty.put_manifest(manifest)
        assert empty.run_ids() == []

    def test_removing_keeps_what_another_run_shares(self, store: Store) -> None:
        first, second = small_run(store).manifest, small_run(store, seed=1).manifest
        shared = {info.sha256 for info in first.arrays.values()} & {info.sha256 for info in second.arrays.values()}
        assert shared
        store.remove_run(first.run)
        assert store.run_ids() == [second.run]
        assert verify_run(store, second.run) == []
        assert len(files(store)) == len({info.sha256 for info in second.arrays.values()})
        store.remove_run(second.run)
        assert not files(store)

    def test_a_map_outlives_the_removal_of_its_run(self, store: Store) -> None:
        planted = small_run(store)
        mapped = store.array(planted.manifest.arrays["queries"])
        store.remove_run(planted.manifest.run)
        np.testing.assert_array_equal(mapped, planted.arrays["queries"])

    def test_removing_an_absent_run_is_told(self, store: Store) -> None:
        with pytest.raises(RunNotFoundError, match="There is no run tiny-0"):
            store.remove_run("tiny-0")

    @pytest.mark.parametrize("where", [0, 130, -1])
    def test_verify_finds_a_flipped_byte_in_every_array(self, store: Store, where: int) -> None:
        manifest = small_run(store).manifest
        assert verify_run(store, manifest.run) == []
        for name, info in manifest.arrays.items():
            path = store.array_path(info)
            sound = path.read_bytes()
            flipped = bytearray(sound)
            flipped[where] ^= 1
            path.write_bytes(flipped)
            problems = verify_run(store, manifest.run)
            assert len(problems) == 1
            assert f" {name} has changed on disk" in problems[0]
            path.write_bytes(sound)

    def test_verify_tells_every_missing_array(self, store: Store) -> None:
        manifest = small_run(store).manifest
        for name in ("queries", "tokens"):
            store.array_path(manifest.arrays[name]).unlink()
        problems = verify_run(store, manifest.run)
        assert [problem.split(":")[0] for problem in problems] == ["Array queries", "Array tokens"]

    def test_verify_finds_contents_that_contradict_the_manifest(self, store: Store) -> None:
        manifest = small_run(store).manifest
        offsets = store.put_array(np.array([0, 5, 4, 8], np.int32))
        order = store.put_array(np.zeros(16, np.uint32))
        arrays = {**manifest.arrays, "offsets": offsets, "draw_order": order}
        store.put_manifest(replace(manifest, run="tiny-words-" + "f" * 12, arrays=arrays))
        problems = verify_run(store, "tiny-words-" + "f" * 12)
        assert [problem.rsplit(": ", 1)[1] for problem in problems] == [
            "its offsets do not ascend.",
            "its draw order is no permutation.",
        ]


class TestParts:
    """Parts of builds."""

    def test_a_part_comes_back_equal(self, store: Store) -> None:
        arrays = [store.put_array(np.full(3, i, np.float32)) for i in range(2)]
        assert store.part("k") is None
        store.put_part("k", {"c": 0.5}, arrays)
        assert store.part("k") == {"c": 0.5}
        assert part_arrays(store, "k") == tuple(arrays)

    def test_a_part_without_its_arrays_is_no_part(self, store: Store) -> None:
        info = store.put_array(np.zeros(3, np.float32))
        store.put_part("k", 1, [info])
        store.array_path(info).unlink()
        assert store.part("k") is None
        with pytest.raises(DamagedRunError, match="it is missing"):
            store.put_part("other", 1, [info])

    def test_parts_keep_their_arrays_until_they_are_removed(self, store: Store) -> None:
        for key in ("a:1", "a:2", "b:1"):
            store.put_part(key, key, [store.put_array(np.frombuffer(key.encode(), np.uint8))])
        store.collect()
        assert len(files(store)) == 3
        store.remove_parts("a:")
        assert [store.part(key) for key in ("a:1", "a:2", "b:1")] == [None, None, "b:1"]
        assert len(files(store)) == 1

    def test_the_parts_of_a_run_go_with_it(self, store: Store) -> None:
        first, second = small_run(store).manifest, small_run(store, seed=1).manifest
        store.put_part("first", 1, [first.arrays["queries"]])
        store.put_part("shared", 1, [first.arrays["offsets"]])
        store.put_part("second", 1, [second.arrays["queries"]])
        store.remove_run(first.run)
        assert [store.part(key) for key in ("first", "shared", "second")] == [None, 1, 1]


class TestBatches:
    """Many things kept at once."""

    def test_a_batch_is_kept_at_once(self, store: Store) -> None:
        reader = Store(store.directory, read_only=True)
        before = reader.version()
        with store.batch():
            for i in range(5):
                store.put_part(str(i), i, [store.put_array(np.full(3, i, np.float32))])
            assert reader.version() == before
            assert store.part("4") == 4
        assert reader.version()[-1] == before[-1] + 1
        assert [reader.part(str(i)) for i in range(5)] == list(range(5))

    def test_nothing_of_a_batch_that_fails_is_kept(self, store: Store) -> None:
        with suppress(KeyError), store.batch():
            store.put_part("a", 1, [store.put_array(np.zeros(3, np.float32))])
            raise KeyError
        assert store.part("a") is None
        store.collect()
        assert not files(store)


class TestSeveralAtOnce:
    """Threads and processes that share a directory."""

    def test_a_build_keeps_its_arrays_while_a_run_is_removed(self, store: Store) -> None:
        old = small_run(store)
        other = Store(store.directory)
        with store.build_lock("new"):
            info = store.put_array(old.arrays["queries"])
            other.remove_run(old.manifest.run)
            np.testing.assert_array_equal(store.array(info), old.arrays["queries"])
            store.put_part("p", 1, [info])
        assert len(files(store)) == 1
        other.close()

    def test_two_builds_of_one_run_follow_each_other(self, store: Store) -> None:
        events: list[str] = []
        entered = threading.Event()

        def second() -> None:
            with Store(store.directory) as other:
                entered.set()
                with other.build_lock("run"):
                    events.append("second")

        thread = threading.Thread(target=second)
        with store.build_lock("run"):
            thread.start()
            entered.wait(30)
            thread.join(0.2)
            events.append("first")
        thread.join(30)
        assert events == ["first", "second"]

    def test_builds_of_two_runs_go_on_together(self, store: Store) -> None:
        with Store(store.directory) as other, store.build_lock("one"), other.build_lock("two"):
            first, second = small_run(store), small_run(other, seed=1)
        assert verify_run(store, first.manifest.run) == verify_run(store, second.manifest.run) == []

    def test_processes_that_keep_the_same_arrays_end_with_one_of_each(self, store: Store) -> None:
        code = (
            "import sys, numpy as np\nfrom pathlib import Path\nfrom precompute.store.store import Store\n"
            "store = Store(Path(sys.argv[1]))\n"
            "for i in range(15): store.put_part(str(i), i, [store.put_array(np.full(100, i, np.float32))])\n"
        )
        for process in [python(code, str(store.directory)) for _ in range(2)]:
            assert process.communicate(timeout=120)[1] == ""
        assert [store.part(str(i)) for i in range(15)] == list(range(15))
        assert len(files(store)) == 15

    def test_threads_share_a_store(self, store: Store) -> None:
        infos: list[ArrayInfo] = []

        def keep(start: int) -> None:
            for i in range(start, start + 5):
                infos.append(store.put_array(np.full(10, i, np.int32)))
            store.close()

        threads = [threading.Thread(target=keep, args=(start,)) for start in (0, 3, 5)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)
        assert sorted(int(store.array(info)[0]) for info in infos) == sorted([*range(5), *range(3, 8), *range(5, 10)])


BUILD = """
import sys, numpy as np
from pathlib import Path
from precompute.store.store import Store
from tests.support.small_run import small_run
store = Store(Path(sys.argv[1]))
print("ready", flush=True)
with store.build_lock("run"):
    for i in range(20):
        if store.part(str(i)) is None:
            store.put_part(str(i), i, [store.put_array(np.full(20_000, i, np.float32))])
    small_run(store)
print("done", flush=True)
"""


class TestKilled:
    """Leftovers of a process that died."""

    def test_a_build_killed_at_random_moments_leaves_a_valid_store_and_resumes(self, tmp_path: Path) -> None:
        directory, kills, done = tmp_path / "store", 0, False
        for delay in np.random.default_rng(0).uniform(0, 0.2, 10):
            process = python(BUILD, str(directory))
            assert process.stdout is not None
            assert process.stdout.readline() == "ready\n"
            try:
                done = process.communicate(timeout=float(delay))[0] == "done\n"
            except subprocess.TimeoutExpired:
                process.send_signal(signal.SIGKILL)
                done = process.communicate()[0] == "done\n"
                kills += 1
            with Store(directory, read_only=True) as reader:
                assert all(verify_run(reader, run) == [] for run in reader.run_ids())
        if not done:
            assert python(BUILD, str(directory)).communicate(timeout=120) == ("ready\ndone\n", "")
        assert kills >= 3
        with Store(directory) as store:
            small = store.manifest(store.run_ids()[0])
            assert [store.part(str(i)) for i in range(20)] == list(range(20))
            assert verify_run(store, small.run) == []
            store.collect()
            assert len(files(store)) == 20 + len({info.sha256 for info in small.arrays.values()})
            assert [path.name for path in (directory / "scratch").iterdir()] == ["lock"]

    @pytest.mark.parametrize("read_only", [True, False])
    def test_a_commit_that_died_half_way_is_undone(self, store: Store, read_only: bool) -> None:
        planted = small_run(store)
        store.close()
        code = (
            "import os, sqlite3, sys\n"
            "connection = sqlite3.connect(sys.argv[1], isolation_level=None)\n"
            "connection.execute('PRAGMA cache_size = 1')\n"
            "connection.execute('BEGIN')\n"
            "connection.execute('DELETE FROM Cache')\n"
            "text = 'x' * 500_000\n"
            "connection.execute('INSERT INTO Cache (key, raw, value) VALUES (?, 1, ?)', ('manifest:half', text))\n"
            "os._exit(9)\n"
        )
        database = store.directory / "cache.db"
        sound = database.stat().st_size
        assert python(code, str(database)).communicate(timeout=60) == ("", "")
        assert database.stat().st_size > sound, "the half commit is in the file"
        before = {path: path.stat().st_mtime_ns for path in store.directory.iterdir()}
        with Store(store.directory, read_only=read_only) as again:
            assert again.run_ids() == [planted.manifest.run]
            assert verify_run(again, planted.manifest.run) == []
        unchanged = {path: path.stat().st_mtime_ns for path in store.directory.iterdir()} == before
        assert unchanged == read_only

    def test_scratch_of_a_dead_process_is_removed_and_that_of_a_living_one_is_not(self, store: Store) -> None:
        code = (
            "import os, sys\nfrom pathlib import Path\nfrom precompute.store.store import Store\n"
            "with Store(Path(sys.argv[1])).scratch() as space:\n"
            "    (space / 'half.npy').write_bytes(b'?')\n    os._exit(9)\n"
        )
        python(code, str(store.directory)).communicate(timeout=60)
        assert len(list((store.directory / "scratch").iterdir())) == 2
        with store.scratch() as alive:
            Store(store.directory).close()
            assert [path for path in (store.directory / "scratch").iterdir() if path.is_dir()] == [alive.parent]
        assert [path.name for path in (store.directory / "scratch").iterdir()] == ["lock"]

    def test_a_file_without_a_row_is_swept(self, store: Store) -> None:
        orphan = store.directory / "ab" / "cd" / ("0" * 28 + ".val")
        orphan.parent.mkdir(parents=True)
        orphan.write_bytes(b"left by a crash")
        foreign = orphan.with_name("notes.val")
        foreign.write_bytes(b"not ours")
        store.collect()
        assert not orphan.exists()
        assert foreign.exists()


class TestDiskTroubles:
    """Disks that are full, wrong or damaged."""

    def test_a_full_disk_is_told_in_one_sentence_and_leaves_nothing(
        self, store: Store, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def full(path: Path, array: NDArray[Any]) -> ArrayInfo:
            write_array(path, array)
            raise OSError(errno.ENOSPC, "No space left on device")

        monkeypatch.setattr("precompute.store.content.write_array", full)
        with pytest.raises(StoreError, match=r"^The disk of the store .* is full; free some space") as told:
            small_run(store)
        assert "\n" not in str(told.value)
        assert store.run_ids() == []
        assert not files(store)
        assert [path.name for path in (store.directory / "scratch").iterdir()] == ["lock"]

    def test_a_disk_that_really_fills_up_leaves_a_valid_store(self, tmp_path: Path) -> None:
        mounted = tmp_path / "mounted"
        mounted.mkdir()
        code = f"""
mount -t tmpfs -o size=1m none {mounted} && exec {sys.executable} - <<'END'
import numpy as np
from pathlib import Path
from precompute.errors import StoreError
from precompute.store.store import Store
from precompute.run.verify import verify_run
from tests.support.small_run import small_run
store = Store(Path("{mounted}/store"))
manifest = small_run(store).manifest
keep_array = lambda i: store.put_array(np.full(20_000, i, np.float32))
keep_part = lambda i: store.put_part(str(i), "x" * 9_000, [])
def create(i):
    with store.scratch() as space:
        store.create_array(space / "a.npy", "float32", (2**19,))[:] = 1
for keep in (create, keep_array, keep_part):
    try:
        for i in range(200):
            keep(i)
    except StoreError as error:
        print(error)
print(verify_run(Store(store.directory, read_only=True), manifest.run))
END
"""
        answer = in_own_mounts(code)
        full = f"The disk of the store {mounted}/store is full; free some space or choose another directory."
        assert (answer.stdout.splitlines(), answer.stderr) == ([full, full, full, "[]"], "")

    @pytest.mark.parametrize("read_only", [True, False])
    def test_a_file_in_the_place_of_the_directory_is_told(self, tmp_path: Path, read_only: bool) -> None:
        (tmp_path / "store").write_text("a file")
        with pytest.raises(StoreError, match=r"not a directory|There is no store"):
            Store(tmp_path / "store", read_only=read_only)

    def test_a_directory_that_cannot_be_made_is_told(self) -> None:
        with pytest.raises(StoreError, match="does not exist and cannot be created"):
            Store(Path("/proc/attentionviz"))

    def test_a_file_that_is_no_database_is_told(self, tmp_path: Path) -> None:
        (tmp_path / "cache.db").write_bytes(b"no database at all" * 100)
        for read_only in (True, False):
            with pytest.raises(StoreError, match=r"cache\.db that is not a database"):
                Store(tmp_path, read_only=read_only).run_ids()

    def test_a_damaged_database_is_told(self, store: Store) -> None:
        small_run(store)
        store.close()
        database = store.directory / "cache.db"
        content = bytearray(database.read_bytes())
        content[4096:] = os.urandom(len(content) - 4096)
        database.write_bytes(content)
        with pytest.raises(StoreError, match=r"database .* damaged"):
            Store(store.directory, read_only=True).run_ids()

    def test_the_directory_is_for_its_owner_only(self, store: Store) -> None:
        assert stat.S_IMODE(store.directory.stat().st_mode) == 0o700


class TestReadOnly:
    """Stores that are only read."""

    def test_it_reads_and_writes_nothing(self, store: Store) -> None:
        planted = small_run(store)
        store.close()
        before = {path: path.stat().st_mtime_ns for path in store.directory.rglob("*")}
        reader = Store(store.directory, read_only=True)
        assert reader.run_ids() == [planted.manifest.run]
        assert verify_run(reader, planted.manifest.run) == []
        for write in (
            lambda: reader.put_array(np.zeros(1, np.float32)),
            lambda: reader.put_document(1),
            lambda: reader.put_manifest(planted.manifest),
            lambda: reader.put_part("k", 1, []),
            lambda: reader.remove_run(planted.manifest.run),
            lambda: reader.remove_parts(""),
            reader.collect,
            reader.scratch().__enter__,
            reader.build_lock("run").__enter__,
        ):
            with pytest.raises(StoreError, match="open for reading only"):
                write()
        assert {path: path.stat().st_mtime_ns for path in store.directory.rglob("*")} == before

    def test_it_works_on_a_read_only_file_system(self, store: Store) -> None:
        run = small_run(store).manifest.run
        store.close()
        code = f"""
mount --bind {store.directory} {store.directory} && mount -o remount,bind,ro {store.directory} || exit
exec {sys.executable} -c '
from pathlib import Path
from precompute.errors import StoreError
from precompute.store.store import Store
from precompute.run.verify import verify_run
directory = Path("{store.directory}")
print(verify_run(Store(directory, read_only=True), "{run}"))
try:
    Store(directory)
except StoreError as error:
    print(error)
'
"""
        answer = in_own_mounts(code)
        told = f"The store {store.directory} is on a read-only file system; choose another directory."
        assert (answer.stdout.splitlines(), answer.stderr) == (["[]", told], "")

    def test_an_absent_directory_is_told_and_not_made(self, tmp_path: Path) -> None:
        with pytest.raises(StoreError, match="There is no store"):
            Store(tmp_path / "absent", read_only=True)
        assert not (tmp_path / "absent").exists()

    def test_an_empty_directory_is_an_empty_store(self, tmp_path: Path) -> None:
        assert Store(tmp_path, read_only=True).run_ids() == []
        assert list(tmp_path.iterdir()) == []


def test_the_version_changes_with_every_change(store: Store) -> None:
    reader = Store(store.directory, read_only=True)
    seen = [reader.version()]
    planted = small_run(store)
    seen.append(reader.version())
    store.put_part("k", 1, [])
    seen.append(reader.version())
    store.remove_run(planted.manifest.run)
    seen.append(reader.version())
    assert len(set(seen)) == 4
    assert store.version() == reader.version()


def test_scratch_is_removed_when_its_block_fails(tmp_path: Path) -> None:
    with suppress(KeyError), Scratch(tmp_path).open() as space:
        (space / "file").write_text("x")
        raise KeyError
    assert [path.name for path in tmp_path.iterdir()] == ["lock"]


def test_a_lock_is_shared_or_exclusive(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    with file_lock(path, shared=True), file_lock(path, shared=True, wait=False) as shared:
        assert shared
        with file_lock(path, wait=False) as exclusive:
            assert not exclusive
    with file_lock(path, wait=False) as exclusive:
        assert exclusive


@settings(max_examples=40)
@given(st.dictionaries(st.text(), st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text()))
def test_a_fingerprint_depends_on_the_value_alone(value: dict[str, Any]) -> None:
    shuffled = dict(reversed(value.items()))
    assert fingerprint(value) == fingerprint(shuffled)
    assert fingerprint({**value, "one more": 1}) != fingerprint({**value, "one more": 2})


def test_a_fingerprint_is_the_hash_of_canonical_json() -> None:
    assert fingerprint({"b": (1,), "a": "ü"}) == "48cbbe6c04a5c67ed292a5408413ba0b934e24347a5c435e75caf0a5e71334e7"
    with pytest.raises(ValueError, match="not JSON compliant"):
        fingerprint(float("nan"))
