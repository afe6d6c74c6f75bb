"""A small run with every kind of array, planted in a store."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from precompute.format.manifest import (
    ArrayInfo,
    EncodingInfo,
    InputsInfo,
    Manifest,
    MetricInfo,
    ModelInfo,
    ProjectionInfo,
    Recipe,
    TokenTable,
)
from precompute.format.quantize import quantize
from precompute.format.shares import SHARE_STEPS
from precompute.numeric import Float32
from precompute.store.store import Store

LENGTHS = (3, 1, 4)
N_LAYERS, N_HEADS, N_KV_HEADS, D_HEAD = 2, 4, 2, 3
SECOND = ((0, 1), (1, 3))
"""Heads that have a second `tsne`, without sinks."""


@dataclass(frozen=True)
class Planted:
    """A run and what went into it.

    Attributes
    ----------
    manifest : Manifest
        Of the run.
    coords : mapping of str to float32 [L, H, 2 N, dims]
        Coordinates by ``<projection>.<dims>``, in point order.
    coords_without_sinks : mapping of str to float32 [2, 2 N, dims]
        The same of the heads of ``SECOND``, with the first tokens at the origin.
    arrays : mapping of str to ndarray
        As stored.
    """

    manifest: Manifest
    coords: dict[str, Float32]
    coords_without_sinks: dict[str, Float32]
    arrays: dict[str, NDArray[Any]]


def small_run(
    store: Store,
    *,
    seed: int = 0,
    name: str = "small",
    created: str = "2025-01-01T00:00:00Z",
    lengths: tuple[int, ...] = LENGTHS,
) -> Planted:
    """Keep a run of 2 layers x 4 heads (2 key heads) in a store.

    Layer 0 is causal; layer 1 has a stored mask, the same for all heads.

    Parameters
    ----------
    store : Store
        Where to.
    seed : int
        Runs of different seeds share ``offsets``, ``positions``, ``scales`` and ``tokens``.
    name, created : str
        Of the manifest.
    lengths : tuple of int
        Tokens of each instance.

    Returns
    -------
    Planted
        The run and its source.
    """
    rng = np.random.default_rng(seed)
    tokens = sum(lengths)
    points = 2 * tokens
    draw_order = rng.permutation(points).astype(np.uint32)
    recipe = Recipe(projections=("pca", "tsne"), dims=(2, 3), seed=seed)

    def normal(*shape: int) -> Float32:
        return rng.normal(size=shape).astype(np.float32)

    arrays: dict[str, NDArray[Any]] = {
        "offsets": np.cumsum((0, *lengths)).astype(np.int32),
        "positions": np.concatenate([np.arange(n) for n in lengths]).astype(np.int32),
        "queries": normal(N_LAYERS, N_HEADS, tokens, D_HEAD),
        "keys": normal(N_LAYERS, N_KV_HEADS, tokens, D_HEAD),
        "value_norms": np.abs(normal(N_LAYERS, N_KV_HEADS, tokens)),
        "query_norms": np.abs(normal(N_LAYERS, N_HEADS, tokens)),
        "key_norms": np.abs(normal(N_LAYERS, N_KV_HEADS, tokens)),
        "scales": np.full(N_LAYERS, D_HEAD**-0.5, np.float32),
        "mask.1": normal(1, sum(n * n for n in lengths)),
        "draw_order": draw_order,
        "encoding.position": np.arange(tokens, dtype=np.float32),
        "encoding.norm": normal(N_LAYERS, N_HEADS, points),
        "head_metrics": normal(2, N_LAYERS, N_HEADS),
    }
    coords = {
        f"{p}.{dims}": normal(N_LAYERS, N_HEADS, points, dims) for p in recipe.projections for dims in recipe.dims
    }
    for layout, values in coords.items():
        arrays[f"coords.{layout}"], arrays[f"extent.{layout}"] = _quantize_heads(values[:, :, draw_order])
        for kept in ("trust", "neighbors_kept"):
            arrays[f"{kept}.{layout}"] = rng.integers(0, SHARE_STEPS + 1, values.shape[:3]).astype(np.uint8)
    second = {f"tsne.{dims}": normal(len(SECOND), points, dims) for dims in recipe.dims}
    starts = arrays["offsets"][:-1]
    for layout, values in second.items():
        values[:, np.concatenate([starts, tokens + starts])] = 0
        steps, extents = _quantize_heads(values[None][:, :, draw_order])
        arrays[f"coords_without_sinks.{layout}"], arrays[f"extent_without_sinks.{layout}"] = steps[0], extents[0]
        for kept in ("trust", "neighbors_kept"):
            shares = rng.integers(0, SHARE_STEPS + 1, values.shape[:2]).astype(np.uint8)
            arrays[f"{kept}_without_sinks.{layout}"] = shares
    arrays["rows_without_sinks"] = np.full((N_LAYERS, N_HEADS), -1, np.int32)
    for row, head in enumerate(SECOND):
        arrays["rows_without_sinks"][head] = row
    infos: dict[str, ArrayInfo] = {key: store.put_array(array) for key, array in arrays.items()}
    infos["tokens"] = store.put_document(asdict(_token_table(lengths)))
    manifest = Manifest(
        run=f"tiny-words-{seed:012x}",
        name=name,
        created=created,
        model=ModelInfo("tiny", "r1", "transformers", N_LAYERS, N_HEADS, N_KV_HEADS, D_HEAD, False),
        inputs=InputsInfo("words", "text", "0" * 64, len(lengths), tokens),
        recipe=recipe,
        masks=("causal", "stored"),
        encodings=(
            EncodingInfo("type", "Query or key", "type", "Queries green, keys pink."),
            EncodingInfo("position", "Position", "sequential", "Place in the sentence.", high=float(max(lengths))),
            EncodingInfo("norm", "Norm", "sequential", "Length of the vector.", per_head=True),
        ),
        metrics=(MetricInfo("fidelity", "Fidelity", "How true."), MetricInfo("norm", "Norm", "How long.")),
        arrays=infos,
        versions={"numpy": np.__version__},
        timings={"capture": 0.5},
        projections=tuple(ProjectionInfo(p, p.upper(), f"What {p} keeps.") for p in recipe.projections),
    )
    store.put_manifest(manifest)
    return Planted(manifest, coords, second, arrays)


def _quantize_heads(coords: Float32) -> tuple[NDArray[np.uint16], Float32]:
    heads = [[quantize(head) for head in layer] for layer in coords]
    return (
        np.array([[steps for steps, _ in layer] for layer in heads]),
        np.array([[extent for _, extent in layer] for layer in heads]),
    )


def _token_table(lengths: tuple[int, ...]) -> TokenTable:
    tokens = tuple(f"w{i}" for i in range(sum(lengths)))
    offsets = tuple(int(n) for n in np.cumsum((0, *lengths)))
    instances = tuple(" ".join(tokens[a:b]) for a, b in pairwise(offsets))
    columns: dict[str, tuple[str, ...] | tuple[float, ...]] = {
        "topic": ("sea",) * len(lengths),
        "score": (0.5,) * len(lengths),
    }
    return TokenTable(tokens, tokens, (False,) * len(tokens), offsets, instances, columns)
