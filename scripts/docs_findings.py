"""Write docs/findings.md, the measured behavior of the demo runs' heads.

Run ``python -m scripts.docs_findings [--store DIR]`` after ``make demo-data``.
"""

from __future__ import annotations

import argparse
import math
import re
from collections.abc import Iterable, Sequence
from pathlib import Path

from precompute.findings.map import redundant_pairs
from precompute.run.catalog import Catalog
from precompute.run.run import Run
from precompute.store.store import Store

TARGET = Path(__file__).resolve().parent.parent / "docs" / "findings.md"

COLUMNS = (
    "previous_token",
    "next_token",
    "self",
    "cls",
    "first_token",
    "sep",
    "punctuation",
    "probe.induction",
    "induction",
    "probe.duplicate_token",
    "same_word",
    "hue",
    "brightness",
    "frequency",
    "angle",
    "row",
    "column",
    "neighbour",
    "effective_keys",
    "sink",
    "sink_share",
    "joint.correlation",
)
"""Metrics of the first table, where a run has them; the others are in a second table."""

PLANE = re.compile(r".+\.[23]\..+")
"""Names of metrics of a projection, which are left to the benchmarks."""

INTRODUCTION = """# What the heads of the demo runs do

Written by `python -m scripts.docs_findings` from the runs that `make demo-data` builds; do not edit by hand.
Scores are 0 where a head attends as evenly as it can, and 1 where it does nothing else.
The docstring of each metric, in `precompute/metrics/methods`, has its formula and source.
The thresholds are in `precompute/findings/kinds.py`.
"""


def findings_document(runs: Iterable[Run]) -> str:
    """Return the document, one section per run."""
    return INTRODUCTION + "".join(run_section(run) for run in runs)


def run_section(run: Run) -> str:
    """Return a run's findings with and without sinks, pairs of similar heads, and a row per head."""
    model, inputs = run.manifest.model, run.manifest.inputs
    heads = f"{model.n_layers} layers of {model.n_heads} heads"
    parts = [
        f"\n## {run.manifest.name}\n",
        f"{heads}; {inputs.n_instances} instances, {inputs.n_tokens} tokens.\n",
        _findings(run, "kind", without_sinks=False),
        _pairs(run, "head_distances", "heads that attend nearly alike"),
    ]
    if run.sinks.any():
        words = run.sink_names
        parts += [
            _findings(run, f"kind, without {words}", without_sinks=True),
            _pairs(run, "head_distances_without_sinks", f"heads that attend nearly alike, without {words}"),
        ]
    names = [info.name for info in run.manifest.metrics if not PLANE.match(info.name)]
    first = [name for name in COLUMNS if name in names]
    return "\n".join([*parts, _all_heads(run, first), _all_heads(run, [name for name in names if name not in first])])


def _findings(run: Run, heading: str, *, without_sinks: bool) -> str:
    rows = [
        (
            finding.kind.title,
            str(len(finding.heads)),
            ", ".join(f"{_name(head.layer, head.head)} ({head.score:.2f})" for head in finding.heads[:3]),
        )
        for finding in run.findings(without_sinks=without_sinks)
    ]
    return _table((heading, "heads that reach it", "strongest"), rows)


def _pairs(run: Run, distances: str, heading: str) -> str:
    pairs = redundant_pairs(run.array(distances))
    heads = [[_name(*divmod(row, run.manifest.model.n_heads)) for row in (pair.first, pair.second)] for pair in pairs]
    rows = [(" and ".join(names), f"{pair.shared:.2f}") for names, pair in zip(heads, pairs, strict=True)]
    return _table((heading, "share"), rows) if rows else f"{heading.capitalize()}: none.\n"


def _all_heads(run: Run, names: Sequence[str]) -> str:
    labels = {info.name: info.label for info in run.manifest.metrics}
    model = run.manifest.model
    rows = [
        (_name(layer, head), *(_number(float(run.metric(name)[layer, head])) for name in names))
        for layer in range(model.n_layers)
        for head in range(model.n_heads)
    ]
    return _table(("head", *(labels[name].lower() for name in names)), rows)


def _name(layer: int, head: int) -> str:
    return f"L{layer} H{head}"


def _number(value: float) -> str:
    return f"{value:.2f}" if math.isfinite(value) else ""


def _table(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [headings, ["---"] * len(headings), *rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def main() -> None:
    """Write the document."""
    parser = argparse.ArgumentParser(description="Write docs/findings.md from the runs of a store.")
    parser.add_argument("--store", type=Path, default=Path(".store"), help="directory of runs (default: %(default)s)")
    with Store(parser.parse_args().store, read_only=True) as store:
        catalog = Catalog(store)
        runs = sorted(catalog.runs(), key=lambda manifest: manifest.created)
        TARGET.write_text(findings_document(catalog.open(manifest.run) for manifest in runs), encoding="utf-8")
    print(f"{TARGET}: {len(runs)} runs")


if __name__ == "__main__":
    main()
