"""Attention of a whole layer, one instance after another: what metrics and aggregates stream over."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from precompute.attention.pattern import attention_pattern
from precompute.numeric import Float32, Int32


@dataclass(frozen=True)
class InstanceAttention:
    """Attention of one instance in all heads of a layer.

    Attributes
    ----------
    tokens : slice
        Range of the instance in the tokens of the data set.
    pattern : float32 [H, len, len]
        Row i: query i over all keys; sums to 1.
    visible : bool [1 or H, len, len]
        Whether query i may see key j at all.
    """

    tokens: slice
    pattern: Float32
    visible: NDArray[np.bool_]


def layer_attention(
    queries: Float32,
    keys: Float32,
    scale: float,
    offsets: Int32,
    *,
    causal: bool = False,
    mask: Float32 | None = None,
    instances: Iterable[int] | None = None,
) -> Iterator[InstanceAttention]:
    """Recompute the attention of one layer, one instance at a time.

    Parameters
    ----------
    queries : float32 [H, N, d_head]
        Raw; may be a memory map, of which one instance at a time is read.
    keys : float32 [H_kv, N, d_head]
        Query head h reads key head h // (H / H_kv).
    scale : float
        Of the scores q k^T.
    offsets : int32 [n_instances + 1]
        Token range of each instance.
    causal : bool
        Whether a query sees no later key.
    mask : float32 [1 or H, sum len^2], optional
        Additive masks of all instances, one after another, each row by row.
    instances : iterable of int, optional
        Which instances, in which order; all of them by default.

    Yields
    ------
    InstanceAttention
        Instances without tokens are left out.
    """
    group = len(queries) // len(keys)
    lengths = np.diff(offsets).astype(np.int64)
    mask_starts = np.concatenate([[0], np.cumsum(lengths**2)])
    for i in range(len(lengths)) if instances is None else instances:
        n = int(lengths[i])
        if n == 0:
            continue
        tokens = slice(int(offsets[i]), int(offsets[i + 1]))
        own_keys = np.repeat(keys[:, tokens], group, axis=0)
        own_mask = None if mask is None else mask[:, mask_starts[i] : mask_starts[i + 1]].reshape(-1, n, n)
        pattern = attention_pattern(queries[:, tokens], own_keys, scale, causal=causal, mask=own_mask)
        yield InstanceAttention(tokens, pattern, _visible(n, causal, own_mask))


def _visible(n: int, causal: bool, mask: Float32 | None) -> NDArray[np.bool_]:
    visible = np.tri(n, dtype=bool)[None] if causal else np.ones((1, n, n), bool)
    return visible if mask is None else visible & np.isfinite(mask)
