"""Metrics of heads do not depend on how their model was run."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from precompute.attention.sinks import sink_tokens, without_tokens
from precompute.capture import capture_instances
from precompute.metrics.layer_measure import LayerMeasure
from precompute.numeric import Float32
from precompute.tokens.features import token_features
from tests.contract.tiny_text import SENTENCES, text_model
from tests.support.heads import layer_of


def measured(family: str, batch_size: int, *, without_sinks: bool) -> dict[str, Float32]:
    """Measure the last layer."""
    model = text_model(family)
    prepared = model.prepare(SENTENCES)
    instances = list(capture_instances(model, prepared, batch_size=batch_size))
    sinks = sink_tokens(prepared.table, causal=instances[0].masks[-1] == "causal")
    norms = [
        np.concatenate([np.linalg.norm(vectors, axis=-1) for vectors in of_instances], axis=1)
        for of_instances in ([one.queries[-1] for one in instances], [one.keys[-1] for one in instances])
    ]
    measure = LayerMeasure(replace(token_features(prepared.table), sinks=sinks), *norms)
    for one, start in zip(instances, prepared.table.offsets, strict=False):
        length = one.queries[-1].shape[1]
        bias = one.biases[-1]
        (seen,) = layer_of(
            one.queries[-1],
            one.keys[-1],
            one.scales[-1],
            np.array([0, length], np.int32),
            causal=one.masks[-1] == "causal",
            mask=None if bias is None else bias.reshape(len(bias), -1),
        ).attention()
        placed = replace(seen, tokens=slice(start, start + length))
        measure.add(without_tokens(placed, sinks[placed.tokens]) if without_sinks else placed)
    return {info.name: values for info, values in measure.metrics().items()}


@pytest.mark.parametrize("without_sinks", [False, True], ids=["all tokens", "without sinks"])
@pytest.mark.parametrize("family", ["bert", "llama", "mistral"])
def test_metrics_do_not_depend_on_batches_and_their_padding(family: str, *, without_sinks: bool) -> None:
    alone = measured(family, 1, without_sinks=without_sinks)
    together = measured(family, len(SENTENCES.texts), without_sinks=without_sinks)
    assert alone.keys() == together.keys()
    assert {"previous_token", "effective_keys", "query_norm"} <= alone.keys()
    for name, values in alone.items():
        np.testing.assert_allclose(together[name], values, atol=2e-4, err_msg=name)
