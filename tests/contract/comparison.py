"""Patterns recomputed from what was captured, for comparison with a model's own."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from precompute.attention.pattern import attention_pattern
from precompute.capture import CapturedInstance


def recomputed_patterns(instance: CapturedInstance, layer: int) -> NDArray[np.float32]:
    """Return the patterns [H, len, len] of one layer."""
    queries, keys, bias = instance.queries[layer], instance.keys[layer], instance.biases[layer]
    group = len(queries) // len(keys)
    return np.stack(
        [
            attention_pattern(
                queries[head],
                keys[head // group],
                instance.scales[layer],
                causal=instance.masks[layer] == "causal",
                mask=None if bias is None else bias[head if len(bias) > 1 else 0],
                cap=instance.caps[layer],
                sink=None if (sinks := instance.sinks[layer]) is None else float(sinks[head]),
            )
            for head in range(len(queries))
        ]
    )
