"""Memory of a build: 144 heads of 3000 points and 64 dimensions, as a capture in a store.

``python -m tests.benchmarks.projection_memory`` is a process of its own, whose highest memory is read at three points.
All heads are laid out by PCA and summarized as in a build, so that whatever grows with their number is seen. The other
projections are then laid out for a few heads only: heads are independent, and the second reading shows that the
memory does not grow with them.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tempfile
from contextlib import suppress
from pathlib import Path

import numpy as np

from precompute.build.assemble import find_or_assemble
from precompute.build.capture import Capture, CaptureRecord
from precompute.build.execution import ExecutionOptions
from precompute.build.layouts import HeadParts, lay_out_heads
from precompute.build.measure import find_or_measure, summarize
from precompute.build.request import Progress, ignore_progress
from precompute.format.manifest import LayoutKey, Recipe, TokenTable
from precompute.format.typed_json import to_json
from precompute.store.store import Store

N_LAYERS, N_HEADS, N_TOKENS, D_HEAD, LENGTH, N_WORDS = 12, 12, 1500, 64, 20, 300
WORKERS = 2
FEW, MORE = 4, 12
"""Heads laid out in every way by default when memory is read."""


class EnoughError(Exception):
    """As many heads as wanted have been laid out."""


def highest_memory() -> float:
    """Read the most memory that this process has held, in MiB, mapped files included."""
    found = re.search(r"VmHWM:\s+(\d+)", Path("/proc/self/status").read_text(encoding="utf-8"))
    return int(found.group(1)) / 1024 if found else float("nan")


def captured(store: Store, directory: Path) -> Capture:
    """Put a capture of random heads into a store, with one head at a time in memory."""
    rng = np.random.default_rng(0)
    arrays = {}
    for name, shape in (("queries", (N_TOKENS, D_HEAD)), ("keys", (N_TOKENS, D_HEAD)), ("value_norms", (N_TOKENS,))):
        file = store.create_array(directory / f"{name}.npy", "float32", (N_LAYERS, N_HEADS, *shape))
        for layer in range(N_LAYERS):
            for head in range(N_HEADS):
                file[layer, head] = rng.normal(size=shape)
        file.flush()
        del file
        arrays[name] = store.put_array_file(directory / f"{name}.npy")
    offsets = np.arange(0, N_TOKENS + 1, LENGTH, dtype=np.int32)
    norms = np.full((N_LAYERS, N_HEADS, N_TOKENS), D_HEAD**0.5, np.float32)
    words = tuple(f"word{number}" for number in rng.integers(0, N_WORDS, N_TOKENS))
    instances = tuple(f"sentence {number}" for number in range(len(offsets) - 1))
    table = TokenTable(words, words, (False,) * N_TOKENS, tuple(offsets.tolist()), instances)
    arrays |= {
        "query_norms": store.put_array(norms),
        "key_norms": store.put_array(norms),
        "scales": store.put_array(np.full(N_LAYERS, D_HEAD**-0.5, np.float32)),
        "offsets": store.put_array(offsets),
        "positions": store.put_array(np.tile(np.arange(LENGTH, dtype=np.int32), N_TOKENS // LENGTH)),
        "tokens": store.put_document(to_json(table)),
    }
    return Capture(CaptureRecord(N_LAYERS, N_HEADS, N_HEADS, D_HEAD, ("full",) * N_LAYERS, arrays), store)


def lay_out(capture: Capture, recipe: Recipe, store: Store, *, most: int) -> HeadParts:
    """Lay out some heads as a build does."""
    parts = HeadParts("capture/benchmark", recipe.quality, recipe.seed, store)

    def stop(progress: Progress) -> None:
        if progress.done >= most:
            raise EnoughError

    with suppress(EnoughError):
        on_progress = stop if most < N_LAYERS * N_HEADS else ignore_progress
        lay_out_heads(capture, recipe, parts, recipe.layouts, ExecutionOptions(WORKERS), on_progress)
    return parts


def main() -> None:
    """Build, and print the readings as JSON: the process at its start, after all heads, after few, after more."""
    with tempfile.TemporaryDirectory() as directory:
        store = Store(Path(directory) / "store")
        capture = captured(store, Path(directory))
        readings = [highest_memory()]
        parts = lay_out(capture, Recipe(projections=("pca",), dims=(2,)), store, most=N_LAYERS * N_HEADS)
        pca = LayoutKey("pca", 2)
        layouts = {pca: find_or_assemble(capture.record, parts, pca)}
        measured = find_or_measure(
            capture, store, "measured/benchmark", kind="text", workers=1, on_progress=ignore_progress
        )
        summarize(capture.record, measured, layouts, store)
        readings.append(highest_memory())
        for most in (FEW, MORE):
            lay_out(capture, Recipe(), store, most=most)
            readings.append(highest_memory())
    sys.stdout.write(json.dumps(readings))


def memory_readings() -> list[float]:
    """Run the process; give its readings in MiB."""
    command = [sys.executable, "-m", "tests.benchmarks.projection_memory"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return [float(reading) for reading in json.loads(done.stdout)]


if __name__ == "__main__":
    main()
