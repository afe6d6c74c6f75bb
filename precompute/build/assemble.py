"""Stage "heads", second half: the heads of one layout assembled into arrays, in drawing order."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product

import numpy as np
from numpy.typing import NDArray

from precompute.build.assemble_sinkless import Columns, SinklessLayouts, assemble_sinkless
from precompute.build.capture import CaptureRecord
from precompute.build.layout_arrays import LayoutArrays
from precompute.build.layout_files import LayoutFiles
from precompute.build.layouts import HeadIndex, HeadParts, SinklessPart, versioned
from precompute.errors import DamagedRunError
from precompute.format.manifest import LayoutKey
from precompute.format.typed_json import from_json, to_json

DRAW_SEED = 0
"""One shuffle for all runs: pictures of two runs over one data set differ only in the positions of points."""


@dataclass(frozen=True)
class LayoutPart:
    """All heads in one layout; arrays as in a run. ``without_sinks`` is None if no head has a second layout."""

    arrays: LayoutArrays
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
    heads = (record.n_layers, record.n_heads)
    with store.scratch() as scratch:
        files = LayoutFiles(store, scratch, record, heads, layout.dims)
        for layer, head in product(range(record.n_layers), range(record.n_heads)):
            part = parts.get((layer, head), layout)
            if part is None:
                raise DamagedRunError(
                    f"The layout of layer {layer} head {head} was removed while the run was built. Build it again."
                )
            files.write((layer, head), part.arrays, order)
            for name, value in part.metrics.items():
                metrics.setdefault(name, []).append(value)
            if part.without_sinks is not None:
                second[layer, head] = part.without_sinks
        arrays = files.put()
    columns = {name: tuple(values) for name, values in metrics.items()}
    sinkless = assemble_sinkless(record, store, second, columns, order)
    whole = LayoutPart(arrays, columns, sinkless)
    stored = (*arrays.named.values(), *(sinkless.stored if sinkless else ()))
    store.put_part(layout_part_key(parts, layout), to_json(whole), stored)
    return whole
