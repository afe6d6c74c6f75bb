"""Command that prints the metrics of a run's heads as table, CSV or JSON."""

from __future__ import annotations

from typing import Annotated

import typer

from precompute.api import open_run
from precompute.cli.options import DEFAULT_STORE, JsonOption, RunArgument, StoreOption
from precompute.cli.terminal import print_json, print_table
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
    """Print one row per head: layer, head, and every metric."""
    if as_json and as_csv:
        raise typer.BadParameter("choose one of the two", param_hint="'--json' / '--csv'")
    opened = open_run(run, store=store)
    names = metric_names(opened)
    rows = metric_rows(opened, without_sinks=without_sinks)
    if as_json:
        print_json([dict(zip(names, row, strict=True)) for row in rows])
    elif as_csv:
        typer.echo(csv_text(names, rows), nl=False)
    else:
        print_table(names, [[cell_text(value, "-") for value in row] for row in rows], fold=False)
