"""What projections cost beside a layout's own time: compilation, memory, more workers, more points."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable
from typing import TypeVar

import numpy as np

from precompute.parallel import run_head_tasks
from precompute.projection import kernels
from precompute.projection.head_space import HeadSpace
from precompute.projection.neighbours import nearest_neighbours
from precompute.projection.registry import projections
from precompute.projection.tsne_layout import (
    N_EXAGGERATED,
    N_NEIGHBOURS,
    SCHEDULES,
    conditional_probabilities,
    joint_probabilities,
)
from tests.benchmarks.real_heads import RealHeads

Result = TypeVar("Result")


def cpu(function: Callable[..., Result], *arguments: object) -> tuple[Result, float]:
    """Call a function and measure the processor's seconds."""
    begin = time.process_time()
    result = function(*arguments)
    return result, time.process_time() - begin


def workers_speedup(heads: RealHeads) -> float:
    """Elapsed time with one worker divided by that with two."""
    layouts = tuple((name, dims) for name in projections() for dims in (2, 3))
    seconds = []
    for workers in (1, 2):
        begin = time.perf_counter()
        for _ in run_head_tasks((heads.task(0, head, layouts) for head in range(6)), workers=workers):
            pass
        seconds.append(time.perf_counter() - begin)
    return seconds[0] / seconds[1]


def random_space(n: int, d: int = 32) -> HeadSpace:
    """Points in forty groups, for sizes beyond the built-in sentences."""
    rng = np.random.default_rng(0)
    vectors = (rng.normal(0, 2, (40, d))[rng.integers(0, 40, n)] + rng.normal(size=(n, d))).astype(np.float32)
    half = n // 2
    offsets = np.arange(0, half + 1, 20, dtype=np.int32)
    positions = np.arange(half, dtype=np.int32) % 20
    return HeadSpace(vectors, vectors[:half], vectors[half:], d**-0.5, False, offsets, positions)


def larger_heads() -> list[tuple[object, ...]]:
    """Measure neighbours and one iteration of t-SNE for more points, and what a layout takes at most."""
    rows: list[tuple[object, ...]] = []
    for n, iterations in ((10_000, 20), (20_000, 10), (50_000, 2)):
        space = random_space(n)
        _, near = cpu(nearest_neighbours, space.directions, N_NEIGHBOURS)
        affinities = joint_probabilities(conditional_probabilities(space.neighbours))
        y = np.random.default_rng(0).normal(0, 10, (2, n)).astype(np.float32)
        phase = kernels.tsne.Phase(iterations, 1.0, 1e-6, 0.5, -np.inf)
        _, seconds = cpu(kernels.tsne.descend, y, affinities, phase)
        schedule = SCHEDULES["fast"]
        most = N_EXAGGERATED + schedule.n_iterations
        rows.append((n, near, seconds / iterations, near + most * seconds / iterations))
    return rows


MEMORY_PROGRAM = """
import re, tempfile
from pathlib import Path
import numpy as np
from precompute.head_task import HeadTask
from precompute.parallel import run_head_tasks
n, d, heads = 1500, 64, 144
offsets, positions = np.arange(0, n + 1, 20, dtype=np.int32), np.arange(n, dtype=np.int32) % 20
with tempfile.TemporaryFile() as file:
    stored = np.memmap(file, np.float32, "w+", shape=(heads, 2, n, d))
    for head in range(heads):
        stored[head] = np.random.default_rng(head).normal(size=(2, n, d))
    del stored
    stored = np.memmap(file, np.float32, "r", shape=(heads, 2, n, d))
    layouts = (("pca", 2), ("umap", 2))
    tasks = (
        HeadTask(0, i, np.array(stored[i, 0]), np.array(stored[i, 1]), 0.125, False, offsets, positions, layouts)
        for i in range(heads)
    )
    for _ in run_head_tasks(tasks, workers=2):
        pass
print(int(re.search(r"VmHWM:\\s+(\\d+)", Path("/proc/self/status").read_text()).group(1)) / 1024)
"""


def peak_memory() -> float:
    """Measure the MiB that 144 heads of 3000 points and 64 dimensions take at most, two at a time, in a process."""
    done = subprocess.run([sys.executable, "-c", MEMORY_PROGRAM], capture_output=True, text=True, check=True)
    return float(done.stdout)


def compilation() -> float:
    """Elapsed seconds that a first call costs over a second one, with an empty cache of compiled code."""
    program = (
        "import time; from tests.head_tasks import head_task; from precompute.head_task import compute_head;"
        "t = [time.perf_counter()]; [(compute_head(head_task()), t.append(time.perf_counter())) for _ in range(2)];"
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
