"""Tokens on which attention rests without meaning them: special tokens, and the first one of a causal model."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from precompute.attention.layer import InstanceAttention
from precompute.format.manifest import TokenTable
from precompute.numeric import Float32

Bool = NDArray[np.bool_]


def sink_tokens(table: TokenTable, *, causal: bool) -> Bool:
    """Mark the tokens that attention is parked on.

    Special and prefix tokens (CLS, BOS, SEP, registers: Clark et al. 2019, section 3.2; Darcet et al. 2023) and, in a
    model whose queries see no later key, the first token of every instance (Xiao et al. 2023, arXiv 2309.17453).

    Parameters
    ----------
    table : TokenTable
        Tokens of a run.
    causal : bool
        Whether the model is.

    Returns
    -------
    bool [N]
    """
    sinks = np.array(table.special, bool)
    if causal:
        sinks[[start for start in table.offsets[:-1] if start < len(sinks)]] = True
    return sinks


def sinks_in_words(table: TokenTable, *, causal: bool) -> str:
    """Name the tokens of :func:`sink_tokens`; empty where there are none.

    Parameters
    ----------
    table, causal
        As for :func:`sink_tokens`.
    """
    special = np.array(table.special, bool)
    beyond = bool((sink_tokens(table, causal=causal) & ~special).any())
    if special.any():
        return "special and first tokens" if beyond else "special tokens"
    return "the first token" if beyond else ""


def without_tokens(instance: InstanceAttention, taken: Bool) -> InstanceAttention:
    """Take tokens out of an instance's attention: nobody sees them, and they see nobody.

    Parameters
    ----------
    instance : InstanceAttention
        Keeps its length, so that positions and distances stay what they are.
    taken : bool [len]
        Tokens of the instance.

    Returns
    -------
    InstanceAttention
        Rows of the others are divided by what is left of them, and 0 where nothing is.
    """
    pattern = attention_without(instance.pattern, taken)
    return replace(instance, pattern=pattern, visible=instance.visible & np.outer(~taken, ~taken))


def attention_without(pattern: Float32, taken: Bool) -> Float32:
    """Take tokens out of an attention pattern.

    Parameters
    ----------
    pattern : float32 [..., len, len]
        Row i: how much query i attends to every key.
    taken : bool [len]
        Tokens that are neither asked nor attended to.

    Returns
    -------
    float32 [..., len, len]
        Rows and columns of those tokens are 0; other rows are divided by what is left of them, which is the softmax
        over the other keys, and 0 where nothing is.
    """
    kept = pattern * np.outer(~taken, ~taken)
    total = kept.sum(axis=-1, keepdims=True)
    left: Float32 = np.divide(kept, total, out=np.zeros_like(kept), where=total > 0)
    return left


def share_on(pattern: Float32, taken: Bool) -> Float32:
    """Say how much of the other tokens' attention is on those that are taken out.

    Parameters
    ----------
    pattern : float32 [..., len, len]
        Row i: how much query i attends to every key.
    taken : bool [len]
        Tokens that are taken out.

    Returns
    -------
    float32 [...]
        Sum over taken keys, mean over the queries that stay, 0..1; 0 where none stays.
    """
    taken_away = pattern[..., ~taken, :][..., taken].sum(axis=(-2, -1))
    share: Float32 = taken_away / max(1, int(np.count_nonzero(~taken)))
    return share
