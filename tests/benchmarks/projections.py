"""Projections beside scikit-learn and umap-learn: time, divergence, neighbors, memory.

``python -m tests.benchmarks.projections`` prints the figures and writes their section of docs/benchmarks.md.
"""

from __future__ import annotations

import argparse
import sys

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from precompute.build.head_task import compute_head
from precompute.format.manifest import Quality, Recipe
from precompute.metrics.layout_quality import LayoutJudge
from precompute.numeric import Float32
from precompute.projections.head_space import HeadSpace
from precompute.projections.references import scikit_learn_tsne
from precompute.projections.registry import PROJECTIONS, ProjectionFunction
from tests.benchmarks.build_memory import build_memory
from tests.benchmarks.joint_spaces import joint_spaces
from tests.benchmarks.projection_bounds import BOUNDS, broken_bounds
from tests.benchmarks.projection_costs import (
    LARGER_COLUMNS,
    compilation,
    cpu,
    larger_heads,
    random_space,
    workers_speedup,
)
from tests.benchmarks.projection_memory import FEW, MORE, memory_readings
from tests.benchmarks.projection_quality import divergence, ends_of, smaller_heads
from tests.benchmarks.real_heads import RealHeads, real_heads, space_of
from tests.benchmarks.report import exit_status, machine, table, write_section

FloatArray = NDArray[np.float64]

N_TOKENS = 1500
N_TOKENS_LARGE = 5000
HEADS = ((0, 2), (1, 9), (3, 4), (5, 7))
COMPARED = (
    "head",
    "projection",
    "dims",
    "s library",
    "s here",
    "KL library",
    "KL here",
    "kNN kept library",
    "kNN kept here",
    "trust library",
    "trust here",
)


def measure(space: HeadSpace, name: str, points: Float32) -> tuple[float, float, float]:
    """Divergence (t-SNE only), neighbors kept and trustworthiness of a layout."""
    judged = LayoutJudge(space).judge(points)[1]
    kl = divergence(space, points) if name == "tsne" else float("nan")
    return kl, judged["knn_recall"], judged["trustworthiness"]


def _references() -> dict[str, ProjectionFunction]:
    """Return what lays out with a library in quality ``reference``, by projection."""
    return {name: entry.reference for name, entry in PROJECTIONS.all().items() if entry.reference}


def compare(heads: RealHeads, quality: Quality) -> tuple[list[tuple[object, ...]], float, float]:
    """Lay out four heads six ways, with the libraries and with ours.

    Returns
    -------
    rows : list of tuple
        Head, projection, dims, then seconds, KL, recall and trust of the library and of ours.
    library_seconds, our_seconds : float
        In all; ours include the neighbors, which are looked for once a head.
    """
    rows: list[tuple[object, ...]] = []
    library_seconds = our_seconds = 0.0
    for layer, head in HEADS:
        sys.stderr.write(f"layer {layer} head {head}: libraries and ours\n")
        space = space_of(heads.task(layer, head, quality=quality))
        _, neighbor_seconds = cpu(getattr, space, "neighbors")
        our_seconds += neighbor_seconds
        rows.append((f"L{layer} H{head}", "neighbors", "", "", neighbor_seconds, *("",) * 6))
        for name, reference in _references().items():
            for dims in (2, 3):
                theirs, their_seconds = cpu(reference, space, dims)
                ours, seconds = cpu(PROJECTIONS.all()[name].function, space, dims)
                library_seconds += their_seconds
                our_seconds += seconds
                pairs = zip(measure(space, name, theirs), measure(space, name, ours), strict=True)
                judged = ("" if np.isnan(value) else value for pair in pairs for value in pair)
                rows.append((f"L{layer} H{head}", name, dims, their_seconds, seconds, *judged))
    return rows, library_seconds, our_seconds


def worst_figures(rows: list[tuple[object, ...]]) -> dict[str, float]:
    """Take the worst of all heads, 2-D and 3-D, of what the rows of :func:`compare` say beside the libraries."""

    def columns(name: str, theirs: int) -> tuple[FloatArray, FloatArray]:
        chosen = [row for row in rows if row[1] == name]
        library, ours = (np.array([row[column] for row in chosen], float) for column in (theirs, theirs + 1))
        return library, ours

    kl_library, kl_ours = columns("tsne", 5)
    recall_library, recall_ours = columns("tsne", 7)
    trust_library, trust_ours = columns("umap", 9)
    return {
        "divergence": float((kl_ours / kl_library).max()),
        "recall": float((recall_ours - recall_library).min()),
        "trust": float((trust_ours - trust_library).min()),
    }


def main() -> list[str]:
    """Measure everything and write the report; say which bounds are broken."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quality", choices=("fast", "best"), default="fast")
    quality: Quality = parser.parse_args().quality
    compile_seconds = compilation()
    all_heads = real_heads()
    heads = all_heads.first(N_TOKENS)
    with threadpool_limits(1):
        compute_head(heads.task(0, 0, Recipe(projections=tuple(PROJECTIONS.all())).layouts))
        for reference in _references().values():
            reference(random_space(200), 2)
        rows, theirs, ours = compare(heads, quality)
        sys.stderr.write("larger heads, workers, memory\n")
        large = space_of(all_heads.first(N_TOKENS_LARGE).task(3, 4))
        library, library_seconds = cpu(scikit_learn_tsne, large, 2)
        own, own_seconds = cpu(PROJECTIONS.all()["tsne"].function, large, 2)
        smaller = smaller_heads(heads, HEADS)
        larger = larger_heads()
        spaces = joint_spaces(all_heads)
        ends = ends_of([space_of(heads.task(layer, head)) for layer, head in HEADS])
    _, all_laid, few, more = memory_readings()
    whole = build_memory()
    measured = {
        **worst_figures(rows),
        "speed": theirs / ours,
        "large_speed": library_seconds / own_seconds,
        "workers": workers_speedup(heads),
        "memory": max(all_laid, few, more, whole.heads),
        "unmapped": whole.unmapped,
    }
    wanted = {name: bound.wanted for name, bound in BOUNDS.items()}
    text = f"""
## Projections

{machine()}; MiniLM over the built-in sentences, {2 * N_TOKENS} points a head, quality `{quality}`, processor seconds on
one thread. Libraries at their defaults: scikit-learn's t-SNE (1000 iterations) and PCA, umap-learn with a seed.

**All six projections of {len(HEADS)} heads: {theirs:.0f} s with the libraries, {ours:.1f} s here:
{measured["speed"]:.1f} times less** ({wanted["speed"]}). The first call on a machine compiles for
{compile_seconds:.0f} s, once.

Worst of all heads, 2-D and 3-D: KL(P || Q) of t-SNE {measured["divergence"]:.3f} times scikit-learn's
({wanted["divergence"]}), its recall of neighbors {measured["recall"]:+.3f} ({wanted["recall"]}), trustworthiness of
UMAP {measured["trust"]:+.4f} ({wanted["trust"]}).

{table(COMPARED, rows)}

t-SNE 2-D of {2 * N_TOKENS_LARGE} points: {library_seconds:.1f} s with scikit-learn
(KL {divergence(large, library):.3f}), {own_seconds:.1f} s here (KL {divergence(large, own):.3f}):
{measured["large_speed"]:.1f} times less ({wanted["large_speed"]}).

{ends.sentence()}

Two workers against one, elapsed: {measured["workers"]:.2f} times faster ({wanted["workers"]}).

Memory of a process that lays out, two at a time, and summarizes 144 heads of 3000 points and 64 dimensions, mapped
files included: {all_laid:.0f} MiB after PCA of all heads; {few:.0f} MiB after {FEW} heads in every way by default,
{more:.0f} MiB after {MORE} ({wanted["memory"]}). Only heads in work are in memory. A real build of a GPT-2 with random
weights and as many heads, by PCA and t-SNE: {whole.heads:.0f} MiB for the process that lays out heads,
{whole.model:.0f} MiB for the one that runs the model and ends before, of which torch and transformers alone are
{whole.libraries:.0f}. Without mapped files, which the system drops where memory is short, all processes together have
{whole.unmapped:.0f} MiB at a time ({wanted["unmapped"]}).

{spaces}

Smaller heads: KL(P || Q) of t-SNE in 2-D, times scikit-learn's.

{table(("points", *(f"L{layer} H{head}" for layer, head in HEADS)), smaller)}

Larger heads, random groups: seconds for the exact neighbors, for the graphs that layouts of attention start from, for
t-SNE and UMAP in 2-D, for judging one layout, and for all default layouts of a head in a build, 2-D and 3-D.

{table(LARGER_COLUMNS, larger)}
"""
    write_section("projections", text)
    sys.stdout.write(text)
    return broken_bounds(measured)


if __name__ == "__main__":
    sys.exit(exit_status(main()))
