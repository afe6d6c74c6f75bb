"""Loading of the compiled kernels, compiled first on a new machine, while the model runs in its process."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from threading import Thread

import numpy as np

from precompute.attention.head import Head
from precompute.build.head_task import HeadTask, compute_head
from precompute.format.manifest import LayoutKey

N_TOKENS, D_HEAD = 60, 8


@contextmanager
def kernels_loading(layouts: tuple[LayoutKey, ...]) -> Iterator[None]:
    """Load the kernels of some layouts during the block, by laying out a small head in a thread.

    Compiling takes eight seconds, during which this process only waits for the model's.
    """
    thread = Thread(target=_lay_out_small_head, args=(layouts,), name="kernels", daemon=True)
    thread.start()
    yield
    thread.join()


def _lay_out_small_head(layouts: tuple[LayoutKey, ...]) -> None:
    queries, keys = np.random.default_rng(0).normal(size=(2, N_TOKENS, D_HEAD)).astype(np.float32)
    offsets, positions = np.array([0, N_TOKENS], np.int32), np.arange(N_TOKENS, dtype=np.int32)
    # Read-only, as the mapped arrays of a capture: kernels are compiled separately for writable arrays.
    for array in (queries, keys, offsets, positions):
        array.flags.writeable = False
    small = HeadTask(Head(queries, keys, 1.0, False, offsets, positions), layouts)
    # A failure here repeats when heads are laid out, and is reported there.
    with suppress(Exception):
        compute_head(small)
