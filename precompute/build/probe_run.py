"""Run of the induction probe through a model."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from precompute.attention.head import positions_in
from precompute.attention.layer import InstanceAttention, Layer
from precompute.capture import CapturedInstance, capture_instances, l2_norms
from precompute.capture.runnable import Prepared, RunnableModel
from precompute.format.manifest import MetricInfo
from precompute.metrics.layer_measure import stack_layers
from precompute.metrics.probe import InductionProbe, induction_probe, probe_metrics, vocabulary_in_use
from precompute.numeric import Float32


def probe_model(
    model: RunnableModel, prepared: Prepared, *, max_length: int | None = None, seed: int = 0
) -> dict[MetricInfo, Float32]:
    """Measure all heads of a text model on random tokens that repeat, float32 [L, H] each.

    See :func:`precompute.metrics.probe.probe_metrics`.

    Parameters
    ----------
    prepared
        The data set, whose tokens the probe draws from.
    max_length
        Tokens that the model takes.

    Raises
    ------
    ValueError
        The data set has no ordinary token, or the model no room for a repetition.
    UserError
        As raised by :func:`precompute.capture.capture_instances`.
    """
    probe = induction_probe(vocabulary_in_use(prepared.rows, prepared.table), max_length=max_length, seed=seed)
    captured = list(capture_instances(model, Prepared(probe.table, tuple(probe.ids))))
    return stack_layers([_layer(captured, probe, layer) for layer in range(len(captured[0].queries))])


def _layer(captured: list[CapturedInstance], probe: InductionProbe, layer: int) -> dict[MetricInfo, Float32]:
    query_norms, key_norms = (
        np.concatenate([l2_norms(vectors) for vectors in of_layer], axis=1)
        for of_layer in ([one.queries[layer] for one in captured], [one.keys[layer] for one in captured])
    )
    attention = [_attention(one, layer, probe.ids.shape[1]) for one in captured]
    return probe_metrics(attention, probe, query_norms, key_norms)


def _attention(one: CapturedInstance, layer: int, length: int) -> InstanceAttention:
    bias = one.biases[layer]
    offsets = np.array([0, length], np.int32)
    of_layer = Layer(
        queries=one.queries[layer],
        keys=one.keys[layer],
        scale=one.scales[layer],
        causal=one.masks[layer] == "causal",
        offsets=offsets,
        positions=positions_in(offsets),
        mask=None if bias is None else bias.reshape(len(bias), -1),
        cap=one.caps[layer],
        sinks=one.sinks[layer],
        index=layer,
    )
    (seen,) = of_layer.attention()
    return replace(seen, tokens=slice(one.index * length, (one.index + 1) * length))
