"""The second layouts, without sinks, of the heads that have one, assembled into arrays in drawing order."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from precompute.build.capture import CaptureRecord
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

    coords: ArrayInfo
    extent: ArrayInfo
    rows: ArrayInfo
    metrics: Columns

    @property
    def arrays(self) -> tuple[ArrayInfo, ...]:
        """All arrays."""
        return self.coords, self.extent, self.rows


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
    dims = next(iter(parts.values())).coords.shape[1]
    with store.scratch() as scratch:
        path = scratch / "coords.npy"
        coords = store.create_array(path, "uint16", (len(parts), len(order), dims))
        for row, (head, part) in enumerate(parts.items()):
            rows[head] = row
            coords[row] = store.array(part.coords)[order]
            for name, value in part.metrics.items():
                numbers[name][head[0] * record.n_heads + head[1]] = value
        coords.flush()
        stored = store.put_array_file(path)
    extent = np.stack([store.array(part.extent) for part in parts.values()])
    return SinklessLayouts(
        stored,
        store.put_array(extent),
        store.put_array(rows),
        {name: tuple(values) for name, values in numbers.items()},
    )
