"""Attention sinks: special tokens, and the first token of a causal model."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from precompute.attention.head import Head
from precompute.attention.layer import InstanceAttention
from precompute.format.manifest import TokenTable
from precompute.numeric import Float32

Bool = NDArray[np.bool_]


def sink_tokens(table: TokenTable, *, causal: bool) -> Bool:
    """Return which tokens are sinks, bool [N].

    Special and prefix tokens (CLS, BOS, SEP, registers: Clark et al. 2019, section 3.2; Darcet et al. 2023) and, in a
    causal model, the first token of every instance (Xiao et al. 2023, arXiv 2309.17453).
    """
    sinks = np.array(table.special, bool)
    if causal:
        sinks[[start for start in table.offsets[:-1] if start < len(sinks)]] = True
    return sinks


def sink_names(table: TokenTable, *, causal: bool, logits: bool = False) -> str:
    """Return the kinds of tokens of :func:`sink_tokens` for the screen, with the sink logits; empty without any."""
    special = np.array(table.special, bool)
    beyond = bool((sink_tokens(table, causal=causal) & ~special).any())
    tokens = "the first token" if beyond else ""
    if special.any():
        tokens = "special and first tokens" if beyond else "special tokens"
    return " and ".join(part for part in (tokens, "the sink logit" if logits else "") if part)


def without_tokens(instance: InstanceAttention, hidden: Bool) -> InstanceAttention:
    """Hide tokens, bool [len], as queries and as keys; see :func:`attention_without`.

    The length of the instance, and so positions and offsets, stay. A sink logit is removed with them.
    """
    pattern = attention_without(instance.pattern, hidden)
    return replace(instance, pattern=pattern, visible=instance.visible & np.outer(~hidden, ~hidden), sink=None)


def attention_without(pattern: Float32, hidden: Bool) -> Float32:
    """Hide tokens, bool [len], as queries and as keys of a pattern, float32 [..., len, len].

    Rows and columns of those tokens are 0. The other rows are divided by their remaining sum, which is the softmax
    over the other keys, without a sink logit; a row without a remaining sum is 0.
    """
    kept = pattern * np.outer(~hidden, ~hidden)
    total = kept.sum(axis=-1, keepdims=True)
    left: Float32 = np.divide(kept, total, out=np.zeros_like(kept), where=total > 0)
    return left


def share_on(pattern: Float32, hidden: Bool) -> Float32:
    """Compute the share of the visible queries' attention that is on hidden keys, float32 [...], 0 to 1.

    The pattern, float32 [..., len, len], includes the hidden tokens, bool [len]. 0 if all tokens are hidden.
    """
    on_hidden = pattern[..., ~hidden, :][..., hidden].sum(axis=(-2, -1))
    share: Float32 = on_hidden / max(1, int(np.count_nonzero(~hidden)))
    return share


def sink_share(head: Head, sinks: Bool) -> float:
    """Compute the share of a head's attention that is on sinks, bool [N], 0 to 1.

    Mean over the queries that see a sink and are none; 0 if there is none. The metric ``sink_share`` without the share
    of a sink logit, which is no point of a layout.
    """
    total, count = 0.0, 0
    for instance in range(head.n_instances):
        hidden = sinks[head.tokens(instance)]
        asking = (head.visible(instance) & hidden).any(axis=1) & ~hidden
        if asking.any():
            total += float(head.attention(instance)[asking][:, hidden].sum(dtype=np.float64))
            count += int(np.count_nonzero(asking))
    return total / count if count else 0.0
