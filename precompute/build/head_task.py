"""One head as a task of its own: from its queries and keys to all its coordinates, a pure function of its input."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from precompute.attention.pattern import require_finite_attention
from precompute.embedding.joint import joint_embedding
from precompute.errors import NumericalError
from precompute.format.manifest import Quality
from precompute.metrics.layout_quality import LayoutJudge
from precompute.numeric import Float32, Int32
from precompute.projections.head_space import HeadSpace
from precompute.projections.registry import projection


@dataclass(frozen=True)
class HeadTask:
    """What a worker needs to lay out one head.

    Attributes
    ----------
    layer, head : int
    queries, keys : float32 [N, d_head]
        Raw, as the attention uses them.
    scale : float
        Of the scores q k^T.
    causal : bool
        Whether a query sees no later key.
    offsets : int32 [n_instances + 1]
        Token range of each instance.
    positions : int32 [N]
        Position of each token in its instance.
    projections : tuple of (str, int)
        Name and number of dimensions of each layout that is wanted.
    quality : {"fast", "best"}
    seed : int
    mask : float32 [sum len^2], optional
        Additive masks of all instances, one after another, each row by row.
    """

    layer: int
    head: int
    queries: Float32
    keys: Float32
    scale: float
    causal: bool
    offsets: Int32
    positions: Int32
    projections: tuple[tuple[str, int], ...]
    quality: Quality = "fast"
    seed: int = 0
    mask: Float32 | None = None


@dataclass(frozen=True)
class HeadResult:
    """What a worker gives back.

    Attributes
    ----------
    layer, head : int
    coords : mapping of (str, int) to float32 [2 N, dims]
        Queries then keys, the center at the origin.
    preservation : mapping of (str, int) to float32 [2 N]
        Share, 0..1, of each point's nearest neighbors of the joint space that are among its nearest in the layout.
    metrics : mapping of str to float
        ``<projection>.<dims>.<metric>``, see ``precompute.metrics.layout_quality``.
    """

    layer: int
    head: int
    coords: Mapping[tuple[str, int], Float32]
    preservation: Mapping[tuple[str, int], Float32]
    metrics: Mapping[str, float]


class HeadCanceledError(Exception):
    """The head was given up between two projections, because the build stops."""


def never() -> bool:
    """Say that nobody wants to stop."""
    return False


def compute_head(task: HeadTask, *, stopped: Callable[[], bool] = never) -> HeadResult:
    """Lay out one head in every way the task asks for, and judge each layout.

    Parameters
    ----------
    task : HeadTask
    stopped : callable
        Asked before every projection; once true, the head is given up.

    Returns
    -------
    HeadResult
        The same bytes for the same task, on any number of workers.

    Raises
    ------
    NumericalError
        The queries or keys hold NaN or infinite values, their dot products overflow, or a layout diverges.
    HeadCanceledError
        ``stopped`` said so.
    """
    name = f"layer {task.layer}, head {task.head}"
    require_finite_attention(task.queries, task.keys, name)
    space = HeadSpace(
        joint=joint_embedding(task.queries, task.keys).vectors,
        queries=task.queries,
        keys=task.keys,
        scale=task.scale,
        causal=task.causal,
        offsets=task.offsets,
        positions=task.positions,
        seed=task.seed,
        quality=task.quality,
        mask=task.mask,
    )
    judge = LayoutJudge(space)
    coords: dict[tuple[str, int], Float32] = {}
    preservation: dict[tuple[str, int], Float32] = {}
    metrics: dict[str, float] = {}
    for method, dims in task.projections:
        if stopped():
            raise HeadCanceledError(name)
        layout = projection(method).function(space, dims)
        if not np.isfinite(layout).all():
            raise NumericalError(f"The projection {method} of {name} diverged: its vectors are too large to lay out.")
        layout = centered(layout)
        coords[method, dims] = layout
        preservation[method, dims], judged = judge.judge(layout)
        metrics |= {f"{method}.{dims}.{metric}": value for metric, value in judged.items()}
    return HeadResult(task.layer, task.head, coords, preservation, metrics)


def centered(layout: Float32) -> Float32:
    """Move the mean of a layout to the origin, float32 [n, dims]."""
    difference: NDArray[np.float64] = layout - layout.mean(axis=0, dtype=np.float64)
    return difference.astype(np.float32)
