"""Immutable arrays and documents by the hash of their bytes, in a directory that processes share."""

from __future__ import annotations

import hashlib
import io
import os
import shutil
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, Self

import numpy as np
from diskcache import Timeout
from numpy.typing import NDArray

from precompute.errors import DamagedRunError, StoreError
from precompute.format.manifest import ArrayInfo
from precompute.format.schema import DOCUMENT
from precompute.format.typed_json import JSON, canonical_json, parse_json
from precompute.store.array_file import create_array, hash_file, map_array, write_array
from precompute.store.disk_errors import storage_errors
from precompute.store.read_only_cache import ReadOnlyCache
from precompute.store.scratch import Scratch
from precompute.store.strict_disk import BUSY_SECONDS, StrictCache

ARRAY = "array:"


class ContentStore:
    """Arrays and documents that are found by the hash of their bytes and never change.

    Any number of threads and processes may use one directory at the same time.

    Parameters
    ----------
    directory : Path
        Made, for its owner only, if it is not there.
    read_only : bool
        Never write a byte, not even a lock; works on a read-only file system. The directory must be there.

    Raises
    ------
    StoreError
        If the directory cannot be used. Every method raises it when the disk fails, is full, or may not be written.
    """

    def __init__(self, directory: Path, *, read_only: bool = False) -> None:
        self.directory = Path(directory).absolute()
        self.read_only = read_only
        self._sound: set[str] = set()
        self._writer: StrictCache | None = None
        self._scratch = Scratch(self.directory / "scratch")
        with storage_errors(self.directory):
            if read_only:
                if not self.directory.is_dir():
                    raise StoreError(
                        f"There is no store {self.directory}; build a run in it or choose another one with --store."
                    )
                self._rows: StrictCache | ReadOnlyCache = ReadOnlyCache(self.directory)
                return
            self.directory.mkdir(mode=0o700, parents=True, exist_ok=True)
            for name in ("locks", "scratch"):
                (self.directory / name).mkdir(mode=0o700, exist_ok=True)
            self._scratch.sweep()
            self._rows = self._writer = StrictCache(self.directory)

    def put_array(self, array: NDArray[Any]) -> ArrayInfo:
        """Keep an array.

        Parameters
        ----------
        array : ndarray
            Of uint8, uint16, uint32, int32, int64 or float32.

        Returns
        -------
        ArrayInfo
            Where to find it. Equal arrays are kept once.

        Raises
        ------
        TypeError
            If the dtype is another.
        """
        with self.scratch() as space, storage_errors(self.directory):
            path = space / "array.npy"
            info = write_array(path, array)
            self._admit(path, info)
        return info

    def create_array(self, path: Path, dtype: str, shape: tuple[int, ...]) -> np.memmap[Any, np.dtype[Any]]:
        """Map a new .npy file for writing, to be given to :meth:`put_array_file` when it is filled.

        Parameters
        ----------
        path : Path
            In a :meth:`scratch` of this store.
        dtype : str
            As for :meth:`put_array`.
        shape : tuple of int
            Of the array.

        Returns
        -------
        ndarray
            A writable memory map of zeros, whose room on the disk is taken already.
        """
        with storage_errors(self.directory):
            return create_array(path, dtype, shape)

    def put_array_file(self, path: Path) -> ArrayInfo:
        """Keep a finished .npy file, which may be larger than memory.

        Parameters
        ----------
        path : Path
            Moved into the store if it lies in a :meth:`scratch` of it, else copied.

        Returns
        -------
        ArrayInfo
            Where to find it.

        Raises
        ------
        ValueError
            If it is no .npy file that the store keeps.
        """
        with self.scratch() as space, storage_errors(self.directory):
            if not path.absolute().is_relative_to(self.directory / "scratch"):
                path = Path(shutil.copyfile(path, space / "array.npy"))
            array = map_array(path)
            info = ArrayInfo(array.dtype.name, array.shape, hash_file(path))
            self._admit(path, info)
        return info

    def put_document(self, value: JSON) -> ArrayInfo:
        """Keep a JSON document.

        Parameters
        ----------
        value : JSON
            Finite numbers only.

        Returns
        -------
        ArrayInfo
            Of dtype ``json``; its shape is the length in bytes.
        """
        text = canonical_json(value).encode("utf-8", "surrogatepass")
        info = ArrayInfo(DOCUMENT, (len(text),), hashlib.sha256(text).hexdigest())
        with self.scratch() as space, storage_errors(self.directory):
            path = space / "document.json"
            path.write_bytes(text)
            self._admit(path, info)
        return info

    def array(self, info: ArrayInfo) -> NDArray[Any]:
        """Map an array into memory, read-only.

        Parameters
        ----------
        info : ArrayInfo
            From the manifest.

        Returns
        -------
        ndarray
            Of the dtype and shape that `info` says.

        Raises
        ------
        DamagedRunError
            If it is missing or another.
        """
        path = self.array_path(info)
        with storage_errors(self.directory):
            try:
                array = map_array(path)
            except ValueError as error:
                raise self._damaged(info, str(error)) from error
        if (array.dtype.name, array.shape) != (info.dtype, info.shape):
            raise self._damaged(info, f"it is {array.dtype} {list(array.shape)}")
        return array

    def array_file(self, info: ArrayInfo) -> io.FileIO:
        """Open the file of an array at its first value, to be sent without being mapped or copied.

        The first time that a process opens an array, all its bytes are compared with their hash.

        Parameters
        ----------
        info : ArrayInfo
            From the manifest.

        Returns
        -------
        FileIO
            Its rest are the array's bytes: C order, little-endian. The caller closes it.

        Raises
        ------
        DamagedRunError
            If it is missing or its bytes changed.
        """
        length = self.array(info).nbytes
        path = self.array_path(info)
        with storage_errors(self.directory):
            if info.sha256 not in self._sound:
                if hash_file(path) != info.sha256:
                    raise self._damaged(info, "its bytes changed")
                self._sound.add(info.sha256)
            file = io.FileIO(path)
            file.seek(-length, os.SEEK_END)
        return file

    def array_path(self, info: ArrayInfo) -> Path:
        """Path of the file of an array or document.

        Parameters
        ----------
        info : ArrayInfo
            From the manifest.

        Returns
        -------
        Path
            Inside the store; immutable, so that it may be sent as it is.

        Raises
        ------
        DamagedRunError
            If it is missing.
        """
        with storage_errors(self.directory):
            path = self._rows.file(ARRAY + info.sha256)
        if path is None:
            raise self._damaged(info, "it is missing")
        return path

    def document(self, info: ArrayInfo) -> JSON:
        """Read a JSON document.

        Parameters
        ----------
        info : ArrayInfo
            Of dtype ``json``.

        Returns
        -------
        JSON
            The value.

        Raises
        ------
        DamagedRunError
            If it is missing or not the one that was kept.
        """
        path = self.array_path(info)
        with storage_errors(self.directory):
            text = path.read_bytes() if path.stat().st_size == info.shape[0] else b""
        if hashlib.sha256(text).hexdigest() != info.sha256:
            raise self._damaged(info, "its bytes changed")
        try:
            return parse_json(text.decode("utf-8", "surrogatepass"))
        except ValueError as error:
            raise self._damaged(info, str(error)) from error

    @contextmanager
    def batch(self) -> Iterator[None]:
        """Keep everything that the block keeps at once, with one wait for the disk instead of one each.

        Other writers wait meanwhile, so compute first. If the block fails, nothing of it is kept.
        """
        with self._transaction():
            yield

    @contextmanager
    def scratch(self) -> Iterator[Path]:
        """Give a temporary directory on the store's file system.

        Removed when the block ends or, if the process dies in it, when the store is next opened for writing.

        Yields
        ------
        Path
            The empty directory.
        """
        self._require_writable()
        with ExitStack() as stack:
            with storage_errors(self.directory):
                space = stack.enter_context(self._scratch.open())
            yield space

    def sweep_scratch(self) -> None:
        """Remove the temporary directories of processes that died; opening the store for writing does so too."""
        self._require_writable()
        with storage_errors(self.directory):
            self._scratch.sweep()

    def abandoned_scratch(self) -> list[int]:
        """Give the size in bytes of every temporary directory whose process died; removes nothing."""
        if not (self.directory / "scratch").is_dir():
            return []
        with storage_errors(self.directory):
            return self._scratch.abandoned()

    def __enter__(self) -> Self:
        """Return the store itself, closed when the block ends."""
        return self

    def __exit__(self, *exception: object) -> None:
        """Close the store."""
        self.close()

    def close(self) -> None:
        """Close the calling thread's connection to the database."""
        if self._writer is not None:
            self._writer.close()

    def _admit(self, path: Path, info: ArrayInfo) -> None:
        key = ARRAY + info.sha256
        with self._transaction() as rows:
            present = rows.file(key)
            if present is None:
                rows.set(key, path, read=True)
            else:
                # Equal by content; the fresh file heals one that was damaged on the disk.
                path.replace(present)

    @contextmanager
    def _transaction(self) -> Iterator[StrictCache]:
        rows = self._require_writable()
        started = time.monotonic()
        with storage_errors(self.directory):
            try:
                with rows.transact():
                    yield rows
            except Timeout:
                # diskcache says Timeout for every reason that a transaction cannot begin.
                (self.directory / "locks" / "probe").write_bytes(b"?" * 4096)
                waited = time.monotonic() - started >= BUSY_SECONDS
                why = "kept busy by another process; try again when that is done" if waited else "not writable"
                raise StoreError(f"The store {self.directory} is {why}.") from None

    def _require_writable(self) -> StrictCache:
        if self._writer is None:
            raise StoreError(f"The store {self.directory} is opened for reading only.")
        return self._writer

    def _damaged(self, info: ArrayInfo, why: str) -> DamagedRunError:
        return DamagedRunError(
            f"An array of the store {self.directory} is damaged, remove its run and build it again: "
            f"{info.sha256[:12]}, {why}."
        )
