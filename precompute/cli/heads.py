"""Command that prints the metrics of a run's heads as table, CSV or JSON."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from typing import Annotated

import typer

from precompute.api import open_run
from precompute.cli.options import DEFAULT_STORE, JsonOption, RunArgument, StoreOption
from precompute.cli.terminal import print_json, print_table
from precompute.format.typed_json import JSON, finite_or_none
from precompute.run.run import Run

_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def heads(
    run: RunArgument,
    store: StoreOption = DEFAULT_STORE,
    as_json: JsonOption = False,
    as_csv: Annotated[bool, typer.Option("--csv", help="Print CSV and nothing else on stdout.")] = False,
    without_sinks: Annotated[
        bool, typer.Option("--without-sinks", help="Measure without special tokens, or without the first token.")
    ] = False,
) -> None:
    """Print one row per head: layer, head, and every metric."""
    if as_json and as_csv:
        raise typer.BadParameter("choose one of the two", param_hint="'--json' / '--csv'")
    opened = open_run(run, store=store)
    names = ["layer", "head", *(metric.name for metric in opened.manifest.metrics)]
    rows = head_rows(opened, without_sinks=without_sinks)
    if as_json:
        print_json([dict(zip(names, row, strict=True)) for row in rows])
    elif as_csv:
        typer.echo(csv_text(names, rows), nl=False)
    else:
        print_table(names, [[_cell(value, "-") for value in row] for row in rows], fold=False)


def head_rows(run: Run, *, without_sinks: bool = False) -> list[list[JSON]]:
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
    writer.writerows([[_cell(value, "") for value in row] for row in rows])
    return output.getvalue()


def inert(text: str) -> str:
    """Return a text with a leading apostrophe if a spreadsheet would evaluate it."""
    return f"'{text}" if text.startswith(_FORMULA_STARTS) else text


def _cell(value: JSON, missing: str) -> str:
    if value is None:
        return missing
    if isinstance(value, str):
        return inert(value)
    return f"{value:.6g}" if isinstance(value, float) else str(value)
