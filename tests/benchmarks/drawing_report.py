"""The section that the drawing benchmark writes, and what it falls short of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from tests.benchmarks.drawing_turns import SCRIPT_ROUNDS, Comparison
from tests.benchmarks.report import machine, table

SMALL, LARGE = "12x12x1500", "12x12x5000"
PATCHES, DOTS = "12x12x10of14x14", "12x12x1970"
"""Ten images of 14 x 14 patches and [CLS], and a text of as many tokens."""
ROUNDS = 3
PATCH_ROUNDS = 5
DRAG_FRAMES = 4
ACTIONS: Mapping[str, tuple[str, ...]] = {
    "recolor": ("position", "chance", "type"),
    "project": ("umap", "tsne"),
    "search": ("cat", "river"),
}
"""The actions in turn; ``chance`` has a different color for every point of every head."""
PATCH_ACTIONS: Mapping[str, tuple[str | int, ...]] = {
    "drag": (1,),
    "recolor": ACTIONS["recolor"],
    "search": ("/cat|patch 3,/", "/river|patch 11,/"),
}
"""The searches find one of 16 words in the text and one of 14 rows in the images: about as many points."""
NAMES = {
    "firstPaint": "first paint",
    "recolor": "recolor",
    "project": "new projection",
    "search": "search",
    "drag": "drag frame",
}
LEAST_RATIO = {"firstPaint": 3, "recolor": 8, "project": 8, "search": 8}
MOST_GROWTH = 2
MOST_PATCH_RATIO = 1.5
GROWING = ("recolor", "search", "drag")


@dataclass(frozen=True)
class Figures:
    """Measured results.

    Attributes
    ----------
    drawn, stubbed : Comparison
        Plotly and ours.
    growth : dict of str to dict of str to float
        Milliseconds of script by run and action.
    sent : tuple of float and int
        Bytes a point, and how often the most frequent request was sent.
    patches : Comparison
        Patches and dots, drawn.
    patch_scripts : dict of str to dict of str to float
        As ``growth``, of patches and of dots.
    """

    drawn: Comparison
    stubbed: Comparison
    growth: Mapping[str, Mapping[str, float]]
    sent: tuple[float, int]
    patches: Comparison
    patch_scripts: Mapping[str, Mapping[str, float]]


def script_ratios(scripts: Mapping[str, Mapping[str, float]], over: str, under: str) -> dict[str, float]:
    """How many times as much script one run takes as another, by action."""
    return {action: taken / scripts[under][action] for action, taken in scripts[over].items()}


def report(figures: Figures) -> str:
    """Write the section."""
    rows: list[tuple[object, ...]] = []
    for action, name in NAMES.items():
        pairs = [(run.first[action], run.second[action], run.ratio[action]) for run in (figures.drawn, figures.stubbed)]
        rows.append((name, *pairs[0], *pairs[1], LEAST_RATIO.get(action, "")))
    columns = (
        "ms",
        "plotly, drawn",
        "ours, drawn",
        "times faster",
        "plotly, stubbed",
        "ours, stubbed",
        "times faster",
        "wanted",
    )
    times = script_ratios(figures.growth, LARGE, SMALL)
    grown = [
        (NAMES[action], figures.growth[SMALL][action], figures.growth[LARGE][action], times[action])
        for action in GROWING
    ]
    sent = figures.sent
    return f"""
## Drawing

{machine()}; one headless Chromium with software GL, 1400 x 900, 144 heads of 3 000 points. Medians of {ROUNDS}
rounds in which both pages take turns, from the change to pixels that can be read back, all data fetched before; ratios
are medians over pairs. *Stubbed*: the same without the draw calls, about the time that remains with a graphics card.
The baseline is plotly's fastest way to draw this picture: all heads in one `scattergl` trace over one pair of axes,
typed arrays, `Plotly.restyle`.

{table(columns, rows)}

Milliseconds of script, draw calls stubbed, medians of {SCRIPT_ROUNDS}:

{table(("ms", "3 000 points a head", "10 000 points a head", "times"), grown)}

A two-dimensional projection is {sent[0]:.0f} bytes a point. In a session that goes twice through colors, projections
and searches, no address was requested more than {sent[1]} time{"s" * (sent[1] > 1)}.

{patch_report(figures.patches, figures.patch_scripts)}
"""


def patch_report(drawn: Comparison, scripts: Mapping[str, Mapping[str, float]]) -> str:
    """Write the part of the section that is about patches."""
    times = script_ratios(scripts, PATCHES, DOTS)
    rows: list[tuple[object, ...]] = [
        (
            NAMES[action],
            *(drawn.first[action], drawn.second[action], drawn.ratio[action]),
            *(scripts[PATCHES][action], scripts[DOTS][action], times[action]),
            f"at most {MOST_PATCH_RATIO}",
        )
        for action in PATCH_ACTIONS
    ]
    columns = (
        "ms",
        "patches, drawn",
        "dots, drawn",
        "times",
        "patches, script",
        "dots, script",
        "times",
        "wanted",
    )
    return f"""
Ten images of 14 x 14 patches drawn as these patches, and a text of as many tokens drawn as dots, 144 heads of 3 940
points: *drawn* as above, medians of {PATCH_ROUNDS} rounds; *script* as above, draw calls stubbed, medians of
{SCRIPT_ROUNDS}. The first paint of patches takes {drawn.ratio["firstPaint"]:.2f} times as long.

{table(columns, rows)}
""".strip()


def shortfalls(figures: Figures) -> list[str]:
    """Return the bounds on speed and size that are not met."""
    found = []
    for label, run in (("drawn", figures.drawn), ("stubbed", figures.stubbed)):
        found += [
            f"{NAMES[action]}, {label}: {run.ratio[action]:.1f} times faster than plotly, not {least}"
            for action, least in LEAST_RATIO.items()
            if run.ratio[action] < least
        ]
    found += [
        f"{NAMES[action]}: {ratio:.1f} times the script at 10 000 points a head, not {MOST_GROWTH}"
        for action, ratio in script_ratios(figures.growth, LARGE, SMALL).items()
        if ratio > MOST_GROWTH
    ]
    of_patches = {"drawn": figures.patches.ratio, "script": script_ratios(figures.patch_scripts, PATCHES, DOTS)}
    found += [
        f"{NAMES[action]}, {label}: patches take {ratios[action]:.2f} times as long as dots, not {MOST_PATCH_RATIO}"
        for label, ratios in of_patches.items()
        for action in PATCH_ACTIONS
        if ratios[action] > MOST_PATCH_RATIO
    ]
    bytes_a_point, most_often = figures.sent
    if bytes_a_point > 4 or most_often > 1:
        found.append(f"{bytes_a_point:.1f} bytes a point, one address asked for {most_often} times")
    return found
