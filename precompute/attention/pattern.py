"""Attention pattern of one instance, in one head or several, from queries and keys."""

from __future__ import annotations

import numpy as np

from precompute.numeric import Float32


def attention_scores(
    queries: Float32,
    keys: Float32,
    scale: float,
    *,
    causal: bool = False,
    mask: Float32 | None = None,
    cap: float | None = None,
) -> Float32:
    """Compute scores, cap(q k^T * scale) + mask (Vaswani et al. 2017, section 3.2.1), float32 [..., len, len].

    Parameters
    ----------
    queries, keys : float32 [..., len, d_head]
        Of one instance; leading axes for heads.
    scale : float
        Usually 1 / sqrt(d_head).
    mask : float32 [..., len, len], optional
        -inf hides a key.
    cap : float, optional
        Soft cap: cap(x) = cap * tanh(x / cap) (Gemma 2, arXiv 2408.00118, section 2).
    """
    scores: Float32 = (queries @ keys.swapaxes(-2, -1)) * np.float32(scale)
    if cap is not None:
        scores = np.float32(cap) * np.tanh(scores / np.float32(cap))
    if mask is not None:
        scores = scores + mask
    if causal:
        scores = np.where(np.tri(queries.shape[-2], dtype=bool), scores, np.float32(-np.inf))
    return scores.astype(np.float32, copy=False)


def attention_pattern(
    queries: Float32,
    keys: Float32,
    scale: float,
    *,
    causal: bool = False,
    mask: Float32 | None = None,
    cap: float | None = None,
    sink: Float32 | float | None = None,
) -> Float32:
    """Compute the softmax of :func:`attention_scores` over the keys, float32 [..., len, len].

    Rows are at least 0 and sum to 1, or to less where a sink logit takes the rest. A row whose keys are all hidden
    is 0.

    Parameters
    ----------
    sink : float32 [...] or float, optional
        Logit of one more key, without a token, that every query sees (gpt-oss; Xiao et al. 2023, section 3.3).
    """
    scores = attention_scores(queries, keys, scale, causal=causal, mask=mask, cap=cap)
    highest = scores.max(axis=-1, keepdims=True)
    highest = np.where(np.isfinite(highest), highest, np.float32(0))
    if sink is not None:
        logit = np.asarray(sink, np.float32)[..., None, None]
        highest = np.maximum(highest, logit)
    weights = np.exp(scores - highest)
    total = weights.sum(axis=-1, keepdims=True)
    if sink is not None:
        total = total + np.exp(logit - highest)
    pattern: Float32 = np.divide(weights, total, out=np.zeros_like(weights), where=total > 0)
    return pattern


def attention_on_sink(pattern: Float32) -> Float32:
    """Compute the attention of each query on the sink logit, float32 [..., len]: what its row lacks to 1.

    Only for a pattern [..., len, len] that was computed with a sink logit.
    """
    rest: Float32 = np.clip(1 - pattern.sum(axis=-1, dtype=np.float64), 0, 1).astype(np.float32)
    return rest
