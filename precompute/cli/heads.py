"""Command that prints the metrics of a run's heads as table, CSV or JSON."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Annotated

import typer

from precompute.api import open_run
from precompute.cli.options import DEFAULT_STORE, JsonOption, RunArgument, StoreOption
from precompute.cli.terminal import print_json, print_table
from precompute.format.manifest import CEILING, ERROR, digits_of
from precompute.format.typed_json import JSON
from precompute.run.metrics_csv import cell_text, csv_text, metric_names, metric_rows


def heads(
    run: RunArgument,
    store: StoreOption = DEFAULT_STORE,
    as_json: JsonOption = False,
    as_csv: Annotated[bool, typer.Option("--csv", help="Print CSV and nothing else on stdout.")] = False,
    without_sinks: Annotated[
        bool, typer.Option("--without-sinks", help="Measure without special tokens, or without the first token.")
    ] = False,
) -> None:
    """Print one row per head: layer, head, and every metric, with standard error and ceiling where there are any."""
    if as_json and as_csv:
        raise typer.BadParameter("choose one of the two", param_hint="'--json' / '--csv'")
    opened = open_run(run, store=store)
    names = metric_names(opened)
    rows = metric_rows(opened, without_sinks=without_sinks)
    named = [dict(zip(names, row, strict=True)) for row in rows]
    if as_json:
        print_json(named)
    elif as_csv:
        typer.echo(csv_text(names, rows), nl=False)
    else:
        columns = ["layer", "head", *(metric.name for metric in opened.manifest.metrics)]
        print_table(columns, [[readable(row, name) for name in columns] for row in named], fold=False)


def readable(row: Mapping[str, JSON], name: str) -> str:
    """Return a cell of the table: a value up to the first digit of its error, "of" the most that can be reached."""
    value, error, ceiling = row[name], *(_number(row.get(name + ending)) for ending in (ERROR, CEILING))
    if not isinstance(value, float):
        return cell_text(value, "-")
    text = f"{value:.{digits_of(error)}f} ± {error:.1g}" if error > 0 else cell_text(value, "-")
    return text + (f" of {ceiling:.2f}" if math.isfinite(ceiling) else "")


def _number(value: JSON) -> float:
    return value if isinstance(value, float) else math.nan
