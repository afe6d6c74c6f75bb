"""Arrays as .npy files: hashed while written, validated when mapped."""

from __future__ import annotations

import hashlib
import mmap
import os
import sys
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from precompute.format.manifest import ArrayInfo
from precompute.format.schema import DTYPES

CHUNK = 1 << 20
"""Bytes read at a time."""


def write_array(path: Path, array: NDArray[Any]) -> ArrayInfo:
    """Write an array to a new .npy file in C order, little-endian, and return its SHA-256; `path` must not exist.

    TypeError if the dtype is not in ``DTYPES``.
    """
    if array.dtype.name not in DTYPES:
        raise TypeError(f"The store keeps no arrays of {array.dtype}; use one of {', '.join(sorted(DTYPES))}")
    plain = np.require(array, array.dtype.newbyteorder("<"), "C")
    with path.open("xb") as file:
        writer = _HashingWriter(file)
        np.lib.format.write_array(writer, plain, version=(1, 0), allow_pickle=False)
    return ArrayInfo(plain.dtype.name, plain.shape, writer.hash.hexdigest())


def create_array(path: Path, dtype: str, shape: tuple[int, ...]) -> np.memmap[Any, np.dtype[Any]]:
    """Map a new .npy file of zeros for writing; an existing file is overwritten.

    Disk space is allocated at once: writing a mapped page to a full disk would kill the process. OSError if there is
    none.
    """
    mapped = np.lib.format.open_memmap(path, mode="w+", dtype=np.dtype(dtype).newbyteorder("<"), shape=shape)
    if sys.platform == "linux":
        with path.open("r+b") as file:
            os.posix_fallocate(file.fileno(), 0, mapped.offset + mapped.nbytes)
    return mapped


def map_array(path: Path) -> NDArray[Any]:
    """Map a .npy file into memory, read-only; nothing in the file is executed.

    ValueError if it is not C order, little-endian, of a dtype in ``DTYPES``; OSError if it cannot be read.
    """
    mapped = np.lib.format.open_memmap(path, mode="r")
    plain = mapped.dtype.name in DTYPES and mapped.dtype == mapped.dtype.newbyteorder("<")
    if not plain or not mapped.flags.c_contiguous:
        raise ValueError(f"an array of {mapped.dtype} or not in C order")
    if path.stat().st_size != mapped.offset + mapped.nbytes:
        raise ValueError("longer than its shape requires")
    return mapped


def drop_pages(array: NDArray[Any]) -> None:
    """Release a map's resident pages; later reads fault them back in.

    The array stays valid, and written values are kept. Other arrays, and systems without such advice, are left alone.
    """
    pages: object = array.base
    if isinstance(pages, mmap.mmap) and hasattr(mmap, "MADV_DONTNEED"):
        pages.madvise(mmap.MADV_DONTNEED)


def hash_file(path: Path) -> str:
    """Return the SHA-256 of a file's bytes as 64 hex digits."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def flush_file(path: Path) -> None:
    """Wait until a file's or directory's bytes are on the disk, including those written through memory maps."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


class _HashingWriter:
    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self.hash = hashlib.sha256()

    def write(self, data: bytes) -> int:
        self.hash.update(data)
        return self._file.write(data)
