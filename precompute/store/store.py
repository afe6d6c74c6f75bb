"""Store: finished runs by name, parts of builds by fingerprint, arrays by content."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Collection, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from pathlib import Path
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from precompute.errors import DamagedRunError, RunNotFoundError
from precompute.format.manifest import ArrayInfo, Manifest
from precompute.format.manifest_json import read_manifest, write_manifest
from precompute.format.typed_json import JSON, canonical_json, from_json, parse_json, to_json
from precompute.store import garbage
from precompute.store.array_file import flush_file
from precompute.store.content import ARRAY, ContentStore
from precompute.store.database import Database
from precompute.store.disk_errors import storage_errors
from precompute.store.garbage import MANIFEST, PART, named_arrays
from precompute.store.lock import file_lock


class Store:
    """A directory of runs, which any number of threads and processes may use at the same time.

    A manifest names the arrays of a run and is written last, so a run exists only if it is complete. A part names
    arrays of a build that may still be running, so that the build can be resumed. Garbage is what neither names; it is
    removed while no build is running. A build holds :meth:`build_lock` from its first array to its manifest.

    Parameters
    ----------
    directory : Path
        Created, for its owner only, unless `read_only`.
    read_only : bool
        Write nothing, not even a lock; works on a read-only file system.

    Raises
    ------
    StoreError
        If the directory cannot be used; every method raises it when the disk fails, is full or is read-only.
    """

    def __init__(self, directory: Path, *, read_only: bool = False) -> None:
        self.read_only = read_only
        self._database = Database(directory, read_only=read_only)
        self._content = ContentStore(self._database)
        self.directory = self._database.directory

    def __enter__(self) -> Self:
        """Return the store, closed when the block ends."""
        return self

    def __exit__(self, *exception: object) -> None:
        """Close the store."""
        self.close()

    def close(self) -> None:
        """Close the calling thread's connection to the database."""
        self._database.close()

    def put_array(self, array: NDArray[Any]) -> ArrayInfo:
        """Store an array; see :meth:`ContentStore.put_array`."""
        return self._content.put_array(array)

    def create_array(self, path: Path, dtype: str, shape: tuple[int, ...]) -> np.memmap[Any, np.dtype[Any]]:
        """Map a new .npy file for writing; see :meth:`ContentStore.create_array`."""
        return self._content.create_array(path, dtype, shape)

    def put_array_file(self, path: Path) -> ArrayInfo:
        """Store a finished .npy file; see :meth:`ContentStore.put_array_file`."""
        return self._content.put_array_file(path)

    def put_document(self, value: JSON) -> ArrayInfo:
        """Store a JSON document of finite numbers."""
        return self._content.put_document(value)

    def array(self, info: ArrayInfo) -> NDArray[Any]:
        """Map an array into memory, read-only; see :meth:`ContentStore.array`."""
        return self._content.array(info)

    def array_file(self, info: ArrayInfo) -> io.FileIO:
        """Open the file of an array at its first value; see :meth:`ContentStore.array_file`."""
        return self._content.array_file(info)

    def array_path(self, info: ArrayInfo) -> Path:
        """Return the path of the immutable file of an array or document."""
        return self._content.array_path(info)

    def document(self, info: ArrayInfo) -> JSON:
        """Read a JSON document."""
        return self._content.document(info)

    @contextmanager
    def batch(self) -> Iterator[None]:
        """Store everything of the block in one transaction, or nothing if it fails. Other writers wait for it."""
        with self._database.transaction():
            yield

    def scratch(self) -> AbstractContextManager[Path]:
        """Return a temporary directory, removed when the block ends; see :meth:`Database.scratch`."""
        return self._database.scratch()

    def sweep_scratch(self) -> None:
        """Remove the temporary directories of dead processes; opening the store for writing does so too."""
        self._database.sweep_scratch()

    def abandoned_scratch(self) -> list[int]:
        """Return the size in bytes of every temporary directory whose process died."""
        return self._database.abandoned_scratch()

    def put_manifest(self, manifest: Manifest) -> None:
        """Write the manifest of a run whose arrays are all stored. An existing run stays as it is.

        DamagedRunError if it contradicts itself or an array that it names is not in the store.
        """
        text = write_manifest(manifest)
        paths = [self.array_path(info) for info in manifest.arrays.values()]
        with storage_errors(self.directory):
            # Arrays must survive a power cut before the manifest declares the run complete.
            for path in {*paths, *(path.parent for path in paths), self.directory}:
                flush_file(path)
        with self._database.transaction() as rows:
            for info in manifest.arrays.values():
                self.array_path(info)
            rows.add(MANIFEST + manifest.run, text)

    def manifest(self, run: str) -> Manifest:
        """Read the manifest of a run (full identifier), consistent in itself; ``verify_run`` checks its arrays.

        RunNotFoundError if there is none; DamagedRunError if it cannot be read, for example because a newer version
        wrote it.
        """
        with storage_errors(self.directory):
            text = self._database.rows.text(MANIFEST + run)
        if text is None:
            raise RunNotFoundError(f"There is no run {run} in the store {self.directory}.")
        manifest = read_manifest(text, run)
        if manifest.run != run:
            raise DamagedRunError(f"The run {run} is damaged, remove it and build it again: its manifest is another's.")
        return manifest

    def run_ids(self) -> list[str]:
        """Return the identifiers of all runs, sorted, damaged and newer runs included."""
        with storage_errors(self.directory):
            return [key.removeprefix(MANIFEST) for key in self._database.rows.keys(MANIFEST)]

    def version(self) -> tuple[int, ...]:
        """Return a value that changes whenever anything in the store does; see :meth:`Database.version`."""
        return self._database.version()

    def remove_run(self, run: str) -> None:
        """Remove a run (full identifier), the parts it was built from, and the arrays that nothing else names.

        The run may be damaged. Arrays stay until a running build ends; open memory maps stay valid. RunNotFoundError if
        there is no such run.
        """
        with self._database.transaction() as rows:
            if rows.text(MANIFEST + run) is None:
                raise RunNotFoundError(f"There is no run {run} in the store {self.directory}.")
            own = named_arrays(self._database, [MANIFEST + run])
            rows.delete(MANIFEST + run)
            own -= named_arrays(self._database, rows.keys(MANIFEST))
            for key in rows.keys(PART):
                if named_arrays(self._database, [key]) & own:
                    rows.delete(key)
        self.collect()

    def put_part(self, key: str, record: JSON, arrays: Sequence[ArrayInfo]) -> None:
        """Store a finished part of a build; an existing part of this key is replaced.

        Parameters
        ----------
        key : str
            Fingerprint of everything that the part depends on.
        record : JSON
            Returned by :meth:`part`.
        arrays : sequence of ArrayInfo
            Stored as long as the part is; DamagedRunError if one is missing.
        """
        text = canonical_json({"record": record, "arrays": to_json(tuple(arrays))})
        with self._database.transaction() as rows:
            for info in arrays:
                self.array_path(info)
            rows.set(PART + key, text)

    def part(self, key: str) -> JSON:
        """Read the record of a part; None if there is no such part or one of its arrays is missing."""
        rows = self._database.rows
        with storage_errors(self.directory):
            try:
                match parse_json(rows.text(PART + key) or "null"):
                    case {"record": record, "arrays": arrays}:
                        infos = from_json(tuple[ArrayInfo, ...], arrays, "a part")
                        return record if all(rows.file(ARRAY + info.sha256) for info in infos) else None
            except ValueError:
                pass
        return None

    def remove_parts(self, prefix: str) -> None:
        """Remove the parts whose keys begin with `prefix`, and the arrays that nothing else names."""
        with self._database.transaction() as rows:
            for key in rows.keys(PART + prefix):
                rows.delete(key)
        self.collect()

    def unneeded_parts(self) -> list[str]:
        """Return the keys of parts of unfinished builds and of old versions."""
        with storage_errors(self.directory):
            return garbage.unneeded_parts(self._database)

    def garbage_bytes(self, without: Collection[str] = ()) -> int:
        """Return the size in bytes of all garbage, as if the parts of the keys `without` were removed."""
        with storage_errors(self.directory):
            return garbage.garbage_bytes(self._database, without)

    def remove_unneeded_parts(self) -> bool:
        """Remove :meth:`unneeded_parts` and all garbage; return False, and remove nothing, during a build."""
        return self._collect(parts=True)

    def collect(self) -> None:
        """Remove all garbage; does nothing during a build."""
        self._collect(parts=False)

    def is_building(self) -> bool:
        """Whether a build is in progress."""
        if not self._builds.exists():
            return False
        with self._idle() as idle:
            return not idle

    @contextmanager
    def build_lock(self, name: str) -> Iterator[None]:
        """Hold the lock of a run or part, which one build at a time can hold; no garbage is removed in the block.

        `name` is the run's identifier or the part's key. The lock is not reentrant.
        """
        self._database.writer()
        file = hashlib.sha256(name.encode()).hexdigest()[:32]
        with ExitStack() as stack:
            with storage_errors(self.directory):
                stack.enter_context(file_lock(self._builds.with_name(file)))
                stack.enter_context(file_lock(self._builds, shared=True))
            yield
        self.collect()

    def _collect(self, *, parts: bool) -> bool:
        self._database.writer()
        with self._idle() as idle:
            if idle:
                with self._database.transaction() as rows:
                    for key in self.unneeded_parts() if parts else ():
                        rows.delete(PART + key)
                    garbage.sweep(self._database, rows)
        return idle

    @contextmanager
    def _idle(self) -> Iterator[bool]:
        """Keep builds out, if none is in progress."""
        with storage_errors(self.directory), file_lock(self._builds, wait=False) as idle:
            yield idle

    @property
    def _builds(self) -> Path:
        """Lock that every running build shares."""
        return self.directory / "locks" / "builds"
