"""The page docs/models.md, from the outcomes of a census."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

Row = Mapping[str, Any]

GROUPS: Mapping[str, str] = {
    "exact": "exact to 1e-5",
    "wrong": "wrong",
    "traceback": "traceback",
    "blocks": "refused: attention over blocks, several patterns a head, or a sink that depends on the token",
    "inputs": "refused: needs inputs beside text",
    "none": "refused: no attention over its own tokens",
    "other kind": "refused: reads sound, time series or something other than text and images",
    "vision": "vision model, measured by tests/contract/test_vision_capture.py, or refused by its type",
    "large": "too large for the census, even when tiny",
    "unbuildable": "not buildable: a part of another model, or the library cannot build it from a tiny configuration",
}
"""Groups of outcomes, in the order of the page."""

WITH_ATTENTION = ("exact", "wrong", "traceback", "blocks", "inputs")
"""Groups of the text types that have attention."""

_REFUSALS = (
    (r"vision transformer|has no image processor", "vision"),
    (r"of transformers (?:reads|does not read)", "other kind"),
    (r"no attention seen|only cross-attention", "none"),
    (r"memory of this machine|ran out of memory", "large"),
    (r"forward pass failed|lacks \d+ of its weights|cannot be loaded", "inputs"),
)


def group_of(row: Row) -> str:
    """Return the group of an outcome."""
    outcome: str = row["outcome"]
    if outcome == "image":
        return "vision"
    if outcome == "too large":
        return "large"
    if outcome != "refused":
        return outcome
    return next((group for pattern, group in _REFUSALS if re.search(pattern, row["reason"])), "blocks")


def report(rows: Iterable[Row], versions: str) -> str:
    """Return the page in Markdown.

    Parameters
    ----------
    versions
        The measured libraries.
    """
    groups: dict[str, list[Row]] = defaultdict(list)
    for row in sorted(rows, key=lambda row: row["type"]):
        groups[group_of(row)].append(row)
    n_attention = sum(len(groups[name]) for name in WITH_ATTENTION)
    share = len(groups["exact"]) / n_attention if n_attention else 0.0
    lines = [
        "# Models",
        "",
        "`make census` writes this page.",
        "It makes a tiny random checkpoint of every model type, shows four sentences of different length in one padded "
        "batch, and compares every pattern with the model's own eager attention of each sentence alone.",
        "",
        f"Measured with {versions}.",
        f"Of {n_attention} text types with attention, {len(groups['exact'])} are exact ({share:.0%}).",
        "",
        "| outcome | types |",
        "|---|---|",
        *(f"| {meaning} | {len(groups[name])} |" for name, meaning in GROUPS.items()),
        "",
        "## Exact",
        "",
        ", ".join(f"`{row['type']}`{_marks(row)}" for row in groups["exact"]) + ".",
        "",
        "S marks a sink logit, C a soft cap, B a stored mask or bias, 1 sentences that run alone, G layers without "
        "attention between the others.",
        "",
    ]
    for name in ("wrong", "traceback", "blocks", "inputs", "none", "other kind"):
        if groups[name]:
            lines += [f"## {GROUPS[name].partition(': ')[2].capitalize() or GROUPS[name].capitalize()}", ""]
            lines += ["| type | answer |", "|---|---|"]
            lines += [f"| `{row['type']}` | {_cell(row)} |" for row in groups[name]]
            lines.append("")
    for name in ("vision", "large", "unbuildable"):
        if groups[name]:
            lines += [f"## {GROUPS[name].partition(':')[0].capitalize()}", ""]
            lines += [", ".join(f"`{row['type']}`" for row in groups[name]) + ".", ""]
    return "\n".join(lines)


def _marks(row: Row) -> str:
    layers = row.get("layers", ())
    marks = {
        "S": row.get("sink"),
        "C": row.get("cap"),
        "B": "stored" in row.get("masks", ()),
        "1": any("run alone" in warning for warning in row.get("warnings", ())),
        "G": list(layers) != list(range(len(layers))),
    }
    found = "".join(mark for mark, present in marks.items() if present)
    return f" {found}" if found else ""


def _cell(row: Row) -> str:
    if row["outcome"] == "wrong":
        return f"differs by {row['worst']:.1e}"
    return str(row["reason"]).replace("|", "\\|").replace("\n", " ").replace(" DIR ", " its directory ")
