"""Write the tables of projections, encodings, metrics and findings in the guide from the registries.

python -m scripts.docs_tables

A table is everything between ``<!-- table: NAME -->`` and ``<!-- end -->``. Its last column may be written by hand; the
cells of rows that stay are kept.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from precompute.encodings.registry import encodings_for
from precompute.findings.registry import FINDINGS
from precompute.format.manifest import Modality
from precompute.metrics.registry import METRICS
from precompute.projections.registry import PROJECTIONS

GUIDE = Path(__file__).resolve().parent.parent / "docs" / "guide.md"

MARKED = re.compile(r"(<!-- table: ([a-z ]+) -->\n)(.*?)(<!-- end -->)", re.DOTALL)

Row = tuple[str, ...]


@dataclass(frozen=True)
class Table:
    """A table of the guide.

    Attributes
    ----------
    headings : tuple of str
        Of the columns that the registry fills; the first column identifies a row.
    rows : callable
        Cells of these columns.
    own : str
        Heading of the column that is written by hand; empty for none.
    """

    headings: Row
    rows: Callable[[], Iterator[Row]]
    own: str = ""

    def text(self, before: str) -> str:
        """Return the table in Markdown, with the cells written by hand in its text before."""
        headings = [*self.headings, *([self.own] if self.own else [])]
        lines = [_line(*headings), "|" + "---|" * len(headings)]
        by_hand = {cells[0]: cells[-1] for cells in map(_cells, before.splitlines()) if len(cells) == len(headings)}
        for row in self.rows():
            cells = [_escaped(cell) for cell in row]
            lines.append(_line(*cells, *([by_hand.get(cells[0], "")] if self.own else [])))
        return "".join(f"{line}\n" for line in lines)


def _projections() -> Iterator[Row]:
    for name, entry in PROJECTIONS.all().items():
        yield f"`{name}`", entry.info.description


def _encodings(modality: Modality) -> Iterator[Row]:
    for entry in encodings_for(modality):
        yield entry.info.label, entry.info.description


def _metrics() -> Iterator[Row]:
    for name, entry in METRICS.all().items():
        names = f"`{name}`, `probe.{name}`" if entry.probed else f"`{name}`"
        yield names, entry.info.label, entry.info.description, entry.info.stronger, ", ".join(entry.inputs)


def _findings() -> Iterator[Row]:
    for title, kind in FINDINGS.all().items():
        metrics = ", ".join(f"`{name}`" for name in kind.metrics)
        yield title, kind.sentence, metrics, f"{kind.threshold:g}"


TABLES: Mapping[str, Table] = {
    "projections": Table(("projection", "near means"), _projections, own="good for"),
    "text encodings": Table(("color", "shows"), partial(_encodings, "text"), own="reading"),
    "image encodings": Table(("color of patches", "shows"), partial(_encodings, "image")),
    "metrics": Table(("metric", "label", "measures", "strongest", "inputs"), _metrics),
    "findings": Table(("finding", "shows", "metric", "least score"), _findings),
}
"""Tables by the name in their marker."""


def with_tables(text: str) -> str:
    """Return a document with its marked tables up to date.

    Raises
    ------
    ValueError
        A table is missing, marked twice or unknown.
    """
    marked = [found[2] for found in MARKED.finditer(text)]
    if sorted(marked) != sorted(TABLES):
        raise ValueError(f"marked are the tables {', '.join(marked)}; there should be {', '.join(TABLES)}")
    return MARKED.sub(lambda found: f"{found[1]}{TABLES[found[2]].text(found[3])}{found[4]}", text)


def main() -> None:
    """Update the guide."""
    GUIDE.write_text(with_tables(GUIDE.read_text("utf-8")), "utf-8")


def _line(*cells: str) -> str:
    return "|" + "|".join(f" {cell} " if cell else " " for cell in cells) + "|"


def _cells(line: str) -> list[str]:
    return [cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]]


def _escaped(text: str) -> str:
    return text.replace("|", "\\|")


if __name__ == "__main__":
    main()
