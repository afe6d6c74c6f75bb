"""Metrics of heads that attend to repetition: induction heads and their relatives."""

from __future__ import annotations

import numpy as np

from precompute.metrics.confounders import offset_tally
from precompute.metrics.registry import AttentionView, Tally, metric, target_metric
from precompute.tokens.features import Bool, TokenFeatures


@target_metric(
    "induction",
    label="Induction",
    help="Share of a repeated token's attention on what followed its earlier occurrence: 0 = spread "
    "evenly, 1 = all attention.",
    inputs=("text",),
    probed=True,
)
def induction(tokens: TokenFeatures) -> Bool:
    """Keys just after an earlier occurrence of the query's token (Olsson et al. 2022, arXiv 2209.11895).

    The key just before the query does not count ("1.6.1"), or a previous-token head would score here.
    """
    earlier = _earlier_occurrence(tokens)
    targets = np.zeros_like(earlier)
    targets[:, 1:] = earlier[:, :-1]
    return np.tril(targets, k=-2)


@target_metric(
    "reverse_induction",
    label="Reverse induction",
    help="Share of a repeated token's attention on what preceded its earlier occurrence: 0 = spread "
    "evenly, 1 = all attention.",
    inputs=("text",),
    probed=True,
)
def reverse_induction(tokens: TokenFeatures) -> Bool:
    """Keys just before an earlier occurrence of the query's token (Yeh et al. 2023, arXiv 2305.03210)."""
    earlier = _earlier_occurrence(tokens)
    targets = np.zeros_like(earlier)
    targets[:, :-1] = earlier[:, 1:]
    return targets


@target_metric(
    "duplicate_token",
    label="Duplicate token",
    help="Share of attention on other occurrences of the same token: 0 = spread evenly, 1 = all attention.",
    inputs=("text",),
    probed=True,
)
def duplicate_token(tokens: TokenFeatures) -> Bool:
    """Keys with the query's token elsewhere (Wang et al. 2022, arXiv 2211.00593, duplicate token heads)."""
    return _same_token(tokens) & ~np.eye(len(tokens.ids), dtype=bool)


@metric(
    "same_word",
    label="Same word",
    help="Share of attention on other tokens of the same word, beyond what their distance explains: 0 = none, 1 = all.",
    inputs=("text",),
    version=2,
)
def same_word(view: AttentionView) -> Tally:
    """Keys that are other tokens of the query's word, less its attention to other words at the same offset.

    A previous-token head attends within words too, since their tokens are neighbors
    (:class:`precompute.metrics.confounders.OffsetTally`).
    """
    words = view.tokens.words
    return offset_tally(view, np.equal.outer(words, words) & ~np.eye(len(words), dtype=bool))


def _same_token(tokens: TokenFeatures) -> Bool:
    """Whether query and key are the same ordinary token: special tokens repeat by construction."""
    return np.equal.outer(tokens.ids, tokens.ids) & ~tokens.special[:, None]


def _earlier_occurrence(tokens: TokenFeatures) -> Bool:
    return np.tril(_same_token(tokens), k=-1)
