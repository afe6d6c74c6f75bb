"""Metrics of heads that attend by position: the previous token, the next, itself, the first, a fixed offset."""

from __future__ import annotations

import numpy as np

from precompute.attention.mean import MAX_OFFSET, offset_sums
from precompute.metrics.methods.halves import HALVES, crosswise
from precompute.metrics.registry import AttentionView, Float64, Tally, metric, tally, target_metric
from precompute.tokens.features import Bool, TokenFeatures

SUPPORT = 0.25
"""Minimum share of the queries that see a key at an offset for the offset to compete."""

CLEAR = 0.1
"""Minimum score of a best offset."""


@target_metric(
    "previous_token",
    label="Previous token",
    help="Share of attention on the token before: 0 = spread evenly, 1 = all attention.",
    inputs=("text",),
    probed=True,
)
def previous_token(tokens: TokenFeatures) -> Bool:
    """Key position = query position - 1 (Clark et al. 2019, arXiv 1906.04341, section 3.1)."""
    return np.eye(len(tokens.ids), k=-1, dtype=bool)


@target_metric(
    "next_token",
    label="Next token",
    help="Share of attention on the token after: 0 = spread evenly, 1 = all attention.",
    inputs=("text",),
)
def next_token(tokens: TokenFeatures) -> Bool:
    """Key position = query position + 1 (Clark et al. 2019, section 3.1)."""
    return np.eye(len(tokens.ids), k=1, dtype=bool)


@target_metric(
    "self",
    label="Self",
    help="Share of attention on the token itself: 0 = spread evenly, 1 = all attention.",
)
def own_token(tokens: TokenFeatures) -> Bool:
    """Key position = query position (Clark et al. 2019, section 3.1)."""
    return np.eye(len(tokens.ids), dtype=bool)


@target_metric(
    "first_token",
    label="First token",
    help="Share of later tokens' attention on the first token: 0 = spread evenly, 1 = all attention.",
    inputs=("text",),
)
def first_token(tokens: TokenFeatures) -> Bool:
    """Key position = 0, of all queries but the first (attention sink: Xiao et al. 2023, arXiv 2309.17453)."""
    targets = np.zeros((len(tokens.ids), len(tokens.ids)), bool)
    targets[1:, 0] = True
    return targets


def _offset_tally(view: AttentionView) -> Tally:
    """Tally attention by offset, of even and odd queries, [2, 2 R + 1, H]."""
    total, count, uniform = (
        np.stack([offset_sums(values, MAX_OFFSET, half).T for half in HALVES])
        for values in (view.pattern, view.visible.astype(np.float32), view.uniform)
    )
    return tally(total, count, uniform)


def _competing(count: Float64) -> Bool:
    """Mark the offsets that are not 0 and have enough queries, [2 R + 1, H]; count as in a tally by offset."""
    supported: Bool = (count >= SUPPORT * count[MAX_OFFSET]) & (count > 0)
    supported[MAX_OFFSET] = False
    return supported


def _best_offset(halves: Tally) -> Float64:
    whole = Tally(halves.total.sum(axis=0), halves.count.sum(axis=0), halves.uniform.sum(axis=0))
    competing = _competing(whole.count)
    best = MAX_OFFSET - np.argmax(np.where(competing, whole.score(), -np.inf), axis=0)
    clear = competing.any(axis=0) & (_best_offset_score(halves) >= CLEAR)
    return np.where(clear, best, np.nan).astype(np.float64)


def _best_offset_score(halves: Tally) -> Float64:
    competing = _competing(halves.count.sum(axis=0)) & (halves.count > 0)
    # A half in which nothing competes chooses offset 0, where nothing is counted.
    best = np.argmax(np.where(competing, halves.score(), -np.inf), axis=1)
    chosen = np.where(competing.any(axis=1), best, MAX_OFFSET)
    counted = (np.where(competing, sums, 0) for sums in (halves.total, halves.count, halves.uniform))
    return Tally(*(crosswise(sums, chosen) for sums in counted)).score()


@metric(
    "best_offset",
    label="Best offset",
    help="Offset from a token to the one that the head attends to most: negative is back. None below a score of 0.1.",
    inputs=("text",),
    digits=0,
    finish=_best_offset,
    version=2,
)
def best_offset(view: AttentionView) -> Tally:
    """Find the k other than 0 with the highest score of key position = query position + k, |k| up to 32.

    Offsets that fewer than a quarter of the queries can reach do not compete. NaN for a head whose
    :func:`best_offset_score` is below ``CLEAR``: the best of many weak offsets has no meaning.
    """
    return _offset_tally(view)


@metric(
    "best_offset_score",
    label="Best offset, score",
    help="Share of attention at the best offset, chosen and measured on different halves of the queries: "
    "0 = spread evenly, 1 = all.",
    inputs=("text",),
    finish=_best_offset_score,
)
def best_offset_score(view: AttentionView) -> Tally:
    """Score of the offset that half of the queries choose, measured on the other half, both ways.

    With E the queries at even and O those at odd positions of all instances, k_E and k_O the best of the competing
    offsets (see :func:`best_offset`) on either, and T, C and U the sums over queries of the attention at an offset, of
    whether that key is visible, and of even attention at it, the score is

        (T_O(k_E) + T_E(k_O) - U_O(k_E) - U_E(k_O)) / (C_O(k_E) + C_E(k_O) - U_O(k_E) - U_E(k_O)).

    If both halves agree it is the score of that offset over all queries.
    """
    return _offset_tally(view)
