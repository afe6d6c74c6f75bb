"""Write docs/findings.md: what the heads of the demo runs do, in numbers.

Run ``python -m scripts.docs_findings [--store DIR]`` once ``make demo-data`` has built the runs.
"""

from __future__ import annotations

import argparse
import math
from collections.abc import Iterable, Sequence
from pathlib import Path

from precompute.catalog import Catalog
from precompute.findings import find_heads
from precompute.head_map import redundant_pairs
from precompute.run import WITHOUT_SINKS, Run
from precompute.sinks import sinks_in_words
from precompute.store import Store

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
"""Metrics of the long table, where a run has them."""

INTRODUCTION = """# What the heads of the demo runs do

Written by `python -m scripts.docs_findings` from the runs that `make demo-data` builds; do not edit by hand.
Scores are 0 where a head attends as evenly as it could, and 1 where it does nothing else. Each metric's formula and
source stand in its docstring, in `precompute/metrics`; thresholds stand in `precompute/findings.py`.
"""


def findings_document(runs: Iterable[Run]) -> str:
    """Return the whole document, a section for each run."""
    return INTRODUCTION + "".join(run_section(run) for run in runs)


def run_section(run: Run) -> str:
    """Return what a run's heads do: kinds, with and without sinks, pairs that attend alike, and a row for each head."""
    model, inputs = run.manifest.model, run.manifest.inputs
    heads = f"{model.n_layers} layers of {model.n_heads} heads"
    parts = [
        f"\n## {run.manifest.name}\n",
        f"{heads}; {inputs.n_instances} instances, {inputs.n_tokens} tokens.\n",
        _table(("kind", "heads that reach it", "strongest"), _findings(run, without_sinks=False)),
    ]
    if WITHOUT_SINKS in run.manifest.arrays:
        words = sinks_in_words(run.tokens, causal="causal" in run.manifest.masks)
        kind = f"kind, without {words}"
        parts.append(_table((kind, "heads that reach it", "strongest"), _findings(run, without_sinks=True)))
    if "head_distances" in run.manifest.arrays:
        pairs = redundant_pairs(run.array("head_distances"))
        names = (
            f"{_name(*divmod(p.first, model.n_heads))} and {_name(*divmod(p.second, model.n_heads))}" for p in pairs
        )
        rows = [(name, f"{pair.shared:.2f}") for name, pair in zip(names, pairs, strict=True)]
        parts.append(
            _table(("heads that attend nearly alike", "share"), rows) if rows else "No two heads attend alike.\n"
        )
    return "\n".join([*parts, _all_heads(run)])


def _findings(run: Run, *, without_sinks: bool) -> list[tuple[str, ...]]:
    metrics = {info.name: run.metric(info.name, without_sinks=without_sinks) for info in run.manifest.metrics}
    return [
        (
            finding.kind.title,
            str(finding.count),
            ", ".join(f"{_name(head.layer, head.head)} ({head.score:.2f})" for head in finding.heads),
        )
        for finding in find_heads(metrics)
    ]


def _all_heads(run: Run) -> str:
    labels = {info.name: info.label for info in run.manifest.metrics}
    shown = [name for name in COLUMNS if name in labels]
    model = run.manifest.model
    rows = [
        (_name(layer, head), *(_number(float(run.metric(name)[layer, head])) for name in shown))
        for layer in range(model.n_layers)
        for head in range(model.n_heads)
    ]
    return _table(("head", *(labels[name].lower() for name in shown)), rows)


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
