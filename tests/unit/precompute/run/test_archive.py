"""An archive carries a run byte by byte; a crafted one is refused and leaves nothing behind."""

from __future__ import annotations

import hashlib
import io
import json
import os
import pickle
import warnings
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from precompute.errors import DamagedRunError, RunNotFoundError, StoreError
from precompute.format.manifest import ArrayInfo
from precompute.run.archive import export_run, import_run
from precompute.run.verify import verify_run
from precompute.store.array_file import write_array
from precompute.store.store import Store
from tests.support.small_run import Planted, small_run

Entries = dict[str, bytes]


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    with Store(tmp_path_factory.mktemp("source") / "store") as store:
        yield store


@pytest.fixture(scope="module")
def planted(source: Store) -> Planted:
    return small_run(source)


@pytest.fixture(scope="module")
def archive(source: Store, planted: Planted) -> Path:
    file = source.directory.parent / "run.zip"
    export_run(Store(source.directory, read_only=True), planted.manifest.run, file)
    return file


@pytest.fixture(scope="module")
def target(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    with Store(tmp_path_factory.mktemp("target") / "store") as store:
        yield store


def entries(archive: Path) -> Entries:
    with zipfile.ZipFile(archive) as opened:
        return {name: opened.read(name) for name in opened.namelist()}


def entry_of(manifest: dict[str, Any], name: str) -> str:
    return f"arrays/{manifest['arrays'][name]['sha256']}.npy"


def replace_array(contents: Entries, name: str, info: ArrayInfo, data: bytes) -> Entries:
    """Put other bytes in the place of an array, the hash in the manifest right."""
    manifest = json.loads(contents["manifest.json"])
    if name in manifest["arrays"]:
        contents.pop(entry_of(manifest, name))
    manifest["arrays"][name] = {"dtype": info.dtype, "shape": list(info.shape), "sha256": info.sha256}
    return {**contents, "manifest.json": json.dumps(manifest).encode(), entry_of(manifest, name): data}


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def npy(array: np.ndarray[Any, Any], *, allow_pickle: bool = False) -> bytes:
    stream = io.BytesIO()
    np.save(stream, array, allow_pickle=allow_pickle)
    return stream.getvalue()


def test_a_round_trip_gives_equal_bytes(source: Store, planted: Planted, archive: Path, tmp_path: Path) -> None:
    with Store(tmp_path / "store") as store:
        assert import_run(store, archive) == planted.manifest.run
        assert store.manifest(planted.manifest.run) == planted.manifest
        assert verify_run(store, planted.manifest.run) == []
        for info in planted.manifest.arrays.values():
            assert store.array_path(info).read_bytes() == source.array_path(info).read_bytes()
        export_run(store, planted.manifest.run, tmp_path / "again.zip")
        assert (tmp_path / "again.zip").read_bytes() == archive.read_bytes()
        assert import_run(store, archive) == planted.manifest.run
        assert sorted(path.name for path in tmp_path.iterdir()) == ["again.zip", "store"]


def test_the_manifest_comes_first(archive: Path) -> None:
    with zipfile.ZipFile(archive) as opened:
        assert opened.namelist()[0] == "manifest.json"
        assert opened.testzip() is None


def test_an_absent_run_or_place_is_told(source: Store, planted: Planted, tmp_path: Path) -> None:
    with pytest.raises(RunNotFoundError):
        export_run(source, "absent", tmp_path / "x.zip")
    with pytest.raises(StoreError, match=r"^The file .* does not exist and cannot be created"):
        export_run(source, planted.manifest.run, tmp_path / "absent" / "x.zip")
    with pytest.raises(StoreError, match=r"^The file .* does not exist"):
        import_run(source, tmp_path / "absent.zip")
    assert list(tmp_path.iterdir()) == []


def test_a_damaged_run_is_not_exported(tmp_path: Path) -> None:
    with Store(tmp_path / "store") as store:
        manifest = small_run(store).manifest
        path = store.array_path(manifest.arrays["queries"])
        content = path.read_bytes()
        path.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
        with pytest.raises(DamagedRunError, match="has changed on disk"):
            export_run(store, manifest.run, tmp_path / "x.zip")
    assert [path.name for path in tmp_path.iterdir()] == ["store"]


class Payload:
    """Unpickles by making a directory."""

    def __init__(self, mark: str) -> None:
        self.mark = mark

    def __reduce__(self) -> tuple[Callable[[str], None], tuple[str]]:
        """Name the call that unpickling makes."""
        return os.mkdir, (self.mark,)


def pickled(contents: Entries) -> Entries:
    data = npy(np.array([Payload("executed")], object), allow_pickle=True)
    return replace_array(contents, "extra", ArrayInfo("uint8", (len(data) - 128,), sha256(data)), data)


def bare_pickle(contents: Entries) -> Entries:
    data = pickle.dumps(Payload("executed")).ljust(200, b".")
    return replace_array(contents, "extra", ArrayInfo("uint8", (100,), sha256(data)), data)


def wrong_dtype(contents: Entries) -> Entries:
    data = npy(np.zeros(8, np.float32))
    return replace_array(contents, "positions", ArrayInfo("int32", (8,), sha256(data)), data)


def wrong_shape(contents: Entries) -> Entries:
    data = npy(np.zeros((2, 4), np.int32))
    return replace_array(contents, "positions", ArrayInfo("int32", (8,), sha256(data)), data)


def big_endian(contents: Entries) -> Entries:
    data = npy(np.zeros(8, ">i4"))
    return replace_array(contents, "positions", ArrayInfo("int32", (8,), sha256(data)), data)


def hidden_tail(contents: Entries) -> Entries:
    data = npy(np.zeros(8, np.int32)) + b"tail"
    return replace_array(contents, "positions", ArrayInfo("int32", (8,), sha256(data)), data)


def falling_offsets(contents: Entries) -> Entries:
    data = npy(np.array([0, 5, 4, 8], np.int32))
    return replace_array(contents, "offsets", ArrayInfo("int32", (4,), sha256(data)), data)


def flipped_byte(contents: Entries) -> Entries:
    name = list(contents)[5]
    return {**contents, name: contents[name][:-1] + bytes([contents[name][-1] ^ 1])}


def too_long(contents: Entries) -> Entries:
    name = list(contents)[5]
    return {**contents, name: contents[name] + bytes(10_000)}


def one_less(contents: Entries) -> Entries:
    return dict(list(contents.items())[:-1])


def outside(contents: Entries) -> Entries:
    return {**contents, "../../outside.npy": b"x"}


def outside_by_hash(contents: Entries) -> Entries:
    manifest = json.loads(contents["manifest.json"])
    manifest["arrays"]["extra"] = {"dtype": "uint8", "shape": [1], "sha256": "../../../outside"}
    return {**contents, "manifest.json": json.dumps(manifest).encode(), "arrays/../../../outside.npy": npy(np.zeros(1))}


def outside_by_name(contents: Entries) -> Entries:
    manifest = json.loads(contents["manifest.json"])
    manifest["run"] = "../../outside-000000000000"
    return {**contents, "manifest.json": json.dumps(manifest).encode()}


def newer(contents: Entries) -> Entries:
    return {**contents, "manifest.json": contents["manifest.json"].replace(b'"schema":1', b'"schema":2')}


def not_canonical(contents: Entries) -> Entries:
    manifest = json.loads(contents["manifest.json"])
    old = manifest["arrays"]["tokens"]["sha256"]
    data = json.dumps(json.loads(contents.pop(f"arrays/{old}.json")), indent=1).encode()
    manifest["arrays"]["tokens"] = {"dtype": "json", "shape": [len(data)], "sha256": sha256(data)}
    return {**contents, "manifest.json": json.dumps(manifest).encode(), f"arrays/{sha256(data)}.json": data}


def manifest_last(contents: Entries) -> Entries:
    return dict(reversed(contents.items()))


def no_json(contents: Entries) -> Entries:
    return {**contents, "manifest.json": b"[" * 100_000}


CRAFTED = [
    (pickled, "Python objects in dtype"),
    (bare_pickle, "magic string"),
    (wrong_dtype, "is float32 [8]"),
    (wrong_shape, "is int32 [2, 4]"),
    (big_endian, "not in C order"),
    (hidden_tail, "longer than its shape requires"),
    (falling_offsets, "its offsets do not ascend"),
    (flipped_byte, "has another hash"),
    (too_long, "of the right size"),
    (one_less, "its entries are not those of its manifest"),
    (outside, "its entries are not those of its manifest"),
    (outside_by_hash, "array extra cannot be"),
    (outside_by_name, "is not a run's name"),
    (newer, "made by a newer version"),
    (not_canonical, "differs from how this version writes it"),
    (manifest_last, "does not begin with a manifest"),
    (no_json, "nested too deep"),
]


def write(file: Path, contents: Entries, change: Callable[[zipfile.ZipInfo], None] = lambda entry: None) -> None:
    with zipfile.ZipFile(file, "w") as archive:
        for name, data in contents.items():
            entry = zipfile.ZipInfo(name)
            change(entry)
            archive.writestr(entry, data)


def assert_refused(target: Store, file: Path, why: str = "") -> None:
    before = sorted(path for path in target.directory.parent.rglob("*") if "locks" not in path.parts)
    with pytest.raises(DamagedRunError) as told:
        import_run(target, file)
    assert why in str(told.value)
    assert "\n" not in str(told.value)
    assert target.run_ids() == []
    assert sorted(path for path in target.directory.parent.rglob("*") if "locks" not in path.parts) == before
    assert not Path("executed").exists()


@pytest.mark.parametrize(("craft", "why"), CRAFTED)
def test_a_crafted_archive_is_refused_and_leaves_nothing(
    target: Store, archive: Path, tmp_path: Path, *, craft: Callable[[Entries], Entries], why: str
) -> None:
    write(tmp_path / "crafted.zip", craft(entries(archive)))
    assert_refused(target, tmp_path / "crafted.zip", why)


def test_what_is_crafted_was_sound_before(archive: Path, tmp_path: Path) -> None:
    write(tmp_path / "plain.zip", replace_same(entries(archive), tmp_path))
    with Store(tmp_path / "store") as store:
        assert verify_run(store, import_run(store, tmp_path / "plain.zip")) == []


def replace_same(contents: Entries, space: Path) -> Entries:
    info = write_array(space / "positions.npy", np.arange(8, dtype=np.int32))
    return replace_array(contents, "positions", info, (space / "positions.npy").read_bytes())


def make_link(entry: zipfile.ZipInfo) -> None:
    if entry.filename.endswith(".npy"):
        entry.create_system = 3
        entry.external_attr = 0o120777 << 16


def make_directory(entry: zipfile.ZipInfo) -> None:
    entry.create_system = 3
    entry.external_attr = 0o040755 << 16


def compress(entry: zipfile.ZipInfo) -> None:
    entry.compress_type = zipfile.ZIP_DEFLATED


@pytest.mark.parametrize("change", [make_link, make_directory, compress])
def test_links_and_compressed_entries_are_refused(
    target: Store, archive: Path, tmp_path: Path, change: Callable[[zipfile.ZipInfo], None]
) -> None:
    write(tmp_path / "crafted.zip", entries(archive), change)
    assert_refused(target, tmp_path / "crafted.zip")


def test_a_bomb_is_refused_unread(target: Store, archive: Path, tmp_path: Path) -> None:
    contents = entries(archive)
    bomb = tmp_path / "bomb.zip"
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as crafted:
        crafted.writestr("manifest.json", b" " * 2**28)
        for name, data in list(contents.items())[1:]:
            crafted.writestr(name, data)
    assert bomb.stat().st_size < 2**20
    assert_refused(target, bomb)


def test_an_entry_that_appears_twice_is_refused(target: Store, archive: Path, tmp_path: Path) -> None:
    contents = entries(archive)
    with zipfile.ZipFile(tmp_path / "twice.zip", "w") as crafted, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for name, data in [*contents.items(), list(contents.items())[-1]]:
            crafted.writestr(name, data)
    assert_refused(target, tmp_path / "twice.zip")


@pytest.mark.parametrize("data", [b"", b"no archive", b"PK\x05\x06" + bytes(18)])
def test_a_file_that_is_no_archive_is_refused(target: Store, tmp_path: Path, data: bytes) -> None:
    (tmp_path / "x.zip").write_bytes(data)
    assert_refused(target, tmp_path / "x.zip")


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9, 0.999])
def test_a_cut_archive_is_refused(target: Store, archive: Path, tmp_path: Path, share: float) -> None:
    whole = archive.read_bytes()
    (tmp_path / "cut.zip").write_bytes(whole[: int(len(whole) * share)])
    assert_refused(target, tmp_path / "cut.zip")


def test_random_damage_is_refused_or_harmless(archive: Path, planted: Planted, tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    whole = archive.read_bytes()
    with Store(tmp_path / "store") as store:
        for _ in range(60):
            damaged = bytearray(whole)
            for place in rng.integers(0, len(whole), 3):
                damaged[place] ^= 1 << rng.integers(8)
            (tmp_path / "x.zip").write_bytes(damaged)
            try:
                import_run(store, tmp_path / "x.zip")
            except StoreError:
                assert store.run_ids() == []
            else:
                assert verify_run(store, planted.manifest.run) == []
                store.remove_run(planted.manifest.run)
