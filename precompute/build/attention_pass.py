"""Part of the fourth stage: pass over the attention of every layer, for metrics and mean attention."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from precompute.attention.distances import compared_instances, head_distances
from precompute.attention.layer import InstanceAttention
from precompute.attention.mean import aggregate_counts, aggregate_layer
from precompute.attention.pairs import PairTable, StrongestPairs, head_blocks, pair_table, strongest_pairs
from precompute.attention.pattern import require_finite_attention
from precompute.attention.sinks import sink_tokens, without_tokens
from precompute.build.capture import Captured, CapturedArrays, captured_attention
from precompute.build.request import OnProgress, Progress
from precompute.embedding.joint import joint_embedding
from precompute.format.manifest import ArrayInfo, MetricInfo, Modality
from precompute.metrics.joint_quality import FIDELITY_METRICS, head_fidelity
from precompute.metrics.layer_measure import LayerMeasure, stack_layers
from precompute.numeric import Float32
from precompute.store.store import Store
from precompute.tokens.features import token_features

STAGE = "metrics"


@dataclass(frozen=True)
class AttentionMetrics:
    """What every head does.

    Attributes
    ----------
    all_tokens : dict of MetricInfo to float32 [L, H]
        With all tokens.
    without_sinks : dict of MetricInfo to float32 [L, H] or None
        With the sinks taken out; None where the run has none.
    """

    all_tokens: dict[MetricInfo, Float32]
    without_sinks: dict[MetricInfo, Float32] | None


def attention_metrics(
    captured: Captured, arrays: CapturedArrays, kind: Modality, on_progress: OnProgress
) -> AttentionMetrics:
    """Measure what every head does, with and without sinks, in one pass.

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
    AttentionMetrics
    """
    sinks = sinks_of(captured, arrays)
    tokens = replace(token_features(arrays.table, arrays.pictures), sinks=sinks)
    plain, bare = [], []
    for layer in range(captured.n_layers):
        on_progress(Progress(STAGE, layer, captured.n_layers, "layers"))
        norms = np.asarray(arrays.query_norms[layer]), np.asarray(arrays.key_norms[layer])
        measures = [LayerMeasure(tokens, *norms, kind=kind) for _ in range(2)]
        for instance in captured_attention(captured, arrays, layer):
            measures[0].add(instance)
            if sinks is not None:
                measures[1].add(without_tokens(instance, sinks[instance.tokens]))
        plain.append(measures[0].metrics())
        bare.append(measures[1].metrics())
    on_progress(Progress(STAGE, captured.n_layers, captured.n_layers, "layers"))
    return AttentionMetrics(stack_layers(plain), None if sinks is None else stack_layers(bare))


def sinks_of(captured: Captured, arrays: CapturedArrays) -> NDArray[np.bool_] | None:
    """Mark the sinks of a run, bool [N]; None where it has none."""
    sinks = sink_tokens(arrays.table, causal="causal" in captured.masks)
    return sinks if sinks.any() and not sinks.all() else None


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
        ``aggregate`` float32 [L, H, P, P], ``aggregate_counts`` int32 [P], ``offset_profile`` float32 [L, H, 2 R + 1]
        and, for a run with sinks, ``offset_profile_without_sinks`` of the same shape.
    """
    sinks = sinks_of(captured, arrays)
    counts = aggregate_counts(arrays.offsets)
    profiles: list[Float32] = []
    bare: list[Float32] = []
    with store.scratch() as scratch:
        path = Path(scratch) / "aggregate.npy"
        shape = (captured.n_layers, captured.n_heads, len(counts), len(counts))
        aggregate = store.create_array(path, "float32", shape)
        for layer in range(captured.n_layers):
            of_layer = aggregate_layer(captured_attention(captured, arrays, layer), counts, sinks)
            aggregate[layer] = of_layer.mean
            profiles.append(of_layer.offset_profile)
            if of_layer.without_sinks is not None:
                bare.append(of_layer.without_sinks)
        aggregate.flush()
        kept = store.put_array_file(path)
    return {
        "aggregate": kept,
        "aggregate_counts": store.put_array(counts),
        "offset_profile": store.put_array(np.stack(profiles)),
        **({"offset_profile_without_sinks": store.put_array(np.stack(bare))} if bare else {}),
    }


def compare_heads(captured: Captured, arrays: CapturedArrays, store: Store) -> Mapping[str, ArrayInfo]:
    """Compare the attention of all heads with each other.

    Parameters
    ----------
    captured, arrays
        What running the model left.
    store : Store
        Receives the arrays.

    Returns
    -------
    mapping of str to ArrayInfo
        ``head_distances`` float32 [L * H, L * H], see :func:`precompute.attention.distances.head_distances`, and
        for a run with sinks ``head_distances_without_sinks``.
    """
    sinks = sinks_of(captured, arrays)
    kept = {"head_distances": store.put_array(_distances(captured, arrays))}
    if sinks is not None:
        kept["head_distances_without_sinks"] = store.put_array(_distances(captured, arrays, sinks))
    return kept


def _distances(captured: Captured, arrays: CapturedArrays, taken: NDArray[np.bool_] | None = None) -> Float32:
    chosen = compared_instances(arrays.offsets)
    layers = [_attention(captured, arrays, layer, chosen, taken) for layer in range(captured.n_layers)]
    return head_distances(zip(*layers, strict=True))


def _attention(
    captured: Captured,
    arrays: CapturedArrays,
    layer: int,
    chosen: NDArray[np.int64],
    taken: NDArray[np.bool_] | None,
) -> Iterator[InstanceAttention]:
    for instance in captured_attention(captured, arrays, layer, instances=chosen):
        yield instance if taken is None else without_tokens(instance, taken[instance.tokens])


Layer = list[StrongestPairs]
"""Blocks of heads, in their order."""


def strongest_of_heads(captured: Captured, arrays: CapturedArrays, store: Store) -> Mapping[str, ArrayInfo]:
    """Find the pairs of tokens that every head connects most.

    Parameters
    ----------
    captured, arrays
        What running the model left.
    store : Store
        Receives the arrays.

    Returns
    -------
    mapping of str to ArrayInfo
        ``strongest_pairs`` int32 [L, H, 2, K, 3] and ``strongest_pair_weights`` float32 [L, H, 2, K, 2]: of every
        layer, what :class:`precompute.attention.pairs.StrongestPairs` says. For a run with sinks the same of attention
        from which they were taken out: ``strongest_pairs_without_sinks``, ``strongest_pair_weights_without_sinks``.
    """
    table = pair_table(token_features(arrays.table), arrays.offsets)
    sinks = sinks_of(captured, arrays)
    kept = _stored([_of_layer(captured, arrays, table, layer) for layer in range(captured.n_layers)], store)
    if sinks is not None:
        bare = [_of_layer(captured, arrays, table, layer, sinks) for layer in range(captured.n_layers)]
        kept |= {f"{name}_without_sinks": info for name, info in _stored(bare, store).items()}
    return kept


def _of_layer(
    captured: Captured, arrays: CapturedArrays, table: PairTable, layer: int, taken: NDArray[np.bool_] | None = None
) -> Layer:
    group = captured.n_heads // captured.n_kv_heads
    found = []
    for heads in head_blocks(captured.n_heads, group, len(table.pair)):
        attention = captured_attention(captured, arrays, layer, heads=heads, instances=table.instances.tolist())
        if taken is not None:
            attention = (without_tokens(instance, taken[instance.tokens]) for instance in attention)
        found.append(strongest_pairs(attention, table))
    return found


def _stored(layers: list[Layer], store: Store) -> dict[str, ArrayInfo]:
    places = np.stack([np.concatenate([block.places for block in blocks]) for blocks in layers])
    weights = np.stack([np.concatenate([block.weights for block in blocks]) for blocks in layers])
    return {"strongest_pairs": store.put_array(places), "strongest_pair_weights": store.put_array(weights)}


STAGE = "summary"


def fidelity_of_heads(
    captured: Captured, arrays: CapturedArrays, *, workers: int, on_progress: OnProgress
) -> dict[MetricInfo, Float32]:
    """Measure what the joint embedding of every head keeps.

    Parameters
    ----------
    captured, arrays
        What running the model left.
    workers : int
        Heads measured at a time; the caller holds linear algebra to one thread.
    on_progress : callable
        Hears of every layer.

    Returns
    -------
    dict of MetricInfo to float32 [L, H]
        In the order of ``FIDELITY_METRICS``.

    Raises
    ------
    NumericalError
        The queries or keys of a head hold NaN or infinite values, or their dot products overflow.
    """
    rows = {info: np.full((captured.n_layers, captured.n_heads), np.nan, np.float32) for info in FIDELITY_METRICS}
    with ThreadPoolExecutor(workers, thread_name_prefix="fidelity") as executor:
        for layer in range(captured.n_layers):
            on_progress(Progress(STAGE, layer, captured.n_layers, "layers"))
            heads = range(captured.n_heads)
            measured = executor.map(lambda head, layer=layer: _of_head(captured, arrays, layer, head), heads)
            for head, fidelity in enumerate(measured):
                for info, row in rows.items():
                    row[layer, head] = fidelity[info.name]
    return rows


def _of_head(captured: Captured, arrays: CapturedArrays, layer: int, head: int) -> dict[str, float]:
    group = captured.n_heads // captured.n_kv_heads
    queries, keys = arrays.queries[layer, head], arrays.keys[layer, head // group]
    mask = arrays.masks.get(layer)
    require_finite_attention(queries, keys, f"layer {layer}, head {head}")
    return head_fidelity(
        joint_embedding(queries, keys),
        queries,
        keys,
        scale=float(arrays.scales[layer]),
        offsets=arrays.offsets,
        causal=captured.masks[layer] == "causal",
        mask=None if mask is None else mask[head if len(mask) > 1 else 0],
    ).metrics()
