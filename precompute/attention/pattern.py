"""Attention pattern of one instance, in one head or several, from queries and keys."""

from __future__ import annotations

import numpy as np

from precompute.numeric import Float32


def attention_scores(
    queries: Float32, keys: Float32, scale: float, *, causal: bool = False, mask: Float32 | None = None
) -> Float32:
    """Compute scores, q k^T * scale + mask (Vaswani et al. 2017, section 3.2.1), float32 [..., len, len].

    Parameters
    ----------
    queries, keys : float32 [..., len, d_head]
        Of one instance; leading axes for heads.
    scale : float
        Usually 1 / sqrt(d_head).
    mask : float32 [..., len, len], optional
        -inf hides a key.
    """
    scores: Float32 = (queries @ keys.swapaxes(-2, -1)) * np.float32(scale)
    if mask is not None:
        scores = scores + mask
    if causal:
        scores = np.where(np.tri(queries.shape[-2], dtype=bool), scores, np.float32(-np.inf))
    return scores.astype(np.float32, copy=False)


def attention_pattern(
    queries: Float32, keys: Float32, scale: float, *, causal: bool = False, mask: Float32 | None = None
) -> Float32:
    """Compute the softmax of :func:`attention_scores` over the keys, float32 [..., len, len].

    Rows are at least 0 and sum to 1. A row whose keys are all hidden is 0.
    """
    scores = attention_scores(queries, keys, scale, causal=causal, mask=mask)
    highest = scores.max(axis=-1, keepdims=True)
    highest = np.where(np.isfinite(highest), highest, np.float32(0))
    weights = np.exp(scores - highest)
    total = weights.sum(axis=-1, keepdims=True)
    pattern: Float32 = np.divide(weights, total, out=np.zeros_like(weights), where=total > 0)
    return pattern
