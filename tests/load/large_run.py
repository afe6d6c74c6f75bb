"""A run as large as the views are made for, planted without a model: 144 heads, 10 000 points each."""

from __future__ import annotations

from dataclasses import asdict
from itertools import pairwise

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
from precompute.format.shares import SHARE_STEPS
from precompute.numeric import Float32
from precompute.store.store import Store

N_LAYERS, N_HEADS, D_HEAD = 12, 12, 64
HEADS = (N_LAYERS, N_HEADS)
N_TOKENS, INSTANCE_LENGTH = 5000, 25
N_POINTS = 2 * N_TOKENS
SIDE, PAIRS = INSTANCE_LENGTH, 50
PROJECTIONS, DIMS = ("attention-tsne", "tsne", "umap", "pca"), (2, 3)
WORDS = ("the", "bank", "of", "river", "lies", "where", "light", "runs", "over", "stone", "and", "under", "bridge")
METRICS = ("previous_token", "induction", "first_token", "joint.correlation", "joint.mixing")
KEEPS = ("knn_recall", "trustworthiness")


def plant_large_run(store: Store) -> Manifest:
    """Keep the run; its numbers are random, its shapes are those of GPT-2 or BERT over 200 sentences.

    Parameters
    ----------
    store : Store
        Where to.

    Returns
    -------
    Manifest
        Of the run.
    """
    rng = np.random.default_rng(0)
    infos = {name: store.put_array(array) for name, array in _small_arrays(rng).items()}
    for name in ("queries", "keys"):
        infos[name] = store.put_array(rng.standard_normal((*HEADS, N_TOKENS, D_HEAD), np.float32))
    for name in PROJECTIONS:
        for dims in DIMS:
            infos |= _plane(store, rng, name, dims)
    infos["tokens"] = store.put_document(asdict(_token_table(rng)))
    manifest = _manifest(infos)
    store.put_manifest(manifest)
    return manifest


def _small_arrays(rng: np.random.Generator) -> dict[str, NDArray[np.generic]]:
    def norms() -> Float32:
        return rng.gamma(4, 1, (*HEADS, N_TOKENS)).astype(np.float32)

    aggregate = rng.random((*HEADS, SIDE, SIDE), np.float32)
    distances = rng.random((N_LAYERS * N_HEADS,) * 2, np.float32)
    pairs = rng.integers(0, N_TOKENS, (*HEADS, 2, PAIRS, 3)).astype(np.int32)
    position = np.arange(N_TOKENS, dtype=np.int32) % INSTANCE_LENGTH
    return {
        "offsets": np.arange(0, N_TOKENS + 1, INSTANCE_LENGTH, dtype=np.int32),
        "positions": position,
        "value_norms": norms(),
        "query_norms": norms(),
        "key_norms": norms(),
        "scales": np.full(N_LAYERS, D_HEAD**-0.5, np.float32),
        "draw_order": rng.permutation(N_POINTS).astype(np.uint32),
        "encoding.position": position.astype(np.float32),
        "encoding.topic": (np.arange(N_TOKENS) // INSTANCE_LENGTH % 7).astype(np.float32),
        "encoding.norm": rng.random((*HEADS, N_POINTS), np.float32),
        "head_metrics": rng.random((len(_metric_infos()), *HEADS), np.float32),
        "aggregate": aggregate / aggregate.sum(-1, keepdims=True),
        "aggregate_counts": np.full(SIDE, N_TOKENS // INSTANCE_LENGTH, np.int32),
        "offset_profile": rng.random((*HEADS, 2 * (SIDE - 1) + 1), np.float32),
        "strongest_pairs": pairs,
        "strongest_pair_weights": rng.random((*HEADS, 2, PAIRS, 2), np.float32),
        "head_distances": (distances + distances.T) / 2 * (1 - np.eye(len(distances), dtype=np.float32)),
    }


def _plane(store: Store, rng: np.random.Generator, name: str, dims: int) -> dict[str, ArrayInfo]:
    coords = rng.integers(0, 2**16, (*HEADS, N_POINTS, dims), np.uint16)
    extent = np.tile(np.array([0] * dims + [1], np.float32), (*HEADS, 1))
    return {
        f"coords.{name}.{dims}": store.put_array(coords),
        f"extent.{name}.{dims}": store.put_array(extent),
        **{
            f"{kept}.{name}.{dims}": store.put_array(rng.integers(0, SHARE_STEPS + 1, (*HEADS, N_POINTS), np.uint8))
            for kept in ("trust", "neighbors_kept")
        },
    }


def _token_table(rng: np.random.Generator) -> TokenTable:
    tokens = tuple(WORDS[i] for i in rng.integers(0, len(WORDS), N_TOKENS))
    offsets = tuple(range(0, N_TOKENS + 1, INSTANCE_LENGTH))
    instances = tuple(" ".join(tokens[a:b]) for a, b in pairwise(offsets))
    return TokenTable(tokens, tuple(f" {token}" for token in tokens), (False,) * N_TOKENS, offsets, instances, {})


def _metric_infos() -> tuple[MetricInfo, ...]:
    layouts = (f"{name}.{dims}.{kept}" for name in PROJECTIONS for dims in DIMS for kept in KEEPS)
    return tuple(MetricInfo(name, name.capitalize(), f"Values of {name}.") for name in (*METRICS, *layouts))


def _manifest(infos: dict[str, ArrayInfo]) -> Manifest:
    topics = tuple(f"topic {i}" for i in range(7))
    high = float(INSTANCE_LENGTH - 1)
    return Manifest(
        run="large-words-000000000000",
        name="Large",
        created="2025-01-01T00:00:00Z",
        model=ModelInfo("large", "r1", "transformers", N_LAYERS, N_HEADS, N_HEADS, D_HEAD, causal=True),
        inputs=InputsInfo("words", "text", "0" * 64, N_TOKENS // INSTANCE_LENGTH, N_TOKENS),
        recipe=Recipe(projections=PROJECTIONS, dims=DIMS),
        masks=("causal",) * N_LAYERS,
        encodings=(
            EncodingInfo("type", "Query or key", "type", "Queries green, keys pink."),
            EncodingInfo("position", "Position", "sequential", "Place in the sentence.", high=high),
            EncodingInfo("topic", "Topic", "categorical", "Of the sentence.", categories=topics),
            EncodingInfo("norm", "Norm", "sequential", "Length of the vector.", per_head=True),
        ),
        metrics=_metric_infos(),
        arrays=infos,
        versions={"numpy": np.__version__},
        timings={},
        projections=tuple(ProjectionInfo(name, name, f"What {name} keeps.") for name in PROJECTIONS),
    )
