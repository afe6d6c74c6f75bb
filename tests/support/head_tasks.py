"""Small heads for tests of layouts."""

from __future__ import annotations

import numpy as np

from precompute.build.head_task import HeadResult, HeadTask
from precompute.format.manifest import LayoutKey
from precompute.projections.registry import PROJECTIONS
from tests.support.heads import head_of

ALL_LAYOUTS = tuple(LayoutKey(name, dims) for name in sorted(PROJECTIONS.all()) for dims in (2, 3))


def head_task(
    head: int = 0,
    *,
    n_instances: int = 6,
    length: int = 10,
    d_head: int = 8,
    layouts: tuple[LayoutKey, ...] = ALL_LAYOUTS,
) -> HeadTask:
    """Make a head of random queries and keys, each head another."""
    n = n_instances * length
    queries, keys = np.random.default_rng(head).normal(size=(2, n, d_head)).astype(np.float32)
    offsets = np.arange(0, n + 1, length, dtype=np.int32)
    return HeadTask(head_of(queries, keys + np.float32(2), d_head**-0.5, offsets, layer=1, index=head), layouts)


def result_bytes(result: HeadResult) -> bytes:
    """Everything a worker gave back, as bytes."""
    shares = [share for kept in result.kept.values() for share in (kept.partners, kept.neighbors)]
    arrays = [*result.coords.values(), *shares]
    return b"".join(array.tobytes() for array in arrays) + repr(sorted(result.metrics.items())).encode()
