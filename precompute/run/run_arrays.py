"""The arrays of a run, mapped into memory when first asked for."""

from __future__ import annotations

from io import FileIO
from typing import Any

from numpy.typing import NDArray

from precompute.format.manifest import Manifest
from precompute.store.array_file import drop_pages
from precompute.store.store import Store

LARGE = 2**20
"""Bytes of a map that is worth giving back."""


class RunArrays:
    """Read-only memory maps of what a manifest lists.

    Parameters
    ----------
    store : Store
        Where the arrays are.
    manifest : Manifest
        Names them.
    """

    def __init__(self, store: Store, manifest: Manifest) -> None:
        self._store = store
        self._infos = manifest.arrays
        self._mapped: dict[str, NDArray[Any]] = {}

    def array(self, name: str) -> NDArray[Any]:
        """Map an array.

        Parameters
        ----------
        name : str
            As in the manifest.

        Returns
        -------
        ndarray
            Read-only memory map of the dtype and shape that the manifest says.

        Raises
        ------
        KeyError
            If the manifest has no such array.
        DamagedRunError
            If it is missing or another.
        """
        array = self._mapped.get(name)
        if array is None:
            array = self._mapped[name] = self._store.array(self._infos[name])
        return array

    def file(self, name: str) -> FileIO:
        """Open an array's file at its first value.

        Parameters
        ----------
        name : str
            As in the manifest.

        Returns
        -------
        FileIO
            Its rest are the array's bytes: C order, little-endian. The caller closes it.

        Raises
        ------
        KeyError
            If the manifest has no such array.
        DamagedRunError
            If it is missing or another.
        """
        return self._store.array_file(self._infos[name])

    def release(self) -> None:
        """Give the memory of large maps back to the system. Arrays stay valid, also those that others are reading."""
        for array in tuple(self._mapped.values()):
            if array.nbytes >= LARGE:
                drop_pages(array)
