"""Commands that move runs between machines: export, import."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from precompute.cli.options import DEFAULT_STORE, RunArgument, StoreOption
from precompute.cli.runs import resolve_run
from precompute.cli.terminal import human_size, print_line, report
from precompute.run.archive import export_run
from precompute.run.archive import import_run as import_archive
from precompute.store.store import Store


def export(
    run: RunArgument,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Archive to write.")],
    store: StoreOption = DEFAULT_STORE,
) -> None:
    """Write a run to one file for import on another machine."""
    opened = Store(store, read_only=True)
    identifier = resolve_run(opened, run)
    export_run(opened, identifier, file)
    report(f"Wrote {identifier} to {file} ({human_size(file.stat().st_size)}).")


def import_run(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Archive written by export.")],
    store: StoreOption = DEFAULT_STORE,
) -> None:
    """Check an exported run byte by byte and add it to the store."""
    print_line(import_archive(Store(store), file))
