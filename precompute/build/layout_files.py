"""Arrays of a layout as files, in drawing order."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from precompute.build.capture import CaptureRecord
from precompute.build.layout_arrays import ARRAY_NAMES, LayoutArrays
from precompute.store.store import Store


class LayoutFiles:
    """Files of the arrays of a layout, written head by head; ``n_layouts`` are the leading axes."""

    def __init__(
        self, store: Store, directory: Path, record: CaptureRecord, n_layouts: tuple[int, ...], dims: int
    ) -> None:
        self._store = store
        points = 2 * record.n_tokens
        shapes = {"coords": (points, dims), "extent": (dims + 1,), "trust": (points,), "neighbors_kept": (points,)}
        dtypes = {"coords": "uint16", "extent": "float32", "trust": "uint8", "neighbors_kept": "uint8"}
        self._paths = {name: directory / f"{name}.npy" for name in ARRAY_NAMES}
        self._files = {
            name: store.create_array(path, dtypes[name], (*n_layouts, *shapes[name]))
            for name, path in self._paths.items()
        }

    def write(self, at: tuple[int, ...], arrays: LayoutArrays, order: NDArray[np.uint32]) -> None:
        """Write the arrays of one head, which are in point order."""
        for name, info in arrays.named.items():
            values = self._store.array(info)
            self._files[name][at] = values if name == "extent" else values[order]

    def put(self) -> LayoutArrays:
        """Store all files."""
        for file in self._files.values():
            file.flush()
        return LayoutArrays(**{name: self._store.put_array_file(path) for name, path in self._paths.items()})
