"""Part of the last stage: pass over the attention of every layer, for metrics and mean attention."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np

from precompute.aggregate import aggregate_counts, aggregate_layer
from precompute.head_distances import compared_instances, head_distances
from precompute.metrics.heads import layer_metrics, stack_layers
from precompute.metrics.token_features import token_features
from precompute.pipeline.captured import Captured, CapturedArrays
from precompute.pipeline.captured_attention import captured_attention
from precompute.pipeline.request import OnProgress, Progress
from precompute.store import Store
from precompute.types import ArrayInfo, Float32, Kind, MetricInfo

STAGE = "metrics"


def attention_metrics(
    captured: Captured, arrays: CapturedArrays, kind: Kind, on_progress: OnProgress
) -> dict[MetricInfo, Float32]:
    """Measure what every head does.

    Parameters
    ----------
    captured, arrays
        What running the model left.
    kind : {"text", "image"}
        Of the inputs.
    on_progress : callable
        Hears of every layer.

    Returns
    -------
    dict of MetricInfo to float32 [L, H]
    """
    tokens = token_features(arrays.table, arrays.pictures)
    layers = []
    for layer in range(captured.n_layers):
        on_progress(Progress(STAGE, layer, captured.n_layers, "layers"))
        attention = captured_attention(captured, arrays, layer)
        norms = np.asarray(arrays.query_norms[layer]), np.asarray(arrays.key_norms[layer])
        layers.append(layer_metrics(attention, tokens, *norms, kind=kind))
    on_progress(Progress(STAGE, captured.n_layers, captured.n_layers, "layers"))
    return stack_layers(layers)


def mean_attention(captured: Captured, arrays: CapturedArrays, store: Store) -> Mapping[str, ArrayInfo]:
    """Average the attention of every head by position and by offset.

    Parameters
    ----------
    captured, arrays
        What running the model left.
    store : Store
        Receives the arrays.

    Returns
    -------
    mapping of str to ArrayInfo
        ``aggregate`` float32 [L, H, P, P], ``aggregate_counts`` int32 [P], ``offset_profile`` float32 [L, H, 2 R + 1].
    """
    counts = aggregate_counts(arrays.offsets)
    profiles = []
    with store.scratch() as scratch:
        path = Path(scratch) / "aggregate.npy"
        shape = (captured.n_layers, captured.n_heads, len(counts), len(counts))
        aggregate = store.create_array(path, "float32", shape)
        for layer in range(captured.n_layers):
            of_layer = aggregate_layer(captured_attention(captured, arrays, layer), counts)
            aggregate[layer] = of_layer.mean
            profiles.append(of_layer.offset_profile)
        aggregate.flush()
        kept = store.put_array_file(path)
    return {
        "aggregate": kept,
        "aggregate_counts": store.put_array(counts),
        "offset_profile": store.put_array(np.stack(profiles)),
    }


def compare_heads(captured: Captured, arrays: CapturedArrays) -> Float32:
    """Compare the attention of all heads with each other.

    Parameters
    ----------
    captured, arrays
        What running the model left.

    Returns
    -------
    float32 [L * H, L * H]
        See :func:`precompute.head_distances.head_distances`.
    """
    chosen = compared_instances(arrays.offsets)
    layers = [captured_attention(captured, arrays, layer, instances=chosen) for layer in range(captured.n_layers)]
    return head_distances(zip(*layers, strict=True))
