"""Stages "metrics" and "summary": everything that follows from the capture alone, and its union with the layouts.

The first is stored as a part: a recipe with one more projection does not compute it again.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from threadpoolctl import threadpool_limits

from precompute.build.assemble import LayoutPart
from precompute.build.attention_pass import (
    attention_metrics,
    compare_heads,
    fidelity_of_heads,
    mean_attention,
    strongest_of_heads,
)
from precompute.build.capture import Capture, CaptureRecord
from precompute.build.job import LAYOUT_VERSION, SUMMARY_VERSION, measured_by
from precompute.build.metric_rows import MetricRow, Values, layout_rows, metric_arrays
from precompute.build.request import OnProgress
from precompute.encodings import EncodingSource, encodings_of
from precompute.format.manifest import ArrayInfo, EncodingInfo, LayoutKey, MetricInfo, Modality
from precompute.format.typed_json import fingerprint, finite_or_none, from_json, to_json
from precompute.numeric import Float32
from precompute.store.store import Store


@dataclass(frozen=True)
class Measured:
    """Encodings, in the menu's order, and metrics of a capture; they do not depend on the projections.

    Attributes
    ----------
    rows
        First rows of ``head_metrics``.
    sinks
        Whether the run has sinks.
    arrays
        As named by :class:`Summary`, without ``head_metrics``.
    """

    encodings: tuple[EncodingInfo, ...]
    rows: tuple[MetricRow, ...]
    sinks: bool
    arrays: Mapping[str, ArrayInfo]


def measure_key(capture_key: str) -> str:
    """Return the key of the part; LAYOUT_VERSION is in it because of the joint embedding's metrics."""
    return f"measured/{fingerprint([capture_key, SUMMARY_VERSION, LAYOUT_VERSION, measured_by()])[:32]}"


def find_or_measure(
    capture: Capture, store: Store, key: str, *, kind: Modality, workers: int, on_progress: OnProgress
) -> Measured:
    """Return everything that follows from the capture alone; compute it if ``key`` is not stored.

    ``key`` is from :func:`measure_key`; ``workers`` heads are measured at a time. ``on_progress`` is called for every
    layer.
    """
    with store.build_lock(key):
        record = store.part(key)
        if record is None:
            measured = _measure(capture, store, kind, workers, on_progress)
            record = to_json(measured)
            store.put_part(key, record, tuple(measured.arrays.values()))
    return from_json(Measured, record, "the measured heads")


def _measure(capture: Capture, store: Store, kind: Modality, workers: int, on_progress: OnProgress) -> Measured:
    """Compute encodings, metrics and the stored aggregates of the attention.

    Linear algebra uses one thread: its products are small, and synchronizing threads costs more than they save.
    """
    kept: dict[str, ArrayInfo] = {}
    encodings = encodings_of(EncodingSource(capture.table, capture.query_norms, capture.key_norms, capture.pictures))
    for info, values in encodings:
        kept[f"encoding.{info.name}"] = store.put_array(values)
    with threadpool_limits(1, user_api="blas"):
        attention = attention_metrics(capture, kind, on_progress)
        fidelity = fidelity_of_heads(capture, workers=workers, on_progress=on_progress)
        kept.update(mean_attention(capture, store))
        if kind == "text":
            kept.update(strongest_of_heads(capture, store))
        kept.update(compare_heads(capture, store))
    without_sinks = attention.without_sinks or {}
    absent = np.full((capture.record.n_layers, capture.record.n_heads), np.nan, np.float32)
    rows = (
        *(_row(info, values, without_sinks.get(info, absent)) for info, values in attention.all_tokens.items()),
        *(_row(info, values, values) for info, values in capture.probe_metrics().items()),
        *(replace(_row(info, values, values), errors=_values(errors)) for info, (values, errors) in fidelity.items()),
    )
    return Measured(tuple(info for info, _ in encodings), rows, attention.without_sinks is not None, kept)


def _row(info: MetricInfo, values: Float32, without_sinks: Float32) -> MetricRow:
    return MetricRow(info, _values(values), _values(without_sinks))


def _values(values: Float32) -> Values:
    return tuple(finite_or_none(value) for value in values.ravel().tolist())


@dataclass(frozen=True)
class Summary:
    """Everything that the views need besides coordinates.

    Attributes
    ----------
    encodings
        In the menu's order.
    metrics
        Rows of ``head_metrics``.
    arrays
        ``encoding.<name>``, ``head_metrics`` and its errors and ceilings, ``aggregate``, ``aggregate_counts``,
        ``offset_profile``, ``head_distances``; for text ``strongest_pairs`` and ``strongest_pair_weights``; for a run
        with sinks the variants without sinks of the metrics, ``offset_profile``, ``head_distances`` and the pairs.
    """

    encodings: tuple[EncodingInfo, ...]
    metrics: tuple[MetricInfo, ...]
    arrays: Mapping[str, ArrayInfo]


def summarize(
    record: CaptureRecord, measured: Measured, layouts: Mapping[LayoutKey, LayoutPart], store: Store
) -> Summary:
    """Join the metrics of the capture with those of the layouts, without sinks of the second layouts."""
    rows = (*measured.rows, *layout_rows(layouts))
    arrays = {**measured.arrays, **metric_arrays(record, rows, store)}
    if measured.sinks:
        second = (*measured.rows, *layout_rows(layouts, without_sinks=True))
        arrays |= metric_arrays(record, second, store, without_sinks=True)
    return Summary(measured.encodings, tuple(row.info for row in rows), arrays)
