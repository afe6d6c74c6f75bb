"""Metrics of heads that look at a place: the previous token, the next, itself, the first, a fixed offset."""

from __future__ import annotations

import numpy as np

from precompute.aggregate import MAX_OFFSET, offset_sums
from precompute.metrics.registry import AttentionView, Float64, Tally, register_metric, register_target, tally
from precompute.metrics.token_features import Bool, TokenFeatures

SUPPORT = 0.25
"""Share of the queries that must see a key at an offset, before a head can be said to prefer it."""


@register_target(
    "previous_token",
    label="Previous token",
    description="Share of attention on the token just before; 0 is as even attention, 1 is all of it.",
    kinds=("text",),
)
def previous_token(tokens: TokenFeatures) -> Bool:
    """Key position = query position - 1 (Clark et al. 2019, arXiv 1906.04341, section 3.1)."""
    return np.eye(len(tokens.ids), k=-1, dtype=bool)


@register_target(
    "next_token",
    label="Next token",
    description="Share of attention on the token just after; 0 is as even attention, 1 is all of it.",
    kinds=("text",),
)
def next_token(tokens: TokenFeatures) -> Bool:
    """Key position = query position + 1 (Clark et al. 2019, section 3.1)."""
    return np.eye(len(tokens.ids), k=1, dtype=bool)


@register_target(
    "self",
    label="Self",
    description="Share of attention that a token gives to itself; 0 is as even attention, 1 is all of it.",
)
def own_token(tokens: TokenFeatures) -> Bool:
    """Key position = query position (Clark et al. 2019, section 3.1)."""
    return np.eye(len(tokens.ids), dtype=bool)


@register_target(
    "first_token",
    label="First token",
    description="Share of later tokens' attention on the very first one; 0 is as even attention, 1 is all of it.",
    kinds=("text",),
)
def first_token(tokens: TokenFeatures) -> Bool:
    """Key position = 0, of all queries but the first (attention sink: Xiao et al. 2023, arXiv 2309.17453)."""
    targets = np.zeros((len(tokens.ids), len(tokens.ids)), bool)
    targets[1:, 0] = True
    return targets


def _offset_tally(view: AttentionView) -> Tally:
    """Tally attention by offset, [2 R + 1, H]."""
    total, count, uniform = (
        offset_sums(values, MAX_OFFSET).T for values in (view.pattern, view.visible.astype(np.float32), view.uniform)
    )
    return tally(total, count, uniform)


def _scores_by_offset(offsets: Tally) -> Float64:
    """Score of every offset that is not 0 and has enough queries, -inf for others, [2 R + 1, H]."""
    supported = offsets.count >= SUPPORT * offsets.count[MAX_OFFSET]
    supported[MAX_OFFSET] = False
    return np.where(supported & (offsets.count > 0), offsets.score(), -np.inf)


def _best_offset(offsets: Tally) -> Float64:
    scores = _scores_by_offset(offsets)
    best = np.argmax(scores, axis=0) - MAX_OFFSET
    return np.where(np.isfinite(scores).any(axis=0), best, 0).astype(np.float64)


def _best_offset_score(offsets: Tally) -> Float64:
    highest: Float64 = _scores_by_offset(offsets).max(axis=0)
    return np.where(np.isfinite(highest), highest, 0.0)


@register_metric(
    "best_offset",
    label="Best offset",
    description="How many tokens back the head looks most; negative numbers look ahead.",
    kinds=("text",),
    finish=_best_offset,
)
def best_offset(view: AttentionView) -> Tally:
    """Find the k other than 0 with the highest score of key position = query position - k, |k| up to 32."""
    return _offset_tally(view)


@register_metric(
    "best_offset_score",
    label="Best offset, score",
    description="Share of attention on the token at the best offset; 0 is as even attention, 1 is all of it.",
    kinds=("text",),
    finish=_best_offset_score,
)
def best_offset_score(view: AttentionView) -> Tally:
    """Score of :func:`best_offset`; offsets that fewer than a quarter of the queries can reach do not compete."""
    return _offset_tally(view)
