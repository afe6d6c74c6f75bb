"""Rows of head metrics: values, standard errors, and the most that a layout in the plane can reach."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from precompute.build.assemble import LayoutPart
from precompute.build.capture import CaptureRecord
from precompute.format.manifest import CEILING, ERROR, ArrayInfo, LayoutKey, MetricInfo, variant_name
from precompute.metrics.layout_quality import ceiling_name, error_name, layout_metric_info
from precompute.store.store import Store

PLANE = 2
"""Dimensions of the layouts whose best values are a ceiling."""

REACHED = ("query_recall", "key_recall", "attention_recall", "knn_recall")
"""Metrics of a layout whose ceiling is the best that was reached, since none can be computed."""

Values = tuple[float | None, ...]
"""One number per head, layer after layer; None if undefined."""


@dataclass(frozen=True)
class MetricRow:
    """One metric of every head.

    ``without_sinks`` holds the values on attention without the sinks. They equal ``values`` for a metric that does not
    measure the data's attention, and are None for a metric of sinks and in a run without sinks. ``errors`` are standard
    errors of a metric that is measured on a sample, ``ceilings`` the most that a layout in the plane can reach.
    """

    info: MetricInfo
    values: Values
    without_sinks: Values
    errors: Values | None = None
    ceilings: Values | None = None


def layout_rows(layouts: Mapping[LayoutKey, LayoutPart], *, without_sinks: bool = False) -> tuple[MetricRow, ...]:
    """Return one row for every metric of every layout.

    ``without_sinks`` selects the values of second layouts where there are any.
    """
    measured = {key: _metrics_of(part, without_sinks) for key, part in layouts.items()}
    reached = {metric: _highest(measured, metric) for metric in REACHED}
    return tuple(
        MetricRow(
            layout_metric_info(name),
            values,
            values,
            metrics.get(error_name(name)),
            reached.get(name.removeprefix(f"{key.name}."), metrics.get(ceiling_name(name))),
        )
        for key, metrics in measured.items()
        for name, values in metrics.items()
        if not name.endswith((ERROR, CEILING))
    )


def metric_arrays(
    record: CaptureRecord, rows: Sequence[MetricRow], store: Store, *, without_sinks: bool = False
) -> dict[str, ArrayInfo]:
    """Store ``head_metrics``, ``head_metric_errors`` and ``head_metric_ceilings``, or their variants without sinks."""
    absent = (None,) * (record.n_layers * record.n_heads)
    columns = {
        "head_metrics": [row.without_sinks if without_sinks else row.values for row in rows],
        "head_metric_errors": [row.errors or absent for row in rows],
        "head_metric_ceilings": [row.ceilings or absent for row in rows],
    }
    shape = (len(rows), record.n_layers, record.n_heads)
    return {
        variant_name(name, without_sinks=without_sinks): store.put_array(np.array(values, np.float32).reshape(shape))
        for name, values in columns.items()
    }


def _metrics_of(part: LayoutPart, without_sinks: bool) -> Mapping[str, Values]:
    return part.without_sinks.metrics if without_sinks and part.without_sinks else part.metrics


def _highest(measured: Mapping[LayoutKey, Mapping[str, Values]], metric: str) -> Values | None:
    """Return the best value of every head in the run's layouts in the plane."""
    columns = [
        metrics[name]
        for key, metrics in measured.items()
        if key.dims == PLANE
        for name in (f"{key.name}.{metric}", ceiling_name(f"{key.name}.{metric}"))
        if name in metrics
    ]
    return tuple(_largest(values) for values in zip(*columns, strict=True)) if columns else None


def _largest(values: Iterable[float | None]) -> float | None:
    return max((value for value in values if value is not None), default=None)
