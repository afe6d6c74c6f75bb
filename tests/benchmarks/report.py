"""One Markdown file for the figures of all benchmarks, each in a section of its own."""

from __future__ import annotations

import platform
import re
import sys
from collections.abc import Sequence
from pathlib import Path

REPORT = Path(__file__).parents[2] / "docs" / "benchmarks.md"
HEADING = "# Benchmarks\n\nMeasured by `make bench` and `make load`; each benchmark rewrites its section.\n"


def write_section(name: str, text: str, report: Path = REPORT) -> None:
    """Replace the section between this benchmark's markers, or append it.

    Parameters
    ----------
    name : str
        Of the benchmark, in the markers.
    text : str
        Markdown, beginning with a heading of the second level.
    report : Path
        The file.
    """
    begin, end = f"<!-- begin {name} -->", f"<!-- end {name} -->"
    section = f"{begin}\n{one_sentence_a_line(text.strip())}\n{end}"
    old = report.read_text(encoding="utf-8") if report.exists() else HEADING
    pattern = re.compile(f"{re.escape(begin)}.*?{re.escape(end)}", re.DOTALL)
    new = pattern.sub(lambda _: section, old) if pattern.search(old) else f"{old.rstrip()}\n\n{section}\n"
    report.write_text(new, encoding="utf-8")


def one_sentence_a_line(text: str) -> str:
    """Reflow the paragraphs of a Markdown text; headings and tables stay."""

    def reflow(paragraph: str) -> str:
        if paragraph.lstrip().startswith(("#", "|")):
            return paragraph
        return re.sub(r"([.!?][)*]*) (?=\S)", r"\1\n", " ".join(paragraph.split()))

    return "\n\n".join(map(reflow, text.split("\n\n")))


def table(columns: tuple[str, ...], rows: Sequence[tuple[object, ...]]) -> str:
    """Format rows as a Markdown table; floats get three significant digits."""

    def cell(value: object) -> str:
        if not isinstance(value, float):
            return str(value)
        return f"{value:.0f}" if abs(value) >= 1000 else f"{value:#.3g}".rstrip(".")

    lines = [columns, ("---",) * len(columns), *(tuple(map(cell, row)) for row in rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def machine() -> str:
    """Name processor, system and Python in one line."""
    cpu = platform.processor() or platform.machine()
    info = Path("/proc/cpuinfo")
    if info.exists():
        found = re.search(r"model name\s*:\s*(.+)", info.read_text(encoding="utf-8"))
        cpu = found.group(1) if found else cpu
    return f"{cpu}, {platform.system()}, Python {platform.python_version()}"


def exit_status(broken: list[str]) -> int:
    """Name on stderr what was not reached, one line each; 1 if there is any.

    Parameters
    ----------
    broken : list of str
        From the benchmarks.
    """
    for sentence in broken:
        sys.stderr.write(f"not reached: {sentence}\n")
    return int(bool(broken))
