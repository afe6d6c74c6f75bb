"""Stage "heads", second half: the heads of one layout assembled into arrays, in drawing order."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from precompute.build.assemble_sinkless import Columns, SinklessLayouts, assemble_sinkless
from precompute.build.capture import CaptureRecord
from precompute.build.layouts import HeadIndex, HeadPart, HeadParts, SinklessPart, versioned
from precompute.errors import DamagedRunError
from precompute.format.manifest import ArrayInfo, LayoutKey
from precompute.format.typed_json import from_json, to_json
from precompute.store.store import Store

DRAW_SEED = 0
"""One shuffle for all runs: pictures of two runs over one data set differ only in the positions of points."""


@dataclass(frozen=True)
class LayoutPart:
    """All heads in one layout; arrays as in a run. ``without_sinks`` is None if no head has a second layout."""

    coords: ArrayInfo
    extent: ArrayInfo
    preservation: ArrayInfo
    metrics: Columns
    without_sinks: SinklessLayouts | None = None


def draw_order(n_points: int) -> NDArray[np.uint32]:
    """Return the point that each vertex draws, uint32 [n_points]: a fixed shuffle.

    Without it keys, drawn last, would hide queries, and late sentences early ones.
    """
    return np.random.default_rng(DRAW_SEED).permutation(n_points).astype(np.uint32)


def layout_part_key(parts: HeadParts, layout: LayoutKey) -> str:
    """Return the key of the part that holds all heads of a layout."""
    return f"layout/{parts.prefix.removeprefix('head/')}{versioned(layout)}"


def find_layout(parts: HeadParts, layout: LayoutKey) -> LayoutPart | None:
    """Return a finished layout, or None."""
    record = parts.store.part(layout_part_key(parts, layout))
    return None if record is None else from_json(LayoutPart, record, "a layout's part")


def find_or_assemble(record: CaptureRecord, parts: HeadParts, layout: LayoutKey) -> LayoutPart:
    """Return a finished layout, or assemble it from the parts of its heads and remove them.

    A second build of the same layout waits for the first. DamagedRunError if a head's part is missing.
    """
    store = parts.store
    with store.build_lock(layout_part_key(parts, layout)):
        whole = find_layout(parts, layout) or _assemble(record, parts, layout)
        store.remove_parts(f"{parts.prefix}{versioned(layout)}/")
    return whole


def _assemble(record: CaptureRecord, parts: HeadParts, layout: LayoutKey) -> LayoutPart:
    store = parts.store
    order = draw_order(2 * record.n_tokens)
    metrics: dict[str, list[float | None]] = {}
    second: dict[HeadIndex, SinklessPart] = {}
    with store.scratch() as scratch:
        files = _LayoutFiles(store, scratch, record, layout.dims)
        for layer, head in product(range(record.n_layers), range(record.n_heads)):
            part = parts.get((layer, head), layout)
            if part is None:
                raise DamagedRunError(
                    f"The layout of layer {layer} head {head} was removed while the run was built. Build it again."
                )
            files.write(layer, head, part, order)
            for name, value in part.metrics.items():
                metrics.setdefault(name, []).append(value)
            if part.without_sinks is not None:
                second[layer, head] = part.without_sinks
        infos = files.put()
    columns = {name: tuple(values) for name, values in metrics.items()}
    sinkless = assemble_sinkless(record, store, second, columns, order)
    whole = LayoutPart(*infos, columns, sinkless)
    arrays = (*infos, *(sinkless.arrays if sinkless else ()))
    store.put_part(layout_part_key(parts, layout), to_json(whole), arrays)
    return whole


class _LayoutFiles:
    """Files of one layout, written head by head."""

    def __init__(self, store: Store, directory: Path, record: CaptureRecord, dims: int) -> None:
        self._store = store
        heads = (record.n_layers, record.n_heads)
        points = 2 * record.n_tokens
        self._paths = {name: directory / f"{name}.npy" for name in ("coords", "extent", "preservation")}
        self._coords = self._create("coords", "uint16", (*heads, points, dims))
        self._extent = self._create("extent", "float32", (*heads, dims + 1))
        self._preservation = self._create("preservation", "uint8", (*heads, points))

    def _create(self, name: str, dtype: str, shape: tuple[int, ...]) -> np.memmap[Any, np.dtype[Any]]:
        return self._store.create_array(self._paths[name], dtype, shape)

    def write(self, layer: int, head: int, part: HeadPart, order: NDArray[np.uint32]) -> None:
        self._coords[layer, head] = self._store.array(part.coords)[order]
        self._extent[layer, head] = self._store.array(part.extent)
        self._preservation[layer, head] = self._store.array(part.preservation)

    def put(self) -> tuple[ArrayInfo, ArrayInfo, ArrayInfo]:
        for array in (self._coords, self._extent, self._preservation):
            array.flush()
        coords, extent, preservation = (self._store.put_array_file(path) for path in self._paths.values())
        return coords, extent, preservation
