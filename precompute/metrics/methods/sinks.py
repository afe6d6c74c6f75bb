"""Metrics of heads that attend to special tokens and other sinks."""

from __future__ import annotations

import numpy as np

from precompute.metrics.methods.halves import HALVES, crosswise
from precompute.metrics.registry import AttentionView, Float64, Tally, metric, tally, target_metric
from precompute.tokens.features import Bool, TokenFeatures


@target_metric(
    "cls",
    label="CLS or BOS",
    help="Share of attention on the special token at the start: 0 = spread evenly, 1 = all attention.",
)
def start_token(tokens: TokenFeatures) -> Bool:
    """Key = position 0 if it is special and no register, of all queries but itself (Clark et al. 2019, section 3.2)."""
    return _to_keys(tokens, _start(tokens))


@target_metric(
    "registers",
    label="Registers",
    help="Share of attention on registers and other special tokens after the first: 0 = spread evenly, 1 "
    "= all attention.",
)
def registers(tokens: TokenFeatures) -> Bool:
    """Keys = special tokens before the first ordinary one except CLS or BOS (Darcet et al. 2023, arXiv 2309.16588)."""
    return _to_keys(tokens, _prefix(tokens) & ~_start(tokens))


@target_metric(
    "sep",
    label="SEP",
    help="Share of attention on special tokens in the middle and at the end: 0 = spread evenly, 1 = all attention.",
    inputs=("text",),
)
def separator(tokens: TokenFeatures) -> Bool:
    """Keys = special tokens that are not at the start (Clark et al. 2019, section 3.2)."""
    return _to_keys(tokens, tokens.special & ~_prefix(tokens))


@target_metric(
    "punctuation",
    label="Punctuation",
    help="Share of attention on other tokens that are punctuation: 0 = spread evenly, 1 = all attention.",
    inputs=("text",),
)
def punctuation(tokens: TokenFeatures) -> Bool:
    """Keys = tokens that are only punctuation (Clark et al. 2019, section 3.2)."""
    return _to_keys(tokens, tokens.punctuation)


@metric(
    "sink",
    label="Sink",
    help="Share of attention on the most attended token, chosen and measured on different halves of the "
    "queries: 0 = spread evenly, 1 = all.",
)
def sink(view: AttentionView) -> Tally:
    """Column mean of the pattern at the most attended key, mean over instances (attention sink: Xiao et al. 2023).

    Of the n queries that see more than one key, let E be those at even and O those at odd positions, and k_E, k_O the
    keys with the largest sums of a_ij over E, over O. The share of an instance is

        (sum over i in O of a_i,k_E + sum over i in E of a_i,k_O) / n,

    and that of even attention u is the same sum of u at the same keys. If both halves agree on k it is the mean of a_ik
    over all n queries; a head whose every query attends to a different key is slightly below 0. Instances without such
    queries in both halves are excluded. Source: arXiv 2309.17453.
    """
    choosing = view.n_visible > 1
    n_choosing = np.stack([choosing[:, half].sum(axis=-1) for half in HALVES])
    pattern, uniform = (
        np.stack([(attention * choosing[..., None])[:, half].sum(axis=1, dtype=np.float64).T for half in HALVES])
        for attention in (view.pattern, view.uniform)
    )
    keys = pattern.argmax(axis=1)
    counted = n_choosing.all(axis=0).astype(np.float64)
    weight = counted / np.maximum(n_choosing.sum(axis=0), 1)
    return tally(weight * crosswise(pattern, keys), counted, weight * crosswise(uniform, keys))


def _mean(sums: Tally) -> Float64:
    return np.divide(sums.total, sums.count, out=np.zeros_like(sums.total), where=sums.count > 0)


@metric(
    "sink_share",
    label="On sinks",
    help="Share of the other tokens' attention on sinks: special tokens and, under a causal mask, the first token.",
    finish=_mean,
)
def sink_share(view: AttentionView) -> Tally:
    """Sum of a_ij over sinks j, mean over the queries i that are no sinks (Xiao et al. 2023, arXiv 2309.17453).

    A sink logit is one of the sinks.
    """
    sinks = view.tokens.sinks
    if sinks is None:
        return tally(np.zeros(len(view.pattern)), 0.0)
    asking = (view.visible & sinks).any(axis=-1) & ~sinks
    total = (view.pattern * sinks).sum(axis=-1, dtype=np.float64)
    if view.sink is not None:
        total = total + view.sink
    return tally((total * asking).sum(axis=-1), asking.sum(axis=-1))


@metric(
    "sink_logit",
    label="Sink logit",
    help="Share of attention on the learned sink that is no token, only in models that have one.",
    finish=_mean,
)
def sink_logit(view: AttentionView) -> Tally:
    """1 - sum_j a_ij, mean over queries (gpt-oss, arXiv 2508.10925, section 2.2)."""
    if view.sink is None:
        return tally(np.zeros(len(view.pattern)), 0.0)
    return tally(view.sink.sum(axis=-1, dtype=np.float64), view.sink.shape[-1])


def _prefix(tokens: TokenFeatures) -> Bool:
    """Mark the special tokens before the first ordinary one."""
    return np.logical_and.accumulate(tokens.special)


def _start(tokens: TokenFeatures) -> Bool:
    """Mark the special token at position 0, unless it is a register."""
    start: Bool = _prefix(tokens) & (np.arange(len(tokens.ids)) == 0)
    if tokens.registers is not None:
        start &= ~tokens.registers
    return start


def _to_keys(tokens: TokenFeatures, keys: Bool) -> Bool:
    """Target the given keys from every query but themselves."""
    return keys[None, :] & ~np.eye(len(tokens.ids), dtype=bool)
