"""Third stage: the heads of one projection put together, in the order in which they are drawn."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from precompute.build.capture import Captured
from precompute.build.job import LayoutKey
from precompute.build.layouts import HeadPart, HeadParts
from precompute.errors import DamagedRunError
from precompute.format.manifest import ArrayInfo
from precompute.format.typed_json import from_json, to_json
from precompute.store.store import Store

DRAW_SEED = 0
"""One shuffle for all runs: pictures of two runs of one data set differ in their points' places only."""


@dataclass(frozen=True)
class PlanePart:
    """All heads in one projection.

    Attributes
    ----------
    coords, extent, preservation : ArrayInfo
        As in a run.
    metrics : mapping of str to tuple of float or None
        Of every head, the heads of one layer after those of another; None where a metric is not defined.
    """

    coords: ArrayInfo
    extent: ArrayInfo
    preservation: ArrayInfo
    metrics: Mapping[str, tuple[float | None, ...]]


def draw_order(n_points: int) -> NDArray[np.uint32]:
    """Return the point that each vertex draws, uint32 [n_points]: a fixed shuffle.

    Without it keys, drawn last, would hide queries, and late sentences early ones.
    """
    return np.random.default_rng(DRAW_SEED).permutation(n_points).astype(np.uint32)


def plane_key(parts: HeadParts, plane: LayoutKey) -> str:
    """Key of the part that holds all heads of a projection."""
    return f"plane/{parts.prefix.removeprefix('head/')}{plane[0]}.{plane[1]}"


def find_plane(parts: HeadParts, plane: LayoutKey) -> PlanePart | None:
    """Return a finished projection, or None."""
    record = parts.store.part(plane_key(parts, plane))
    return None if record is None else from_json(PlanePart, record, "a projection's part")


def find_or_assemble(captured: Captured, parts: HeadParts, plane: LayoutKey) -> PlanePart:
    """Give a finished projection, or put the parts of all heads together and replace them by the whole.

    Another build of the same heads waits meanwhile, and then finds the projection finished, whatever heads it has laid
    out itself.

    Parameters
    ----------
    captured : Captured
        Says how many layers, heads and tokens there are.
    parts : HeadParts
        Hold every head of the projection.
    plane : (str, int)
        Projection and number of dimensions.

    Raises
    ------
    DamagedRunError
        If a head's part has gone.
    """
    store = parts.store
    with store.build_lock(plane_key(parts, plane)):
        whole = find_plane(parts, plane) or _assemble(captured, parts, plane)
        store.remove_parts(f"{parts.prefix}{plane[0]}.{plane[1]}/")
    return whole


def _assemble(captured: Captured, parts: HeadParts, plane: LayoutKey) -> PlanePart:
    store = parts.store
    order = draw_order(2 * captured.n_tokens)
    metrics: dict[str, list[float | None]] = {}
    with store.scratch() as scratch:
        files = _PlaneFiles(store, scratch, captured, plane[1])
        for layer, head in product(range(captured.n_layers), range(captured.n_heads)):
            part = parts.get((layer, head), plane)
            if part is None:
                message = (
                    f"The layout of layer {layer} head {head} was removed while the run was built; build it again."
                )
                raise DamagedRunError(message)
            files.write(layer, head, part, store, order)
            for name, value in part.metrics.items():
                metrics.setdefault(name, []).append(value)
        infos = files.put(store)
    whole = PlanePart(*infos, {name: tuple(values) for name, values in metrics.items()})
    store.put_part(plane_key(parts, plane), to_json(whole), infos)
    return whole


class _PlaneFiles:
    """Files of one projection, written head by head."""

    def __init__(self, store: Store, directory: Path, captured: Captured, dims: int) -> None:
        self._store = store
        heads = (captured.n_layers, captured.n_heads)
        points = 2 * captured.n_tokens
        self._paths = {name: directory / f"{name}.npy" for name in ("coords", "extent", "preservation")}
        self._coords = self._create("coords", "uint16", (*heads, points, dims))
        self._extent = self._create("extent", "float32", (*heads, dims + 1))
        self._preservation = self._create("preservation", "uint8", (*heads, points))

    def _create(self, name: str, dtype: str, shape: tuple[int, ...]) -> np.memmap[Any, np.dtype[Any]]:
        return self._store.create_array(self._paths[name], dtype, shape)

    def write(self, layer: int, head: int, part: HeadPart, store: Store, order: NDArray[np.uint32]) -> None:
        self._coords[layer, head] = store.array(part.coords)[order]
        self._extent[layer, head] = store.array(part.extent)
        self._preservation[layer, head] = store.array(part.preservation)

    def put(self, store: Store) -> tuple[ArrayInfo, ArrayInfo, ArrayInfo]:
        for array in (self._coords, self._extent, self._preservation):
            array.flush()
        coords, extent, preservation = (store.put_array_file(path) for path in self._paths.values())
        return coords, extent, preservation
