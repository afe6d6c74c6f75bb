"""Last stage: encodings, the metrics of every head, mean attention, strongest pairs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from threadpoolctl import threadpool_limits

from precompute.encodings import EncodingSource, encodings_of
from precompute.metrics.plane_info import plane_metric_info
from precompute.pipeline.attention_stage import AttentionMetrics, attention_metrics, compare_heads, mean_attention
from precompute.pipeline.captured import Captured, CapturedArrays
from precompute.pipeline.fidelity_stage import fidelity_of_heads
from precompute.pipeline.job import Plane
from precompute.pipeline.pairs_stage import strongest_of_heads
from precompute.pipeline.planes_stage import PlanePart
from precompute.pipeline.request import OnProgress
from precompute.store import Store
from precompute.types import ArrayInfo, EncodingInfo, Float32, Kind, MetricInfo


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


def summarise(
    captured: Captured,
    arrays: CapturedArrays,
    planes: Mapping[Plane, PlanePart],
    store: Store,
    *,
    kind: Kind,
    on_progress: OnProgress,
    workers: int = 1,
) -> Summary:
    """Compute encodings and metrics.

    Parameters
    ----------
    captured, arrays
        What running the model left.
    planes : mapping of (str, int) to PlanePart
        Finished projections; they bring metrics of their own.
    store : Store
        Receives the arrays.
    kind : {"text", "image"}
        Of the inputs.
    on_progress : callable
        Hears of every layer.
    workers : int
        Heads measured at a time where they are measured one by one.

    Notes
    -----
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
        rows = {
            **attention.all_tokens,
            **_probe_metrics(captured, store),
            **fidelity_of_heads(captured, arrays, workers=workers, on_progress=on_progress),
            **_plane_metrics(captured, planes),
        }
        kept.update(mean_attention(captured, arrays, store))
        if kind == "text":
            kept.update(strongest_of_heads(captured, arrays, store))
        kept.update(compare_heads(captured, arrays, store))
    kept["head_metrics"] = store.put_array(np.stack(list(rows.values())))
    if attention.without_sinks is not None:
        kept["head_metrics_without_sinks"] = store.put_array(_without_sinks(rows, attention))
    return Summary(tuple(info for info, _ in encodings), tuple(rows), kept)


def _without_sinks(rows: Mapping[MetricInfo, Float32], attention: AttentionMetrics) -> Float32:
    """Stack the rows of ``head_metrics`` with the sinks taken out.

    A metric that looks for a sink has nothing left to find and is NaN; metrics of planes, joint spaces and the probe do
    not look at the attention over the data, and stay.
    """
    bare = attention.without_sinks or {}
    absent = np.full(next(iter(rows.values())).shape, np.nan, np.float32)
    return np.stack(
        [bare.get(info, absent) if info in attention.all_tokens else values for info, values in rows.items()]
    )


def _probe_metrics(captured: Captured, store: Store) -> dict[MetricInfo, Float32]:
    if not captured.probe:
        return {}
    return dict(zip(captured.probe, store.array(captured.arrays["probe_metrics"]), strict=True))


def _plane_metrics(captured: Captured, planes: Mapping[Plane, PlanePart]) -> dict[MetricInfo, Float32]:
    shape = (captured.n_layers, captured.n_heads)
    return {
        plane_metric_info(name): np.array([np.nan if value is None else value for value in values], np.float32).reshape(
            shape
        )
        for part in planes.values()
        for name, values in part.metrics.items()
    }
