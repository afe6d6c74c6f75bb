"""Kernels of layouts are loaded, and on a new machine compiled, while a model runs in the process beside."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from threading import Thread

import numpy as np

from precompute.build.head_task import HeadTask, compute_head
from precompute.build.job import LayoutKey

N_TOKENS, D_HEAD = 60, 8


@contextmanager
def kernels_loading(planes: tuple[LayoutKey, ...]) -> Iterator[None]:
    """Lay out a small head in a thread while the block runs; at its end the kernels are there.

    Compiling takes eight seconds, in which this process would else only wait for the model's.

    Parameters
    ----------
    planes : tuple of (str, int)
        Projections and dimensions that will be wanted.
    """
    thread = Thread(target=_lay_out_small_head, args=(planes,), name="kernels", daemon=True)
    thread.start()
    yield
    thread.join()


def _lay_out_small_head(planes: tuple[LayoutKey, ...]) -> None:
    queries, keys = np.random.default_rng(0).normal(size=(2, N_TOKENS, D_HEAD)).astype(np.float32)
    offsets, positions = np.array([0, N_TOKENS], np.int32), np.arange(N_TOKENS, dtype=np.int32)
    # As those of a run, which are mapped for reading: a kernel is compiled anew for arrays that can be written.
    for array in (queries, keys, offsets, positions):
        array.flags.writeable = False
    small = HeadTask(0, 0, queries, keys, 1.0, False, offsets, positions, planes)
    # What fails here fails again when heads are laid out, and is told there.
    with suppress(Exception):
        compute_head(small)
