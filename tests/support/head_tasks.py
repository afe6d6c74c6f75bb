"""Small heads for tests of layouts."""

from __future__ import annotations

import numpy as np

from precompute.build.head_task import HeadResult, HeadTask
from precompute.projections.registry import projections

ALL_LAYOUTS = tuple((name, dims) for name in sorted(projections()) for dims in (2, 3))


def head_task(
    head: int = 0,
    *,
    n_instances: int = 6,
    length: int = 10,
    d_head: int = 8,
    layouts: tuple[tuple[str, int], ...] = ALL_LAYOUTS,
) -> HeadTask:
    """Make a head of random queries and keys, each head another."""
    n = n_instances * length
    queries, keys = np.random.default_rng(head).normal(size=(2, n, d_head)).astype(np.float32)
    return HeadTask(
        layer=1,
        head=head,
        queries=queries,
        keys=keys + np.float32(2),
        scale=d_head**-0.5,
        causal=False,
        offsets=np.arange(0, n + 1, length, dtype=np.int32),
        positions=np.tile(np.arange(length, dtype=np.int32), n_instances),
        projections=layouts,
    )


def result_bytes(result: HeadResult) -> bytes:
    """Everything a worker gave back, as bytes."""
    arrays = [*result.coords.values(), *result.preservation.values()]
    return b"".join(array.tobytes() for array in arrays) + repr(sorted(result.metrics.items())).encode()
