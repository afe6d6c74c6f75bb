"""Stage "heads", first half: lay out every head; each head and layout is a part that later builds reuse."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from itertools import product

from precompute.build.backends import run_head_tasks
from precompute.build.capture import Capture
from precompute.build.execution import ExecutionOptions
from precompute.build.head_task import HeadResult, HeadTask
from precompute.build.job import LAYOUT_VERSION
from precompute.build.layout_arrays import LayoutArrays
from precompute.build.request import OnProgress, Progress
from precompute.build.stages import Stage
from precompute.format.manifest import LayoutKey, Recipe
from precompute.format.quantize import quantize
from precompute.format.shares import quantize_shares
from precompute.format.typed_json import fingerprint, finite_or_none, from_json, to_json
from precompute.projections.registry import PROJECTIONS
from precompute.store.store import Store

HeadIndex = tuple[int, int]
"""Layer and head."""


Metrics = Mapping[str, float | None]
"""Metrics of one layout by their full names; None if undefined."""


@dataclass(frozen=True)
class SinklessPart:
    """The second layout of a head: as in a :class:`HeadPart`, with sinks at the origin."""

    arrays: LayoutArrays
    metrics: Metrics


@dataclass(frozen=True)
class HeadPart:
    """One head in one layout.

    Attributes
    ----------
    arrays
        In point order.
    without_sinks
        None if the head has no second layout.
    """

    arrays: LayoutArrays
    metrics: Metrics
    without_sinks: SinklessPart | None = None


def versioned(layout: LayoutKey) -> str:
    """Return a layout in the keys of parts: its name and the version of its projection."""
    return f"{layout.name}.{PROJECTIONS.get(layout.projection).version}"


@dataclass(frozen=True)
class HeadParts:
    """Stored head parts of one capture, quality and seed; ``captured`` is the capture's key."""

    captured: str
    quality: str
    seed: int
    store: Store

    @property
    def prefix(self) -> str:
        """Prefix of the keys of all head parts."""
        return f"head/{fingerprint([self.captured, self.quality, self.seed, LAYOUT_VERSION])[:32]}/"

    def key(self, head: HeadIndex, layout: LayoutKey) -> str:
        """Return the key of one head in one layout."""
        return f"{self.prefix}{versioned(layout)}/{head[0]}.{head[1]}"

    def get(self, head: HeadIndex, layout: LayoutKey) -> HeadPart | None:
        """Return a part, or None if it has not been computed."""
        record = self.store.part(self.key(head, layout))
        return None if record is None else from_json(HeadPart, record, "a head's part")

    def put(self, result: HeadResult) -> None:
        """Store the layouts of a head."""
        with self.store.batch():
            for layout in result.coords:
                second = self._put_sinkless(result.without_sinks, layout)
                part = HeadPart(self._put_arrays(result, layout), metrics_of(result, layout), second)
                stored = (*part.arrays.named.values(), *(second.arrays.named.values() if second else ()))
                key = self.key((result.layer, result.head), layout)
                self.store.put_part(key, to_json(part), stored)

    def _put_sinkless(self, result: HeadResult | None, layout: LayoutKey) -> SinklessPart | None:
        if result is None or layout not in result.coords:
            return None
        return SinklessPart(self._put_arrays(result, layout), metrics_of(result, layout))

    def _put_arrays(self, result: HeadResult, layout: LayoutKey) -> LayoutArrays:
        steps, extent = quantize(result.coords[layout])
        kept = result.kept[layout]
        arrays = (steps, extent, quantize_shares(kept.partners), quantize_shares(kept.neighbors))
        return LayoutArrays(*(self.store.put_array(array) for array in arrays))


def metrics_of(result: HeadResult, layout: LayoutKey) -> Metrics:
    """Return the metrics of one of the layouts."""
    own = f"{layout.name}."
    return {name: finite_or_none(float(value)) for name, value in result.metrics.items() if name.startswith(own)}


def lay_out_heads(
    capture: Capture,
    recipe: Recipe,
    parts: HeadParts,
    layouts: tuple[LayoutKey, ...],
    execution: ExecutionOptions,
    on_progress: OnProgress,
) -> None:
    """Compute every missing part of the layouts, with the recipe's quality and seed.

    An interrupted build resumes from the finished parts. ``on_progress`` is called after every head.
    """
    heads = list(product(range(capture.record.n_layers), range(capture.record.n_heads)))
    missing = {head: tuple(layout for layout in layouts if parts.get(head, layout) is None) for head in heads}
    done = sum(not left for left in missing.values())
    on_progress(Progress(Stage.HEADS, done, len(heads), "heads"))
    tasks = _tasks(capture, recipe, {head: left for head, left in missing.items() if left})
    # Closed at once if a result cannot be stored: the workers then stop instead of finishing heads that are lost.
    with closing(run_head_tasks(tasks, execution)) as results:
        for result in results:
            parts.put(result)
            done += 1
            on_progress(Progress(Stage.HEADS, done, len(heads), "heads"))


def _tasks(capture: Capture, recipe: Recipe, missing: Mapping[HeadIndex, tuple[LayoutKey, ...]]) -> Iterator[HeadTask]:
    for (layer, head), layouts in missing.items():
        yield HeadTask(capture.head(layer, head), layouts, recipe.quality, recipe.seed, capture.sinks)
