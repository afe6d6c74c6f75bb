"""Passes over the attention of every layer: metrics, mean attention, distances, strongest pairs, joint quality."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from precompute.attention.distances import compared_instances, head_distances
from precompute.attention.head import Head, group_size, require_finite_attention
from precompute.attention.mean import aggregate_counts, aggregate_layer
from precompute.attention.pairs import PairTable, StrongestPairs, head_blocks, pair_table, strongest_pairs
from precompute.attention.sinks import without_tokens
from precompute.build.capture import Capture
from precompute.build.request import OnProgress, Progress
from precompute.build.stages import Stage
from precompute.embedding.joint import joint_embedding
from precompute.format.manifest import ArrayInfo, MetricInfo, Modality, variant_name
from precompute.metrics.joint_quality import FIDELITY_METRICS, Fidelity, head_fidelity
from precompute.metrics.layer_measure import LayerMeasure, stack_layers
from precompute.numeric import Float32
from precompute.store.store import Store
from precompute.tokens.features import token_features


@dataclass(frozen=True)
class AttentionMetrics:
    """Metrics of every head, float32 [L, H] each.

    ``without_sinks`` is measured on attention without the sinks; None if the run has no sinks.
    """

    all_tokens: dict[MetricInfo, Float32]
    without_sinks: dict[MetricInfo, Float32] | None


def attention_metrics(capture: Capture, kind: Modality, on_progress: OnProgress) -> AttentionMetrics:
    """Measure every head with and without sinks, in one pass over the attention."""
    n_layers, sinks = capture.record.n_layers, capture.sinks
    tokens = replace(token_features(capture.table, capture.pictures), sinks=sinks)
    all_tokens, without_sinks = [], []
    for layer in range(n_layers):
        on_progress(_pass_progress(0, layer, n_layers))
        norms = capture.query_norms[layer], capture.key_norms[layer]
        measures = [LayerMeasure(tokens, *norms, kind=kind) for _ in range(2)]
        for instance in capture.attention(layer):
            measures[0].add(instance)
            if sinks is not None:
                measures[1].add(without_tokens(instance, sinks[instance.tokens]))
        all_tokens.append(measures[0].metrics())
        without_sinks.append(measures[1].metrics())
    return AttentionMetrics(stack_layers(all_tokens), None if sinks is None else stack_layers(without_sinks))


def fidelity_of_heads(
    capture: Capture, *, workers: int, on_progress: OnProgress
) -> dict[MetricInfo, tuple[Float32, Float32]]:
    """Measure the joint embedding of every head: values and standard errors, float32 [L, H] each.

    In the order of ``FIDELITY_METRICS``.

    ``workers`` heads are measured at a time; the caller limits linear algebra to one thread. NumericalError if a
    head's queries or keys hold NaN or infinite values, or their dot products overflow.
    """
    n_layers, n_heads = capture.record.n_layers, capture.record.n_heads
    absent = np.full((n_layers, n_heads), np.nan, np.float32)
    rows = {info: (absent.copy(), absent.copy()) for info in FIDELITY_METRICS}
    with ThreadPoolExecutor(workers, thread_name_prefix="fidelity") as executor:
        for layer in range(n_layers):
            on_progress(_pass_progress(1, layer, n_layers))
            heads = [capture.head(layer, head) for head in range(n_heads)]
            for head, fidelity in zip(heads, executor.map(_fidelity, heads), strict=True):
                measured, left = fidelity.metrics(), fidelity.errors()
                for info, (values, errors) in rows.items():
                    values[layer, head.index] = measured[info.name]
                    errors[layer, head.index] = left[info.name]
    on_progress(_pass_progress(1, n_layers, n_layers))
    return rows


def _fidelity(head: Head) -> Fidelity:
    require_finite_attention(head)
    return head_fidelity(head, joint_embedding(head.queries, head.keys))


def _pass_progress(number: int, layer: int, n_layers: int) -> Progress:
    """Return the progress of the first or second of the two long passes."""
    return Progress(Stage.METRICS, number * n_layers + layer, 2 * n_layers, "layers")


def mean_attention(capture: Capture, store: Store) -> Mapping[str, ArrayInfo]:
    """Average the attention of every head by position and by offset, and store the result.

    Returns
    -------
    mapping of str to ArrayInfo
        ``aggregate`` float32 [L, H, P, P], ``aggregate_counts`` int32 [P], ``offset_profile`` float32 [L, H, 2 R + 1]
        and, for a run with sinks, its variant without sinks.
    """
    record = capture.record
    counts = aggregate_counts(capture.offsets)
    profiles: list[Float32] = []
    without_sinks: list[Float32] = []
    with store.scratch() as scratch:
        path = Path(scratch) / "aggregate.npy"
        shape = (record.n_layers, record.n_heads, len(counts), len(counts))
        aggregate = store.create_array(path, "float32", shape)
        for layer in range(record.n_layers):
            of_layer = aggregate_layer(capture.attention(layer), counts, capture.sinks)
            aggregate[layer] = of_layer.mean
            profiles.append(of_layer.offset_profile)
            if of_layer.without_sinks is not None:
                without_sinks.append(of_layer.without_sinks)
        aggregate.flush()
        kept = store.put_array_file(path)
    arrays = {
        "aggregate": kept,
        "aggregate_counts": store.put_array(counts),
        "offset_profile": store.put_array(np.stack(profiles)),
    }
    if without_sinks:
        name = variant_name("offset_profile", without_sinks=True)
        arrays[name] = store.put_array(np.stack(without_sinks))
    return arrays


def compare_heads(capture: Capture, store: Store) -> Mapping[str, ArrayInfo]:
    """Compute the distances between all heads' attention, and store them.

    Returns
    -------
    mapping of str to ArrayInfo
        ``head_distances`` float32 [L * H, L * H], see :func:`precompute.attention.distances.head_distances`, and
        for a run with sinks its variant without sinks.
    """
    return {
        variant_name("head_distances", without_sinks=variant): store.put_array(_distances(capture, variant))
        for variant in _variants(capture)
    }


def _variants(capture: Capture) -> tuple[bool, ...]:
    """Return the values of ``without_sinks`` for which arrays are stored."""
    return (False,) if capture.sinks is None else (False, True)


def _distances(capture: Capture, without_sinks: bool) -> Float32:
    chosen = compared_instances(capture.offsets).tolist()
    layers = [
        capture.attention(layer, instances=chosen, without_sinks=without_sinks)
        for layer in range(capture.record.n_layers)
    ]
    return head_distances(zip(*layers, strict=True))


def strongest_of_heads(capture: Capture, store: Store) -> Mapping[str, ArrayInfo]:
    """Find the pairs of tokens with the most attention in every head, and store them.

    Returns
    -------
    mapping of str to ArrayInfo
        ``strongest_pairs`` int32 [L, H, 2, K, 3] and ``strongest_pair_weights`` float32 [L, H, 2, K, 2], see
        :class:`precompute.attention.pairs.StrongestPairs`, and for a run with sinks their variants without sinks.
    """
    table = pair_table(token_features(capture.table), capture.offsets)
    arrays: dict[str, ArrayInfo] = {}
    for variant in _variants(capture):
        layers = [_strongest(capture, table, layer, variant) for layer in range(capture.record.n_layers)]
        for name, values in (
            ("strongest_pairs", np.stack([pairs.occurrences for pairs in layers])),
            ("strongest_pair_weights", np.stack([pairs.weights for pairs in layers])),
        ):
            arrays[variant_name(name, without_sinks=variant)] = store.put_array(values)
    return arrays


def _strongest(capture: Capture, table: PairTable, layer: int, without_sinks: bool) -> StrongestPairs:
    record, instances = capture.record, table.instances.tolist()
    group = group_size(record.n_heads, record.n_kv_heads)
    blocks = [
        strongest_pairs(capture.attention(layer, heads=heads, instances=instances, without_sinks=without_sinks), table)
        for heads in head_blocks(record.n_heads, group, len(table.pair))
    ]
    return StrongestPairs(
        np.concatenate([block.occurrences for block in blocks]), np.concatenate([block.weights for block in blocks])
    )
