"""Immutable arrays and documents by the hash of their bytes."""

from __future__ import annotations

import hashlib
import io
import os
import shutil
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from precompute.errors import DamagedRunError
from precompute.format.manifest import ArrayInfo
from precompute.format.schema import DOCUMENT
from precompute.format.typed_json import JSON, canonical_bytes, parse_json
from precompute.store.array_file import create_array, hash_file, map_array, write_array
from precompute.store.database import Database
from precompute.store.disk_errors import storage_errors

ARRAY = "array:"


class ContentStore:
    """Arrays and documents that are found by the hash of their bytes and never change.

    Parameters
    ----------
    database : Database
        Shared with everything else in the store, so that one transaction covers both.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._directory = database.directory
        self._verified: set[str] = set()

    def put_array(self, array: NDArray[Any]) -> ArrayInfo:
        """Store an array; equal arrays are stored once. TypeError if the dtype is not in ``DTYPES``."""
        with self._database.scratch() as space, storage_errors(self._directory):
            path = space / "array.npy"
            info = write_array(path, array)
            self._admit(path, info)
        return info

    def create_array(self, path: Path, dtype: str, shape: tuple[int, ...]) -> np.memmap[Any, np.dtype[Any]]:
        """Map a new .npy file of zeros for writing, its disk space allocated; store it by :meth:`put_array_file`.

        `path` is in a scratch directory of the store, `dtype` one of ``DTYPES``.
        """
        with storage_errors(self._directory):
            return create_array(path, dtype, shape)

    def put_array_file(self, path: Path) -> ArrayInfo:
        """Store a finished .npy file, which may be larger than memory.

        It is moved from a scratch directory of the store, else copied. ValueError if it is not a .npy file of a stored
        dtype.
        """
        with self._database.scratch() as space, storage_errors(self._directory):
            if not path.absolute().is_relative_to(self._directory / "scratch"):
                path = Path(shutil.copyfile(path, space / "array.npy"))
            array = map_array(path)
            info = ArrayInfo(array.dtype.name, array.shape, hash_file(path))
            self._admit(path, info)
        return info

    def put_document(self, value: JSON) -> ArrayInfo:
        """Store a JSON document of finite numbers; its shape is its length in bytes."""
        text = canonical_bytes(value)
        info = ArrayInfo(DOCUMENT, (len(text),), hashlib.sha256(text).hexdigest())
        with self._database.scratch() as space, storage_errors(self._directory):
            path = space / "document.json"
            path.write_bytes(text)
            self._admit(path, info)
        return info

    def array(self, info: ArrayInfo) -> NDArray[Any]:
        """Map an array into memory, read-only.

        DamagedRunError if it is missing, or has another dtype or shape than `info`.
        """
        path = self.array_path(info)
        with storage_errors(self._directory):
            try:
                array = map_array(path)
            except ValueError as error:
                raise self._damaged(info, str(error)) from error
        if (array.dtype.name, array.shape) != (info.dtype, info.shape):
            raise self._damaged(info, f"it is {array.dtype} {list(array.shape)}")
        return array

    def array_file(self, info: ArrayInfo) -> io.FileIO:
        """Open the file of an array at its first value: C order, little-endian, up to the end of the file.

        The first time that a process opens an array, all its bytes are compared with their hash. DamagedRunError if it
        is missing or its bytes changed.
        """
        length = self.array(info).nbytes
        path = self.array_path(info)
        with storage_errors(self._directory):
            if info.sha256 not in self._verified:
                if hash_file(path) != info.sha256:
                    raise self._damaged(info, "its bytes changed")
                self._verified.add(info.sha256)
            file = io.FileIO(path)
            file.seek(-length, os.SEEK_END)
        return file

    def array_path(self, info: ArrayInfo) -> Path:
        """Return the path of the immutable file of an array or document; DamagedRunError if it is missing."""
        with storage_errors(self._directory):
            path = self._database.rows.file(ARRAY + info.sha256)
        if path is None:
            raise self._damaged(info, "it is missing")
        return path

    def document(self, info: ArrayInfo) -> JSON:
        """Read a JSON document; DamagedRunError if it is missing or its bytes changed."""
        path = self.array_path(info)
        with storage_errors(self._directory):
            text = path.read_bytes() if path.stat().st_size == info.shape[0] else b""
        if hashlib.sha256(text).hexdigest() != info.sha256:
            raise self._damaged(info, "its bytes changed")
        try:
            return parse_json(text.decode("utf-8", "surrogatepass"))
        except ValueError as error:
            raise self._damaged(info, str(error)) from error

    def _admit(self, path: Path, info: ArrayInfo) -> None:
        key = ARRAY + info.sha256
        with self._database.transaction() as rows:
            present = rows.file(key)
            if present is None:
                rows.set(key, path, read=True)
            else:
                # Equal by content; the new file repairs one that was damaged on the disk.
                path.replace(present)

    def _damaged(self, info: ArrayInfo, why: str) -> DamagedRunError:
        return DamagedRunError(
            f"An array of the store {self._directory} is damaged, remove its run and build it again: "
            f"{info.sha256[:12]}, {why}."
        )
