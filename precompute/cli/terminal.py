"""Terminal output: data on stdout, everything else on stderr, all text made safe."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence

import typer
from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from precompute.format.plain_text import plain
from precompute.format.typed_json import JSON

MAX_WIDTH = 100_000
"""Width of a table without a limit, in columns."""

stderr = Console(stderr=True, highlight=False, markup=False, emoji=False)


def report_error(sentence: str) -> None:
    """Print one red line on stderr."""
    typer.secho(f"Error: {plain(sentence)}", fg=typer.colors.RED, err=True)


def report_warning(sentence: str) -> None:
    """Print one yellow line on stderr, above a progress bar if one is shown."""
    stderr.print(Text(f"Warning: {plain(sentence)}", style="yellow"), soft_wrap=True)


def report(sentence: str) -> None:
    """Print one line on stderr, above a progress bar if one is shown."""
    stderr.print(Text(plain(sentence)), soft_wrap=True)


def print_line(text: str) -> None:
    """Print one line of data on stdout."""
    typer.echo(plain(text))


def print_json(value: JSON, *, indent: int | None = None) -> None:
    """Print JSON on stdout, ASCII only, so that it survives any terminal and any pipe."""
    typer.echo(json.dumps(value, indent=indent, allow_nan=False))


def print_table(
    headings: Sequence[str], rows: Iterable[Sequence[str]], *, fold: bool = True, width: int | None = None
) -> None:
    """Print a table on stdout; `fold` wraps long cells to fit a terminal, `width` limits it everywhere, in columns."""
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for heading in headings:
        table.add_column(plain(heading), overflow="fold")
    for row in rows:
        table.add_row(*(Text(plain(cell)) for cell in row))
    console = Console(highlight=False, markup=False, emoji=False)
    if width is not None:
        console.width = min(width, console.width) if console.is_terminal else width
    elif not (fold and console.is_terminal):
        unlimited = console.options.update(max_width=MAX_WIDTH)
        console.width = console.measure(table, options=unlimited).maximum
    with console.capture() as capture:
        console.print(table)
    for line in capture.get().splitlines():
        typer.echo(line.rstrip())


def human_size(n_bytes: int) -> str:
    """Return bytes with a decimal unit: ``1.5 MB`` is 1 500 000 bytes."""
    size = float(n_bytes)
    for unit in ("B", "kB", "MB", "GB"):
        if size < 999.5:
            return f"{size:.3g} {unit}"
        size /= 1000
    return f"{size:.3g} TB"
