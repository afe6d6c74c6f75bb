"""Layouts of attention: what every projection keeps, graphs and objectives side by side, one head after another.

``python -m tests.benchmarks.attention_layouts`` prints the figures and writes their section of docs/benchmarks.md.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from precompute.build.head_task import compute_head
from precompute.format.manifest import Recipe
from precompute.metrics.layout_quality import LayoutJudge
from precompute.projections import kernels
from precompute.projections.head_space import HeadSpace
from precompute.projections.methods.attention import attention_affinities
from precompute.projections.methods.pca import starting_layout
from precompute.projections.methods.tsne import (
    EARLY_MOMENTUM,
    EARLY_RATE,
    EXAGGERATION,
    FAST,
    LATE_RATE,
    N_EXAGGERATED,
    START_SPREAD,
)
from precompute.projections.registry import PROJECTIONS
from tests.benchmarks.attention_objectives import LAYOUTS, METRICS, NEW, OLD, LayOut
from tests.benchmarks.attention_without_sinks import build_times_more, kept_without_sinks
from tests.benchmarks.projection_bounds import ATTENTION_BOUNDS, broken_bounds
from tests.benchmarks.projection_costs import cpu
from tests.benchmarks.real_heads import RealHeads, heads_of, real_heads, space_of
from tests.benchmarks.report import exit_status, machine, table, write_section

N_TOKENS = 1500
HEADS = ((0, 2), (0, 7), (1, 9), (2, 2), (3, 4), (4, 10), (5, 1), (5, 7))
KEPT = ("keys of a query", "queries of a key", "attention mass", "kNN kept", "trust")
TINY = (("tiny-gpt2", "tiny-words"), ("tiny-vit", "gallery"))


@dataclass(frozen=True)
class Compared:
    """One way to lay out, over several heads.

    Attributes
    ----------
    kept : float64 [n_heads, 5]
        ``METRICS`` of every head.
    seconds : float
        Of the layouts and the graphs they start from, all heads together.
    """

    kept: NDArray[np.float64]
    seconds: float


def measure(spaces: Sequence[HeadSpace], lay_out: LayOut) -> Compared:
    """Lay out every head from the start, and judge it."""
    kept, total = [], 0.0
    for shared in spaces:
        space = HeadSpace(shared.head, shared.joint, shared.quality, shared.seed)
        points, seconds = cpu(lay_out, space)
        metrics = LayoutJudge(space).judge(points)[1]
        kept.append([metrics[name] for name in METRICS])
        total += seconds
    return Compared(np.array(kept), total)


def attention_kept(heads: RealHeads) -> list[tuple[object, ...]]:
    """Measure what every projection keeps of the attention, mean over eight heads."""
    layouts = Recipe(projections=tuple(PROJECTIONS.all())).layouts
    tasks = [replace(heads.task(layer, head, layouts), sinks=None) for layer, head in HEADS]
    results = [compute_head(task).metrics for task in tasks]
    return [
        (
            key.projection,
            key.dims,
            *(float(np.mean([r[f"{key.name}.{metric}"] for r in results])) for metric in (*METRICS, "correlation")),
        )
        for key in layouts
    ]


def times_more(kept: list[tuple[object, ...]]) -> float:
    """Share of strongest partners that t-SNE of attention keeps in 2-D, divided by that of t-SNE."""
    recalls = {row[:2]: np.mean([float(str(value)) for value in row[2:4]]) for row in kept}
    return float(recalls["attention-tsne", 2] / recalls["tsne", 2])


def divergences(space: HeadSpace) -> list[float]:
    """Return KL(P || Q) of a head's `attention-tsne` in 2-D at every check of the stopping rule."""
    graph, n_queries = attention_affinities(space), len(space.head.queries)
    begin = np.ascontiguousarray(starting_layout(space.directions, 2, START_SPREAD, space.seed).T)
    phase = kernels.tsne.Phase
    kernels.tsne.descend(begin, graph, phase(N_EXAGGERATED, EXAGGERATION, EARLY_RATE, EARLY_MOMENTUM, 0.0), n_queries)
    found = []
    for n_iterations in range(kernels.tsne.CHECK_EVERY, FAST.n_iterations + 1, kernels.tsne.CHECK_EVERY):
        points = begin.copy()
        late = phase(n_iterations, 1.0, LATE_RATE, FAST.momentum, FAST.tolerance)
        done = kernels.tsne.descend(points, graph, late, n_queries)
        found.append(kernels.tsne.kl_divergence(points, graph, n_queries))
        if done < n_iterations:
            break
    return found


def largest_rise(spaces: Sequence[HeadSpace]) -> float:
    """Return the largest change of KL(P || Q) from one check to the next in any head, in nats; below 0 if it falls."""
    return float(max(np.diff(divergences(space)).max() for space in spaces))


def tiny_spaces(preset: str, inputs: str) -> list[HeadSpace]:
    """Return all heads of a tiny model."""
    heads = heads_of(preset, inputs).first(N_TOKENS)
    n_layers, n_heads, *_ = heads.queries.shape
    return [space_of(heads.task(layer, head)) for layer in range(n_layers) for head in range(n_heads)]


def rows_of(compared: dict[str, Compared]) -> list[tuple[object, ...]]:
    """Return a row a way: the means over heads, and seconds times those of the old way."""
    return [
        (name, *np.nanmean(way.kept, axis=0).tolist(), way.seconds / compared[OLD].seconds)
        for name, way in compared.items()
    ]


def head_rows(before: Compared, now: Compared) -> list[tuple[object, ...]]:
    """Return a row a head: recall of queries, of keys, mass and neighbors, before and now."""
    return [
        (f"L{layer} H{head}", *(value for pair in zip(old[:4], new[:4], strict=True) for value in map(float, pair)))
        for (layer, head), old, new in zip(HEADS, before.kept, now.kept, strict=True)
    ]


def main() -> list[str]:
    """Measure, write the report, and return the broken bounds."""
    heads = real_heads().first(N_TOKENS)
    spaces = [space_of(heads.task(layer, head)) for layer, head in HEADS]
    with threadpool_limits(1):
        compute_head(heads.first(200).task(0, 0, Recipe(projections=tuple(PROJECTIONS.all())).layouts))
        sys.stderr.write("every projection\n")
        kept = attention_kept(heads)
        sys.stderr.write("graphs and objectives\n")
        compared = {name: measure(spaces, lay_out) for name, lay_out in LAYOUTS.items()}
        tiny = {
            f"{preset}, {len(found)} heads": {name: measure(found, LAYOUTS[name]) for name in (OLD, NEW)}
            for preset, found in ((preset, tiny_spaces(preset, inputs)) for preset, inputs in TINY)
        }
        rise = largest_rise(spaces)
        sys.stderr.write("without sinks\n")
        without = kept_without_sinks(spaces, heads.sinks)
        recipe = Recipe()
        second = build_times_more([heads.task(layer, head, recipe.layouts) for layer, head in HEADS])
    before, now = compared[OLD], compared[NEW]
    queries, keys, mass, neighbors = np.mean(now.kept, axis=0)[:4].tolist()
    measured = {
        "attention": times_more(kept),
        "queries": queries,
        "keys": keys,
        "mass": mass,
        "neighbors": neighbors,
        "seconds": now.seconds / before.seconds,
        "mass_of_heads": float((now.kept[:, 2] - before.kept[:, 2]).min()),
        "other_keys": without.queries,
        "second": second,
        "rise": rise,
    }
    wanted = {name: bound.wanted for name, bound in ATTENTION_BOUNDS.items()}
    text = f"""
## Layouts of attention

{machine()}; eight heads of MiniLM over the built-in sentences, {2 * N_TOKENS} points a head, quality `fast`. Means over
heads: share of a query's ten strongest keys among its ten nearest keys in the layout, the same for keys, the
attention, inside the sentence, on the five keys nearest to the query, neighbors of the joint space kept, and
trustworthiness. **t-SNE of attention keeps {measured["attention"]:.1f} times the share of t-SNE**
({wanted["attention"]}).

{table(("projection", "dims", *KEPT, "distance vs dot product"), kept)}

Graphs and objectives of a layout in 2-D (adr/0006); time is processor seconds with the graph, times those of the way
before.

{table(("layout", *KEPT, "time"), rows_of(compared))}

Wanted of the one in use: keys of a query {queries:.3f} ({wanted["queries"]}), queries of a key {keys:.3f}
({wanted["keys"]}), attention mass {mass:.3f} ({wanted["mass"]}), neighbors {neighbors:.3f} ({wanted["neighbors"]}),
time {measured["seconds"]:.2f} ({wanted["seconds"]}), change of mass in the worst head
{measured["mass_of_heads"]:+.4f} ({wanted["mass_of_heads"]}). KL(P || Q) falls from each check to the next, by at least
{-rise:.4f} in all heads.

Without sinks (special tokens), the same heads, judged by the other tokens alone (adr/0009). {without.n_second} of
{len(HEADS)} heads have a second layout, made without sinks. Keys of a query kept: {without.queries:.3f}
({wanted["other_keys"]}). All layouts of a recipe by default ({", ".join(recipe.projections)}; 2-D and 3-D) take
{second:.2f} times the processor seconds that they take without second layouts ({wanted["second"]}).

{table(("layout", *KEPT), without.rows)}

Every head, before and now:

{table(("head", *(f"{name}, {when}" for name in KEPT[:4] for when in ("before", "now"))), head_rows(before, now))}

All heads of the tiny models, means:

{table(("model", "layout", *KEPT, "time"), [(model, *row) for model, ways in tiny.items() for row in rows_of(ways)])}
"""
    write_section("attention", text)
    sys.stdout.write(text)
    return broken_bounds(measured, ATTENTION_BOUNDS)


if __name__ == "__main__":
    sys.exit(exit_status(main()))
