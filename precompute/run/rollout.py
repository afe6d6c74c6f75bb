"""Attention rollout: the share of each input token in a token after several layers."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from precompute.numeric import Float32
from precompute.run.run import Run

RESIDUAL = 0.5
"""Share of a token that bypasses the attention of a layer."""


def rollout(run: Run, layer: int, instance: int) -> Float32:
    """Compute the rollout of an instance from the first layer to ``layer``, inclusive, float32 [len, len].

    Row i holds the shares of the input tokens in token i after the layer: at least 0; rows sum to 1. Raises IndexError
    if there is no such layer or instance.
    """
    if not 0 <= layer < run.manifest.model.n_layers:
        raise IndexError(f"the run has no layer {layer}")
    heads = range(run.manifest.model.n_heads)
    means = (np.mean([run.pattern(below, head, instance) for head in heads], axis=0) for below in range(layer + 1))
    start, stop = run.token_range(instance)
    return follow_attention(means, stop - start)


def follow_attention(means: Iterable[Float32], length: int) -> Float32:
    """Multiply the layers' mean attention, each mixed with the residual connection, float32 [length, length].

    A layer's matrix is A' = 0.5 A + 0.5 I with rows normalized to sum 1. The rollout of layer l is A'_l times that of
    the layer below (Abnar and Zuidema 2020, "Quantifying Attention Flow in Transformers", equations 1 and 2); the
    identity without layers.

    Parameters
    ----------
    means : iterable of float32 [length, length]
        Mean over the heads of each layer, first layer first. Rows sum to 1, or to 0 if every key is masked; such a
        token keeps only itself.
    """
    identity = np.eye(length)
    reached = identity
    for mean in means:
        mixed = (1 - RESIDUAL) * mean + RESIDUAL * identity
        reached = mixed / mixed.sum(axis=1, keepdims=True) @ reached
    return reached.astype(np.float32)
