"""The arrays of a run, mapped into memory when first asked for."""

from __future__ import annotations

from io import FileIO
from typing import Any

from numpy.typing import NDArray

from precompute.format.manifest import Manifest
from precompute.store.array_file import drop_pages
from precompute.store.store import Store

LARGE = 2**20
"""Bytes of a map that is worth releasing."""


class RunArrays:
    """Read-only memory maps of the arrays that a manifest names."""

    def __init__(self, store: Store, manifest: Manifest) -> None:
        self._store = store
        self._infos = manifest.arrays
        self._mapped: dict[str, NDArray[Any]] = {}

    def array(self, name: str) -> NDArray[Any]:
        """Return the read-only memory map of an array, of the manifest's dtype and shape.

        Raises
        ------
        KeyError
            If the manifest names no such array.
        DamagedRunError
            If its file is missing or has another dtype or shape.
        """
        array = self._mapped.get(name)
        if array is None:
            array = self._mapped[name] = self._store.array(self._infos[name])
        return array

    def file(self, name: str) -> FileIO:
        """Open an array's file at its first value; the rest is C order, little-endian. The caller closes it.

        Raises
        ------
        KeyError
            If the manifest names no such array.
        DamagedRunError
            If its file is missing or has changed.
        """
        return self._store.array_file(self._infos[name])

    def release(self) -> None:
        """Release the resident pages of large maps. Arrays stay valid; later reads fault their pages back in."""
        for array in tuple(self._mapped.values()):
            if array.nbytes >= LARGE:
                drop_pages(array)
