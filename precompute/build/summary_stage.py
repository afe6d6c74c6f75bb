"""Last stage: what the views need beside coordinates, put together from what was measured and from the planes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from precompute.build.assemble import PlanePart
from precompute.build.capture import Captured
from precompute.build.job import Plane
from precompute.build.measure import Measured, MetricRow
from precompute.format.manifest import ArrayInfo, EncodingInfo, MetricInfo
from precompute.metrics.layout_quality_info import plane_metric_info
from precompute.numeric import Float32
from precompute.store.store import Store


@dataclass(frozen=True)
class Summary:
    """What the views need beside coordinates.

    Attributes
    ----------
    encodings : tuple of EncodingInfo
        In the menu's order.
    metrics : tuple of MetricInfo
        Rows of ``head_metrics``.
    arrays : mapping of str to ArrayInfo
        ``encoding.<name>``, ``head_metrics``, ``aggregate``, ``aggregate_counts``, ``offset_profile``,
        ``head_distances``; for text ``strongest_pairs`` and ``strongest_pair_weights``; for a run with sinks
        ``head_metrics``, ``offset_profile``, ``head_distances`` and the pairs once more, as ``<name>_without_sinks``.
    """

    encodings: tuple[EncodingInfo, ...]
    metrics: tuple[MetricInfo, ...]
    arrays: Mapping[str, ArrayInfo]


def summarize(captured: Captured, measured: Measured, planes: Mapping[Plane, PlanePart], store: Store) -> Summary:
    """Join what was measured with the metrics of the planes.

    Parameters
    ----------
    captured : Captured
        Says how many layers and heads there are.
    measured : Measured
        What follows from the capture alone.
    planes : mapping of (str, int) to PlanePart
        Finished projections; they bring metrics of their own, which do not look at the attention and are the same
        without sinks.
    store : Store
        Receives the arrays.
    """
    rows = (*measured.rows, *_plane_rows(planes.values()))
    shape = (len(rows), captured.n_layers, captured.n_heads)

    def stacked(values: Iterable[tuple[float | None, ...]]) -> ArrayInfo:
        numbers: Float32 = np.array(list(values), np.float32).reshape(shape)
        return store.put_array(numbers)

    arrays = {**measured.arrays, "head_metrics": stacked(row.values for row in rows)}
    if measured.sinks:
        arrays["head_metrics_without_sinks"] = stacked(row.without_sinks for row in rows)
    return Summary(measured.encodings, tuple(row.info for row in rows), arrays)


def _plane_rows(planes: Iterable[PlanePart]) -> tuple[MetricRow, ...]:
    return tuple(
        MetricRow(plane_metric_info(name), values, values) for part in planes for name, values in part.metrics.items()
    )
