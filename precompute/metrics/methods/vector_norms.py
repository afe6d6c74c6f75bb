"""Metrics of the norms of queries and keys."""

from __future__ import annotations

import numpy as np

from precompute.metrics.registry import AttentionView, Tally, metric, tally
from precompute.numeric import Float32


@metric("query_norm", label="Query norm", help="Mean length of the head's query vectors.")
def query_norm(view: AttentionView) -> Tally:
    """Mean over the tokens that take part of |q|, before the scale of the scores."""
    return _mean(view, view.query_norms)


@metric("key_norm", label="Key norm", help="Mean length of the head's key vectors.")
def key_norm(view: AttentionView) -> Tally:
    """Mean over the tokens that take part of |k|."""
    return _mean(view, view.key_norms)


@metric(
    "norm_gap",
    label="Norm gap",
    help="Relative length of keys and queries: 0 = equal, 1 = all key, -1 = all query.",
)
def norm_gap(view: AttentionView) -> Tally:
    """(K - Q) / (K + Q), K and Q the mean lengths of keys and queries."""
    queries, keys = (_mean(view, norms).total for norms in (view.query_norms, view.key_norms))
    return tally(keys - queries, keys + queries)


def _mean(view: AttentionView, norms: Float32) -> Tally:
    counted = norms[:, view.taking_part]
    return tally(counted.sum(axis=-1, dtype=np.float64), counted.shape[-1])
