"""Texts of a run never reach the terminal as anything but text, nor a spreadsheet as formulas."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from pathlib import Path

import pytest

from precompute.format.manifest import MetricInfo
from precompute.store.store import Store
from tests.support.finished_command import Command
from tests.support.hostile_run import HOSTILE, hostile_run
from tests.support.small_run import Planted


@pytest.fixture
def hostile(directory: Path, planted: Planted) -> str:
    """Keep a run whose metrics have hostile names too; give its identifier."""
    with Store(directory) as store:
        manifest = hostile_run(store, planted.manifest.run)
        metrics = tuple(MetricInfo(text, text, text) for text in ("=HYPERLINK(1)", "@SUM\x1b[2J\n"))
        named = replace(manifest, run="hostile-names-000000000000", name=HOSTILE[14], metrics=metrics)
        store.put_manifest(named)
    return named.run


@pytest.mark.parametrize("command_line", ["list", "show {run}", "heads {run}", "verify {run}", "show absent"])
def test_the_terminal_gets_printable_lines(command: Command, hostile: str, command_line: str) -> None:
    finished = command(*command_line.format(run=hostile).split())
    said = finished.out + finished.err.replace("\x1b[31m", "").replace("\x1b[0m", "")
    assert said.strip()
    assert all(line.isprintable() for line in said.split("\n"))


@pytest.mark.parametrize("command_line", ["list --json", "show {run} --json", "heads {run} --json"])
def test_json_is_ascii(command: Command, hostile: str, command_line: str) -> None:
    finished = command(*command_line.format(run=hostile).split())
    assert finished.code == 0
    assert finished.out.isascii()
    assert finished.out.replace("\n", "").isprintable()


def test_no_heading_is_a_formula(command: Command, hostile: str) -> None:
    headings, *rows = list(csv.reader(io.StringIO(command("heads", hostile, "--csv").out, newline="")))
    assert headings[2:] == ["'=HYPERLINK(1)", "'@SUM\n"]
    assert len(rows) == 8
    assert all(float(cell) is not None for row in rows for cell in row if cell)
