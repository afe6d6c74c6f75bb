"""Layouts of attention without sinks: what they keep of the other tokens, and what they cost."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from precompute.attention.sinks import sink_share
from precompute.build.head_task import HeadTask, compute_head
from precompute.build.sinkless import SINK_SHARE, space_without_sinks
from precompute.metrics.layout_quality import LayoutJudge
from precompute.numeric import Float32
from precompute.projections.head_space import HeadSpace
from tests.benchmarks.attention_objectives import LAYOUTS, METRICS, NEW, OLD, UMAP
from tests.benchmarks.projection_costs import cpu

LayOut = Callable[[HeadSpace, NDArray[np.bool_]], Float32]


def hidden(name: str) -> LayOut:
    """Lay out all tokens in a way of ``LAYOUTS``, and only hide the sinks."""
    return lambda space, sinks: LAYOUTS[name](space)[~np.tile(sinks, 2)]


def second(name: str) -> LayOut:
    """Lay the other tokens out where the head has a second layout, as a run shows it."""

    def lay_out(space: HeadSpace, sinks: NDArray[np.bool_]) -> Float32:
        other = space_without_sinks(space, sinks)
        return hidden(name)(space, sinks) if other is None else LAYOUTS[name](other)

    return lay_out


WAYS: dict[str, LayOut] = {
    "t-SNE of attention, one normalizer, sinks hidden (before)": hidden(OLD),
    "t-SNE of attention, one normalizer a block, sinks hidden": hidden(NEW),
    "**t-SNE of attention, laid out without sinks (in use)**": second(NEW),
    "UMAP of attention, sinks hidden": hidden(UMAP),
    "**UMAP of attention, laid out without sinks (in use)**": second(UMAP),
}
IN_USE = "**t-SNE of attention, laid out without sinks (in use)**"


@dataclass(frozen=True)
class WithoutSinks:
    """Figures of layouts without sinks, means over heads.

    Attributes
    ----------
    rows : list of tuple
        A way of ``WAYS`` and the means of ``METRICS``.
    n_second : int
        Heads with a second layout.
    """

    rows: list[tuple[object, ...]]
    n_second: int

    @property
    def queries(self) -> float:
        """Share of a query's ten strongest other keys that the layout in use keeps."""
        return float(str(dict((row[0], row[1]) for row in self.rows)[IN_USE]))


def kept_without_sinks(spaces: Sequence[HeadSpace], sinks: NDArray[np.bool_]) -> WithoutSinks:
    """Judge every way against the head without sinks, bool [N]."""
    judges = [LayoutJudge(space.without(sinks)) for space in spaces]
    rows: list[tuple[object, ...]] = []
    for name, lay_out in WAYS.items():
        judged = [judge.judge(lay_out(space, sinks))[1] for space, judge in zip(spaces, judges, strict=True)]
        rows.append((name, *(float(np.nanmean([metrics[metric] for metrics in judged])) for metric in METRICS)))
    return WithoutSinks(rows, sum(sink_share(space.head, sinks) > SINK_SHARE for space in spaces))


def build_times_more(tasks: Sequence[HeadTask]) -> float:
    """Divide the processor seconds of all layouts of some heads by those without second layouts."""
    total, once = (
        sum(cpu(compute_head, task)[1] for task in group)
        for group in (tasks, [replace(task, sinks=None) for task in tasks])
    )
    return total / once
