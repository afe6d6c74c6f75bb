"""A run in one file: a ZIP of the manifest, then every array file of the store."""

from __future__ import annotations

import hashlib
import secrets
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np

from precompute.errors import DamagedRunError
from precompute.format.manifest import ArrayInfo, Manifest
from precompute.format.manifest_json import read_manifest, write_manifest
from precompute.format.schema import DOCUMENT
from precompute.format.typed_json import parse_json
from precompute.run.run import Run
from precompute.run.verify import content_problems
from precompute.store.array_file import CHUNK, map_array
from precompute.store.disk_errors import storage_errors
from precompute.store.store import Store

MANIFEST_NAME = "manifest.json"
MAX_MANIFEST = 2**24
MAX_HEADER = 2**12
"""Largest header of a .npy file, in bytes."""

EPOCH = (1980, 1, 1, 0, 0, 0)
"""Time of every entry, so that exports of a run are identical."""


def export_run(store: Store, run: str, file: Path) -> None:
    """Write a run, of full identifier ``run``, to one file, atomically. The store may be read-only.

    Raises
    ------
    RunNotFoundError
        If there is no such run.
    DamagedRunError
        If an array is missing or has changed on disk.
    StoreError
        If the file cannot be written.
    """
    manifest = store.manifest(run)
    unfinished = file.with_name(f".{file.name}.{secrets.token_hex(4)}.part")
    with storage_errors(file, "file"):
        try:
            with zipfile.ZipFile(unfinished, "x", zipfile.ZIP_STORED) as archive:
                archive.writestr(zipfile.ZipInfo(MANIFEST_NAME, EPOCH), write_manifest(manifest))
                for name, info in _entries(manifest).items():
                    _export_array(store, info, archive, name)
            unfinished.replace(file)
        finally:
            unfinished.unlink(missing_ok=True)


def import_run(store: Store, file: Path) -> str:
    """Add the run of an archive to a store and return its identifier.

    The file is not trusted: names, sizes, hashes, dtypes, shapes and schema are checked before the store changes, and
    a rejected archive leaves nothing behind. A run that the store already has stays unchanged.

    Raises
    ------
    DamagedRunError
        If the file is no archive of a run, is damaged, or comes from a newer version.
    StoreError
        If the file cannot be read or the store cannot be written.
    """
    with storage_errors(file, "file"):
        stream = file.open("rb")
    try:
        with stream, _zip_errors(file), zipfile.ZipFile(stream) as archive:
            manifest = _read_manifest(archive, file)
            entries = _entries(manifest)
            _check_directory(archive, entries, file)
            with store.build_lock(manifest.run), store.scratch() as space:
                for name, info in entries.items():
                    with storage_errors(store.directory):
                        _unpack(archive, name, info, space / info.sha256)
                _keep(store, manifest, space)
    except BaseException:
        store.collect()
        raise
    return manifest.run


def _entries(manifest: Manifest) -> dict[str, ArrayInfo]:
    return {
        f"arrays/{info.sha256}.{'json' if info.dtype == DOCUMENT else 'npy'}": info for info in manifest.arrays.values()
    }


def _export_array(store: Store, info: ArrayInfo, archive: zipfile.ZipFile, name: str) -> None:
    path = store.array_path(info)
    entry = zipfile.ZipInfo(name, EPOCH)
    entry.file_size = path.stat().st_size
    digest = hashlib.sha256()
    with path.open("rb") as source, archive.open(entry, "w") as target:
        while chunk := source.read(CHUNK):
            digest.update(chunk)
            target.write(chunk)
    if digest.hexdigest() != info.sha256:
        raise DamagedRunError(f"The array {info.sha256[:12]} has changed on disk; remove its run and build it again.")


def _read_manifest(archive: zipfile.ZipFile, file: Path) -> Manifest:
    first = archive.infolist()[0] if archive.infolist() else None
    if first is None or first.filename != MANIFEST_NAME or not _is_plain(first) or first.file_size > MAX_MANIFEST:
        raise _rejected(file, "it does not begin with a manifest")
    return read_manifest(archive.read(first), f"in {file}")


def _check_directory(archive: zipfile.ZipFile, entries: dict[str, ArrayInfo], file: Path) -> None:
    names = [entry.filename for entry in archive.infolist()[1:]]
    if sorted(names) != sorted(entries):
        raise _rejected(file, "its entries are not those of its manifest")
    for entry in archive.infolist()[1:]:
        smallest, largest = _size_range(entries[entry.filename])
        if not _is_plain(entry) or not smallest <= entry.file_size <= largest:
            raise _rejected(file, f"its entry {entry.filename} is not a plain file of the right size")


def _is_plain(entry: zipfile.ZipInfo) -> bool:
    kind = entry.external_attr >> 16 & 0o170000
    encrypted = entry.flag_bits & 1
    stored = entry.compress_type == zipfile.ZIP_STORED and entry.compress_size == entry.file_size
    return stored and not encrypted and kind in (0, 0o100000)


def _size_range(info: ArrayInfo) -> tuple[int, int]:
    if info.dtype == DOCUMENT:
        return info.shape[0], info.shape[0]
    size = np.dtype(info.dtype).itemsize
    for side in info.shape:
        size *= side
    return size, size + MAX_HEADER


def _unpack(archive: zipfile.ZipFile, name: str, info: ArrayInfo, path: Path) -> None:
    digest = hashlib.sha256()
    with archive.open(name) as source, path.open("xb") as target:
        while chunk := source.read(CHUNK):
            digest.update(chunk)
            target.write(chunk)
    if digest.hexdigest() != info.sha256:
        raise ValueError(f"its entry {name} has another hash")
    if info.dtype != DOCUMENT:
        array = map_array(path)
        if (array.dtype.name, array.shape) != (info.dtype, info.shape):
            raise ValueError(f"its entry {name} is {array.dtype} {list(array.shape)}")


def _keep(store: Store, manifest: Manifest, space: Path) -> None:
    for info in set(manifest.arrays.values()):
        path = space / info.sha256
        kept = (
            store.put_document(parse_json(path.read_bytes())) if info.dtype == DOCUMENT else store.put_array_file(path)
        )
        if kept != info:
            raise ValueError(f"its entry {info.sha256} differs from how this version writes it")
    problems = content_problems(Run(store, manifest))
    if problems:
        raise DamagedRunError(problems[0])
    store.put_manifest(manifest)


def _rejected(file: Path, why: str) -> DamagedRunError:
    return DamagedRunError(f"The file {file} was not imported, export the run again: {why}.")


@contextmanager
def _zip_errors(file: Path) -> Iterator[None]:
    try:
        yield
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, ValueError, OverflowError) as error:
        raise _rejected(file, str(error)) from error
