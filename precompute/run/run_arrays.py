"""The arrays of a run, mapped into memory on first use."""

from __future__ import annotations

from io import FileIO
from typing import Any

from numpy.typing import NDArray

from precompute.format.manifest import Manifest
from precompute.store.array_file import drop_pages
from precompute.store.store import Store

LARGE = 2**20
"""Bytes from which a map is released."""


class RunArrays:
    """Read-only memory maps of the arrays of a manifest.

    A name that the manifest lacks raises KeyError; a file that is missing or contradicts it raises DamagedRunError.
    """

    def __init__(self, store: Store, manifest: Manifest) -> None:
        self._store = store
        self._infos = manifest.arrays
        self._mapped: dict[str, NDArray[Any]] = {}

    def array(self, name: str) -> NDArray[Any]:
        """Return the read-only memory map of an array, of the manifest's dtype and shape."""
        array = self._mapped.get(name)
        if array is None:
            array = self._mapped[name] = self._store.array(self._infos[name])
        return array

    def file(self, name: str) -> FileIO:
        """Open an array's file at its first value; the rest is C order, little-endian. The caller closes it."""
        return self._store.array_file(self._infos[name])

    def release(self) -> None:
        """Release the resident pages of large maps. Arrays stay valid; later reads fault their pages back in."""
        for array in tuple(self._mapped.values()):
            if array.nbytes >= LARGE:
                drop_pages(array)
