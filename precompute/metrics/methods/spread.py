"""Metrics of the spread of a head's attention, over keys and over distance."""

from __future__ import annotations

import numpy as np
from scipy.special import entr

from precompute.metrics.registry import AttentionView, Float64, Tally, metric, tally
from precompute.numeric import Float32


@metric(
    "effective_keys",
    label="Effective keys",
    help="Number of keys that a query spreads its attention over; 10 equals even attention over ten keys.",
)
def effective_keys(view: AttentionView) -> Tally:
    """exp(H), H = -sum_j a_ij log a_ij, the perplexity of the attention, mean over queries; a sink logit is a key."""
    seeing = view.n_visible > 0
    return tally((seeing * np.exp(_entropy(view))).sum(axis=-1), seeing.sum(axis=-1))


@metric(
    "focus",
    label="Focus",
    help="Concentration of attention: 0 = even over all visible keys, 1 = a single key.",
)
def focus(view: AttentionView) -> Tally:
    """1 - H / log(n_i), n_i the keys that query i sees, mean over queries that see more than one."""
    choosing = view.n_visible > 1
    relative = _entropy(view) / np.log(np.maximum(view.n_visible, 2))
    return tally((choosing * (1 - relative)).sum(axis=-1), choosing.sum(axis=-1))


@metric(
    "mean_distance",
    label="Mean distance",
    help="Mean distance of attention in tokens; 0 is the token itself.",
    inputs=("text",),
)
def mean_distance(view: AttentionView) -> Tally:
    """sum_j a_ij |i - j|, mean over queries (Vig and Belinkov 2019, arXiv 1906.04284)."""
    return tally(_distance(view, view.pattern), (view.n_visible > 0).sum(axis=-1))


@metric(
    "locality",
    label="Locality",
    help="How much nearer attention stays than even attention: 0 = as even, 1 = only the token itself, "
    "below 0 = farther.",
    inputs=("text",),
)
def locality(view: AttentionView) -> Tally:
    """1 - D / D_uniform, D the summed :func:`mean_distance`."""
    uniform = _distance(view, view.uniform)
    return tally(uniform - _distance(view, view.pattern), uniform)


def _entropy(view: AttentionView) -> Float64:
    """Entropy of every query's attention in nats, float64 [H, n]."""
    entropy: Float64 = entr(view.pattern).sum(axis=-1, dtype=np.float64)
    return entropy if view.sink is None else entropy + entr(view.sink).astype(np.float64)


def _distance(view: AttentionView, pattern: Float32) -> Float64:
    """Sum the distance of the attention of all queries, float64 [1 or H]."""
    at = np.arange(view.pattern.shape[-1], dtype=np.float32)
    distance = np.abs(at[:, None] - at[None, :])
    summed: Float64 = (pattern.reshape(len(pattern), -1) @ distance.ravel()).astype(np.float64)
    return summed
