"""The layouts of one head, as a pure function of a task that can be sent to a worker."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from precompute.attention.head import Head, require_finite_attention
from precompute.build.sinkless import space_without_sinks, with_sinks_at_center, with_sinks_untrusted
from precompute.embedding.joint import joint_embedding
from precompute.errors import NumericalError
from precompute.format.manifest import LayoutKey, Quality
from precompute.format.quantize import dequantize, quantize
from precompute.metrics.layout_quality import LayoutJudge, PointShares
from precompute.numeric import Float32
from precompute.projections.head_space import HeadSpace
from precompute.projections.registry import PROJECTIONS


@dataclass(frozen=True)
class HeadTask:
    """A head, and the layouts to compute of it.

    Attributes
    ----------
    quality : {"fast", "best", "reference"}
        Number of iterations.
    sinks : bool [N] or None
        Tokens that a second layout omits, if the head rests on them; None for no second layout.
    """

    head: Head
    layouts: tuple[LayoutKey, ...]
    quality: Quality = "fast"
    seed: int = 0
    sinks: NDArray[np.bool_] | None = None


@dataclass(frozen=True)
class HeadResult:
    """Layouts of one head.

    Attributes
    ----------
    coords : mapping of LayoutKey to float32 [2 N, dims]
        Queries then keys, the center at the origin.
    kept : mapping of LayoutKey to PointShares
        What each layout keeps of every point.
    metrics
        ``<projection>.<dims>.<metric>``, see ``precompute.metrics.layout_quality``.
    without_sinks : HeadResult or None
        The second layouts, with sinks at the origin and shares 0. None if the head has none.
    """

    layer: int
    head: int
    coords: Mapping[LayoutKey, Float32]
    kept: Mapping[LayoutKey, PointShares]
    metrics: Mapping[str, float]
    without_sinks: HeadResult | None = None


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
    head, sinks = task.head, task.sinks
    require_finite_attention(head)
    space = HeadSpace(head, joint_embedding(head.queries, head.keys).vectors, task.quality, task.seed)
    result = lay_out(space, task.layouts, stopped)
    again = tuple(key for key in task.layouts if PROJECTIONS.get(key.projection).without_sinks)
    other = space_without_sinks(space, sinks) if again else None
    if other is None or sinks is None:
        return result
    second = lay_out(other, again, stopped)
    coords = {key: with_sinks_at_center(layout, sinks) for key, layout in second.coords.items()}
    kept = {key: with_sinks_untrusted(shares, sinks) for key, shares in second.kept.items()}
    return replace(result, without_sinks=replace(second, coords=coords, kept=kept))


def lay_out(space: HeadSpace, layouts: Iterable[LayoutKey], stopped: Callable[[], bool] | None) -> HeadResult:
    """Compute and measure layouts of a space; errors as in :func:`compute_head`."""
    judge = LayoutJudge(space)
    coords: dict[LayoutKey, Float32] = {}
    kept: dict[LayoutKey, PointShares] = {}
    metrics: dict[str, float] = {}
    for key in layouts:
        if stopped is not None and stopped():
            raise HeadCanceledError(space.head.name)
        layout = layout_of(space, key)
        coords[key] = layout
        shown = as_stored(layout)
        kept[key], measured = judge.judge(shown)
        if space.quality != "fast" and PROJECTIONS.get(key.projection).second_start:
            other = as_stored(layout_of(space.restarted(key.dims), key))
            partners, measured["agreement"] = judge.compare_starts(shown, other)
            kept[key] = replace(kept[key], partners=partners)
        metrics |= {f"{key.name}.{metric}": value for metric, value in measured.items()}
    return HeadResult(space.head.layer, space.head.index, coords, kept, metrics)


def layout_of(space: HeadSpace, key: LayoutKey) -> Float32:
    """Compute a layout, centered at the origin, float32 [2 N, dims]. NumericalError if it diverges."""
    layout = PROJECTIONS.get(key.projection).at(space.quality)(space, key.dims)
    if not np.isfinite(layout).all():
        raise NumericalError(
            f"The projection {key.projection} of {space.head.name} diverged: its vectors are too large to lay out."
        )
    return centered(layout)


def as_stored(layout: Float32) -> Float32:
    """Return a layout after quantization: its numbers are then those of the picture, to the last tie."""
    return dequantize(*quantize(layout))


def centered(layout: Float32) -> Float32:
    """Move the mean of a layout to the origin, float32 [n, dims]."""
    difference: NDArray[np.float64] = layout - layout.mean(axis=0, dtype=np.float64)
    return difference.astype(np.float32)
