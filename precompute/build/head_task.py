"""The layouts of one head, as a pure function of a task that can be sent to a worker."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from precompute.attention.head import Head, require_finite_attention
from precompute.embedding.joint import joint_embedding
from precompute.errors import NumericalError
from precompute.format.manifest import LayoutKey, Quality
from precompute.metrics.layout_quality import LayoutJudge
from precompute.numeric import Float32
from precompute.projections.head_space import HeadSpace
from precompute.projections.registry import PROJECTIONS


@dataclass(frozen=True)
class HeadTask:
    """A head, and the layouts to compute of it; ``quality`` sets the number of iterations."""

    head: Head
    layouts: tuple[LayoutKey, ...]
    quality: Quality = "fast"
    seed: int = 0


@dataclass(frozen=True)
class HeadResult:
    """Layouts of one head.

    Attributes
    ----------
    coords : mapping of LayoutKey to float32 [2 N, dims]
        Queries then keys, the center at the origin.
    preservation : mapping of LayoutKey to float32 [2 N]
        Share, 0..1, of each point's nearest neighbors of the joint space that are among its nearest in the layout.
    metrics
        ``<projection>.<dims>.<metric>``, see ``precompute.metrics.layout_quality``.
    """

    layer: int
    head: int
    coords: Mapping[LayoutKey, Float32]
    preservation: Mapping[LayoutKey, Float32]
    metrics: Mapping[str, float]


class HeadCanceledError(Exception):
    """The build stopped while the head was between two layouts."""


def compute_head(task: HeadTask, *, stopped: Callable[[], bool] | None = None) -> HeadResult:
    """Compute and measure all layouts of a task: the same bytes for the same task, on any number of workers.

    Raises
    ------
    NumericalError
        The queries or keys hold NaN or infinite values, their dot products overflow, or a layout diverges.
    HeadCanceledError
        ``stopped``, which is called before every layout, returned True.
    """
    head = task.head
    require_finite_attention(head)
    space = HeadSpace(head, joint_embedding(head.queries, head.keys).vectors, task.quality, task.seed)
    judge = LayoutJudge(space)
    coords: dict[LayoutKey, Float32] = {}
    preservation: dict[LayoutKey, Float32] = {}
    metrics: dict[str, float] = {}
    for key in task.layouts:
        if stopped is not None and stopped():
            raise HeadCanceledError(head.name)
        layout = PROJECTIONS.get(key.projection).function(space, key.dims)
        if not np.isfinite(layout).all():
            raise NumericalError(
                f"The projection {key.projection} of {head.name} diverged: its vectors are too large to lay out."
            )
        layout = centered(layout)
        coords[key] = layout
        preservation[key], measured = judge.judge(layout)
        metrics |= {f"{key.name}.{metric}": value for metric, value in measured.items()}
    return HeadResult(head.layer, head.index, coords, preservation, metrics)


def centered(layout: Float32) -> Float32:
    """Move the mean of a layout to the origin, float32 [n, dims]."""
    difference: NDArray[np.float64] = layout - layout.mean(axis=0, dtype=np.float64)
    return difference.astype(np.float32)
