"""Metrics of all heads as rows and as CSV, for the command line and for the page of heads."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence

from precompute.format.typed_json import JSON, finite_or_none
from precompute.run.run import Run

_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def metric_names(run: Run) -> list[str]:
    """Return the headings of :func:`metric_rows`."""
    return list(run.metrics_columns())


def metric_rows(run: Run, *, without_sinks: bool = False) -> list[list[JSON]]:
    """Return layer, head and metrics of every head, layer by layer; None for a metric that does not apply."""
    columns = run.metrics_columns(without_sinks=without_sinks).values()
    return [
        [finite_or_none(value) for value in row] for row in zip(*(column.tolist() for column in columns), strict=True)
    ]


def csv_text(headings: Sequence[str], rows: Sequence[Sequence[JSON]]) -> str:
    """Return comma-separated values (RFC 4180), lines ending in CR LF, without spreadsheet formulas.

    None is an empty cell; a text that a spreadsheet would evaluate gets a leading apostrophe.
    """
    output = io.StringIO(newline="")
    writer = csv.writer(output)
    writer.writerow([inert(heading) for heading in headings])
    writer.writerows([[cell_text(value, "") for value in row] for row in rows])
    return output.getvalue()


def inert(text: str) -> str:
    """Return a text with a leading apostrophe if a spreadsheet would evaluate it."""
    return f"'{text}" if text.startswith(_FORMULA_STARTS) else text


def cell_text(value: JSON, missing: str) -> str:
    """Return a value as text with six digits, ``missing`` for None."""
    if value is None:
        return missing
    if isinstance(value, str):
        return inert(value)
    return f"{value:.6g}" if isinstance(value, float) else str(value)
