"""The second layouts, without sinks, of the heads that have one, assembled into arrays in drawing order."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from precompute.build.capture import CaptureRecord
from precompute.build.layout_arrays import LayoutArrays
from precompute.build.layout_files import LayoutFiles
from precompute.build.layouts import HeadIndex, SinklessPart
from precompute.format.manifest import ArrayInfo
from precompute.store.store import Store

Columns = Mapping[str, tuple[float | None, ...]]
"""Metrics by name: one value per head, layer after layer; None if undefined."""


@dataclass(frozen=True)
class SinklessLayouts:
    """The heads with a second layout; arrays as in a run.

    ``metrics`` have a value for every head of the model: a head with one layout has that of this layout.
    """

    arrays: LayoutArrays
    rows: ArrayInfo
    metrics: Columns

    @property
    def stored(self) -> tuple[ArrayInfo, ...]:
        """All arrays."""
        return (*self.arrays.named.values(), self.rows)


def assemble_sinkless(
    record: CaptureRecord,
    store: Store,
    parts: Mapping[HeadIndex, SinklessPart],
    metrics: Columns,
    order: NDArray[np.uint32],
) -> SinklessLayouts | None:
    """Assemble second layouts, in the order of their heads; None if there are none.

    Parameters
    ----------
    metrics
        Of the first layouts.
    order : uint32 [2 N]
        Point of each vertex.
    """
    if not parts:
        return None
    rows = np.full((record.n_layers, record.n_heads), -1, np.int32)
    numbers = {name: list(values) for name, values in metrics.items()}
    dims = next(iter(parts.values())).arrays.coords.shape[1]
    with store.scratch() as scratch:
        files = LayoutFiles(store, scratch, record, (len(parts),), dims)
        for row, (head, part) in enumerate(parts.items()):
            rows[head] = row
            files.write((row,), part.arrays, order)
            for name, value in part.metrics.items():
                numbers[name][head[0] * record.n_heads + head[1]] = value
        arrays = files.put()
    return SinklessLayouts(arrays, store.put_array(rows), {name: tuple(values) for name, values in numbers.items()})
