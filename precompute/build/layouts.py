"""Second stage: lay out every head, each head and projection a part that need not be computed twice."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from itertools import product

import numpy as np

from precompute.build.backends import run_head_tasks
from precompute.build.capture import Captured, CapturedArrays
from precompute.build.head_task import HeadResult, HeadTask
from precompute.build.job import LAYOUT_VERSION, LayoutKey
from precompute.build.request import OnProgress, Progress
from precompute.format.manifest import ArrayInfo, Recipe
from precompute.format.quantize import quantize
from precompute.format.typed_json import fingerprint, from_json, to_json
from precompute.store.store import Store

STAGE = "heads"
Head = tuple[int, int]


@dataclass(frozen=True)
class HeadPart:
    """One head in one projection.

    Attributes
    ----------
    coords : ArrayInfo
        uint16 [2 N, dims], point order.
    extent : ArrayInfo
        float32 [dims + 1].
    preservation : ArrayInfo
        uint8 [2 N], point order.
    metrics : mapping of str to float or None
        Of this plane, by their full names; None where a metric is not defined.
    """

    coords: ArrayInfo
    extent: ArrayInfo
    preservation: ArrayInfo
    metrics: Mapping[str, float | None]


@dataclass(frozen=True)
class HeadParts:
    """Where the parts of one captured model are kept.

    Attributes
    ----------
    captured : str
        Key of the capture they start from.
    quality : str
        Of the recipe.
    seed : int
        Of the recipe.
    store : Store
        Holds the parts.
    """

    captured: str
    quality: str
    seed: int
    store: Store

    @property
    def prefix(self) -> str:
        """Beginning of the keys of all head parts."""
        return f"head/{fingerprint([self.captured, self.quality, self.seed, LAYOUT_VERSION])[:32]}/"

    def key(self, head: Head, plane: LayoutKey) -> str:
        """Key of one head in one projection."""
        return f"{self.prefix}{plane[0]}.{plane[1]}/{head[0]}.{head[1]}"

    def get(self, head: Head, plane: LayoutKey) -> HeadPart | None:
        """Return a part, or None if it has not been computed."""
        record = self.store.part(self.key(head, plane))
        return None if record is None else from_json(HeadPart, record, "a head's part")

    def put(self, result: HeadResult) -> None:
        """Keep what a worker gave back."""
        with self.store.batch():
            for plane, layout in result.coords.items():
                steps, extent = quantize(layout)
                kept = np.rint(result.preservation[plane] * 255).astype(np.uint8)
                prefix = f"{plane[0]}.{plane[1]}."
                part = HeadPart(
                    coords=self.store.put_array(steps),
                    extent=self.store.put_array(extent),
                    preservation=self.store.put_array(kept),
                    metrics={n: _finite(value) for n, value in result.metrics.items() if n.startswith(prefix)},
                )
                key = self.key((result.layer, result.head), plane)
                self.store.put_part(key, to_json(part), (part.coords, part.extent, part.preservation))


def lay_out_heads(
    captured: Captured,
    arrays: CapturedArrays,
    recipe: Recipe,
    parts: HeadParts,
    planes: tuple[LayoutKey, ...],
    *,
    workers: int,
    backend: str,
    scheduler: str | None,
    on_progress: OnProgress,
) -> None:
    """Compute every part that is missing.

    Parameters
    ----------
    captured, arrays
        What running the model left.
    recipe : Recipe
        Quality and seed.
    parts : HeadParts
        Where finished parts are kept; a build that was interrupted finds its parts there.
    planes : tuple of (str, int)
        Projections and dimensions that are wanted.
    workers, backend, scheduler
        As for :func:`precompute.build.backends.run_head_tasks`.
    on_progress : callable
        Hears of every head.
    """
    heads = list(product(range(captured.n_layers), range(captured.n_heads)))
    missing = {head: tuple(plane for plane in planes if parts.get(head, plane) is None) for head in heads}
    done = sum(not planes_left for planes_left in missing.values())
    on_progress(Progress(STAGE, done, len(heads), "heads"))
    tasks = _tasks(captured, arrays, recipe, {head: left for head, left in missing.items() if left})
    # Closed at once when a result cannot be kept: the workers then stop instead of finishing heads in vain.
    with closing(run_head_tasks(tasks, workers=workers, backend=backend, scheduler=scheduler)) as results:
        for result in results:
            parts.put(result)
            done += 1
            on_progress(Progress(STAGE, done, len(heads), "heads"))


def _tasks(
    captured: Captured, arrays: CapturedArrays, recipe: Recipe, missing: Mapping[Head, tuple[LayoutKey, ...]]
) -> Iterator[HeadTask]:
    group = captured.n_heads // captured.n_kv_heads
    for (layer, head), planes in missing.items():
        mask = arrays.masks.get(layer)
        yield HeadTask(
            layer=layer,
            head=head,
            queries=np.ascontiguousarray(arrays.queries[layer, head]),
            keys=np.ascontiguousarray(arrays.keys[layer, head // group]),
            scale=float(arrays.scales[layer]),
            causal=captured.masks[layer] == "causal",
            offsets=arrays.offsets,
            positions=arrays.positions,
            projections=planes,
            quality=recipe.quality,
            seed=recipe.seed,
            mask=None if mask is None else np.array(mask[head if len(mask) > 1 else 0]),
        )


def _finite(value: float) -> float | None:
    return float(value) if math.isfinite(value) else None
