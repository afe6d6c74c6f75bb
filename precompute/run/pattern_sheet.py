"""Small heat maps of all heads of a layer on one instance."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from precompute.attention.pattern import attention_on_sink
from precompute.attention.sinks import attention_without, share_on
from precompute.numeric import Float32
from precompute.run.run import Run

Bool = NDArray[np.bool_]

MOST_CELLS = 96
"""Largest number of rows and columns of a heat map."""


def pattern_sheet(
    run: Run, layer: int, instance: int, *, hidden: Bool | None = None, most: int = MOST_CELLS
) -> NDArray[np.uint8]:
    """Compute the shades of one instance's attention in all heads of a layer, uint8 [H, side, side].

    255 times the square root of the weight, so that 1 % is visible beside a sink. Rows are queries. Longer instances
    are pooled to ``most`` rows and columns by the maximum, so a thin diagonal survives. The attention to tokens that
    are not ``hidden``, bool [N], is renormalized. Raises IndexError if there is no such layer or instance.
    """
    patterns = layer_patterns(run, layer, instance)
    if hidden is not None:
        patterns = attention_without(patterns, hidden[slice(*run.token_range(instance))])
    weights = np.stack([pool_highest(pattern, most) for pattern in patterns])
    shades: NDArray[np.uint8] = np.rint(255 * np.sqrt(np.clip(weights, 0, 1))).astype(np.uint8)
    return shades


def hidden_shares(run: Run, layer: int, instance: int, hidden: Bool) -> Float32:
    """Compute the share of attention on hidden tokens, bool [N], and on a sink logit, in all heads of a layer.

    Returns float32 [H]: mean over the visible tokens, 0 to 1. Raises IndexError if there is no such layer or instance.
    """
    patterns = layer_patterns(run, layer, instance)
    own = hidden[slice(*run.token_range(instance))]
    on_logit = 0.0 if run.layer(layer).sinks is None else attention_on_sink(patterns)[:, ~own].mean(axis=-1)
    share: Float32 = share_on(patterns, own) + np.float32(on_logit)
    return share


def layer_patterns(run: Run, layer: int, instance: int) -> Float32:
    """Compute the attention of one instance in all heads of a layer, float32 [H, len, len]."""
    return np.stack([run.pattern(layer, head, instance) for head in range(run.manifest.model.n_heads)])


def pool_highest(pattern: Float32, most: int) -> Float32:
    """Pool a pattern of shape [n, n], n >= 1, to [min(n, most), min(n, most)] by the maximum of near-equal blocks."""
    n = len(pattern)
    if n <= most:
        return pattern
    starts = np.arange(most) * n // most
    pooled: Float32 = np.maximum.reduceat(np.maximum.reduceat(pattern, starts, axis=0), starts, axis=1)
    return pooled
