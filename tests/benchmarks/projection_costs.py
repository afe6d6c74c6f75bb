"""Costs of projections beside a layout's own time: compilation, more workers, more points."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable
from typing import TypeVar

import numpy as np

from precompute.attention.head import Head
from precompute.build.backends import run_head_tasks
from precompute.build.execution import ExecutionOptions
from precompute.format.manifest import Recipe
from precompute.metrics.layout_quality import LayoutJudge
from precompute.projections.head_space import HeadSpace
from precompute.projections.registry import PROJECTIONS
from tests.benchmarks.real_heads import RealHeads

Result = TypeVar("Result")


def cpu(function: Callable[..., Result], *arguments: object) -> tuple[Result, float]:
    """Call a function and measure the processor's seconds."""
    begin = time.process_time()
    result = function(*arguments)
    return result, time.process_time() - begin


def workers_speedup(heads: RealHeads) -> float:
    """Elapsed time with one worker divided by that with two."""
    layouts = Recipe(projections=tuple(PROJECTIONS.all())).layouts
    seconds = []
    for workers in (1, 2):
        begin = time.perf_counter()
        for _ in run_head_tasks((heads.task(0, head, layouts) for head in range(6)), ExecutionOptions(workers)):
            pass
        seconds.append(time.perf_counter() - begin)
    return seconds[0] / seconds[1]


def random_space(n: int, d: int = 32) -> HeadSpace:
    """Points in forty groups, for sizes beyond the built-in sentences."""
    rng = np.random.default_rng(0)
    vectors = (rng.normal(0, 2, (40, d))[rng.integers(0, 40, n)] + rng.normal(size=(n, d))).astype(np.float32)
    half = n // 2
    offsets = np.arange(0, half + 1, 20, dtype=np.int32)
    head = Head(vectors[:half], vectors[half:], d**-0.5, False, offsets, np.arange(half, dtype=np.int32) % 20)
    return HeadSpace(head, vectors)


LARGER = (10_000, 20_000, 50_000)
LARGER_COLUMNS = (
    "points",
    "neighbors",
    "attention graph",
    "within types",
    "t-SNE",
    "UMAP",
    "judging a layout",
    "all default layouts",
)


def larger_heads(sizes: tuple[int, ...] = LARGER) -> list[tuple[object, ...]]:
    """Measure what layouts of more points cost.

    Returns
    -------
    list of tuple
        A row for every size, in the order of ``LARGER_COLUMNS``: what layouts share, t-SNE and UMAP in 2-D, and
        all layouts of a recipe by default with what they share, each of them judged.
    """
    return [(n, *costs_of(random_space(n))) for n in sizes]


def costs_of(space: HeadSpace) -> tuple[float, ...]:
    """Measure the seconds of one row of :func:`larger_heads`."""
    recipe = Recipe()
    shared = [cpu(getattr, space, name)[1] for name in ("neighbors", "attention_neighbors", "neighbors_within_types")]
    layouts = {
        (name, dims): cpu(PROJECTIONS.all()[name].function, space, dims)
        for name in recipe.projections
        for dims in recipe.dims
    }
    judging = cpu(LayoutJudge(space).judge, layouts["tsne", 2][0])[1]
    total = sum(shared) + sum(seconds for _, seconds in layouts.values()) + len(layouts) * judging
    return (*shared, layouts["tsne", 2][1], layouts["umap", 2][1], judging, total)


def compilation() -> float:
    """Processor seconds that a first call costs over a second one, with an empty cache of compiled code."""
    program = (
        "import time; from tests.support.head_tasks import head_task;"
        "from precompute.build.head_task import compute_head;"
        "t = [time.process_time()]; [(compute_head(head_task()), t.append(time.process_time())) for _ in range(2)];"
        "print(2 * t[1] - t[0] - t[2])"
    )
    command = (
        "import os, subprocess, sys, tempfile\n"
        "with tempfile.TemporaryDirectory() as cache:\n"
        f"    subprocess.run([sys.executable, '-c', {program!r}], check=True,"
        " env={**os.environ, 'NUMBA_CACHE_DIR': cache})"
    )
    done = subprocess.run([sys.executable, "-c", command], capture_output=True, text=True, check=True)
    return float(done.stdout)
