"""Fourth stage: what follows from the capture alone, kept as a part, so that one more projection does not repeat it."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
from threadpoolctl import threadpool_limits

from precompute.build.assemble import PlanePart
from precompute.build.attention_pass import (
    attention_metrics,
    compare_heads,
    fidelity_of_heads,
    mean_attention,
    strongest_of_heads,
)
from precompute.build.capture import Captured, CapturedArrays
from precompute.build.job import LAYOUT_VERSION, SUMMARY_VERSION, LayoutKey
from precompute.build.request import OnProgress
from precompute.encodings import EncodingSource, encodings_of
from precompute.format.manifest import ArrayInfo, EncodingInfo, MetricInfo, Modality
from precompute.format.typed_json import fingerprint, from_json, to_json
from precompute.metrics.layout_quality import plane_metric_info
from precompute.numeric import Float32
from precompute.store.store import Store

Values = tuple[float | None, ...]
"""A number a head, the heads of one layer after those of another; None where it is not defined."""


@dataclass(frozen=True)
class MetricRow:
    """One metric of every head.

    Attributes
    ----------
    info : MetricInfo
        What it says.
    values : tuple of float or None
        With all tokens.
    without_sinks : tuple of float or None
        With the sinks taken out; the same where the metric does not look at the attention over the data, and nothing
        where it looks for a sink or there is none.
    """

    info: MetricInfo
    values: Values
    without_sinks: Values


@dataclass(frozen=True)
class Measured:
    """What encodings and metrics say of a captured model, whatever its projections.

    Attributes
    ----------
    encodings : tuple of EncodingInfo
        In the menu's order.
    rows : tuple of MetricRow
        The first rows of ``head_metrics``.
    sinks : bool
        Whether there are sinks to take out.
    arrays : mapping of str to ArrayInfo
        As :class:`precompute.build.measure.Summary` names them, but for ``head_metrics``.
    """

    encodings: tuple[EncodingInfo, ...]
    rows: tuple[MetricRow, ...]
    sinks: bool
    arrays: Mapping[str, ArrayInfo]


def measure_key(capture_key: str) -> str:
    """Key of the part; the layouts' version counts because fidelity is that of the joint embedding."""
    return f"measured/{fingerprint([capture_key, SUMMARY_VERSION, LAYOUT_VERSION])[:32]}"


def find_or_measure(
    captured: Captured,
    arrays: CapturedArrays,
    store: Store,
    key: str,
    *,
    kind: Modality,
    on_progress: OnProgress,
    workers: int = 1,
) -> Measured:
    """Give what follows from the capture alone; compute it only if nobody has.

    Parameters
    ----------
    captured, arrays
        What running the model left.
    store : Store
        Holds the part, or receives it.
    key : str
        From :func:`measure_key`.
    kind : {"text", "image"}
        Of the inputs.
    on_progress : callable
        Hears of every layer.
    workers : int
        Heads measured at a time where they are measured one by one.
    """
    with store.build_lock(key):
        record = store.part(key)
        if record is None:
            measured = _measure(captured, arrays, store, kind, on_progress, workers)
            record = to_json(measured)
            store.put_part(key, record, tuple(measured.arrays.values()))
    return from_json(Measured, record, "the measured heads")


def _measure(
    captured: Captured, arrays: CapturedArrays, store: Store, kind: Modality, on_progress: OnProgress, workers: int
) -> Measured:
    """Compute encodings, metrics and what is kept of the attention.

    Linear algebra keeps to one thread: its products are small, and threads that wait for each other cost more than
    they save.
    """
    kept: dict[str, ArrayInfo] = {}
    norms = np.asarray(arrays.query_norms), np.asarray(arrays.key_norms)
    encodings = encodings_of(EncodingSource(arrays.table, *norms, arrays.pictures))
    for info, values in encodings:
        kept[f"encoding.{info.name}"] = store.put_array(values)
    with threadpool_limits(1, user_api="blas"):
        attention = attention_metrics(captured, arrays, kind, on_progress)
        others = {
            **_probe_metrics(captured, store),
            **fidelity_of_heads(captured, arrays, workers=workers, on_progress=on_progress),
        }
        kept.update(mean_attention(captured, arrays, store))
        if kind == "text":
            kept.update(strongest_of_heads(captured, arrays, store))
        kept.update(compare_heads(captured, arrays, store))
    bare = attention.without_sinks or {}
    absent = np.full((captured.n_layers, captured.n_heads), np.nan, np.float32)
    rows = (
        *(_row(info, values, bare.get(info, absent)) for info, values in attention.all_tokens.items()),
        *(_row(info, values, values) for info, values in others.items()),
    )
    return Measured(tuple(info for info, _ in encodings), rows, attention.without_sinks is not None, kept)


def _probe_metrics(captured: Captured, store: Store) -> dict[MetricInfo, Float32]:
    if not captured.probe:
        return {}
    return dict(zip(captured.probe, store.array(captured.arrays["probe_metrics"]), strict=True))


def _row(info: MetricInfo, values: Float32, without_sinks: Float32) -> MetricRow:
    return MetricRow(info, _finite(values), _finite(without_sinks))


def _finite(values: Float32) -> Values:
    return tuple(value if math.isfinite(value) else None for value in values.ravel().tolist())


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


def summarize(captured: Captured, measured: Measured, planes: Mapping[LayoutKey, PlanePart], store: Store) -> Summary:
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
