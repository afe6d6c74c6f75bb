"""Mean attention of a head over instances, by pair of positions and by offset."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.lib.stride_tricks import as_strided
from numpy.typing import NDArray

from precompute.attention.layer import InstanceAttention
from precompute.attention.sinks import without_tokens
from precompute.numeric import Float32, Int32

MAX_POSITIONS = 512
"""Positions of an aggregate, at most: 144 heads then take 151 MB in float32, on disk."""

MAX_OFFSET = 32
"""Largest offset of a profile, to either side."""


@dataclass(frozen=True)
class LayerAggregate:
    """Mean attention of every head of a layer.

    Attributes
    ----------
    mean : float32 [H, P, P]
        Row i: mean attention of a query at position i to every key position, over all instances that have both
        positions, divided by its sum, sink logit included: what a row lacks to 1 is on the sink. A row without
        attention is 0.
    offset_profile : float32 [H, 2 R + 1]
        Column R + k: mean attention over all visible pairs with query position - key position = k, so that k = 1 is
        the previous token; 0 without such a pair.
    without_sinks : float32 [H, 2 R + 1] or None
        The profile of attention without sinks.
    """

    mean: Float32
    offset_profile: Float32
    without_sinks: Float32 | None = None


def aggregate_counts(offsets: Int32) -> Int32:
    """Count the instances that reach each position, int32 [P]: descending, at least 1; empty without tokens.

    A cell (i, j) of an aggregate is the mean over ``counts[max(i, j)]`` instances. P is the length of the longest
    instance, at most :data:`MAX_POSITIONS`; later positions are dropped.
    """
    lengths = np.diff(offsets)
    size = min(int(lengths.max(initial=0)), MAX_POSITIONS)
    counts: Int32 = (lengths[None, :] > np.arange(size)[:, None]).sum(axis=1, dtype=np.int32)
    return counts


def aggregate_layer(
    instances: Iterable[InstanceAttention], counts: Int32, sinks: NDArray[np.bool_] | None = None
) -> LayerAggregate:
    """Average the attention of one layer; profiles have R = min(P - 1, :data:`MAX_OFFSET`).

    Raises ValueError without instances.

    Parameters
    ----------
    instances : iterable of InstanceAttention
        Every instance once, in any order.
    counts : int32 [P]
        From :func:`aggregate_counts`.
    sinks : bool [N], optional
        Tokens to hide in the second profile.
    """
    size = len(counts)
    reach = min(size - 1, MAX_OFFSET)
    total: NDArray[np.float64] | None = None
    on_sink: NDArray[np.float64] | float = 0.0
    with_sinks, without_sinks = _Profile(reach), _Profile(reach)
    for instance in instances:
        n_heads, n, _ = instance.pattern.shape
        if total is None:
            total = np.zeros((n_heads, size, size))
        kept = min(n, size)
        total[:, :kept, :kept] += instance.pattern[:, :kept, :kept]
        if instance.sink is not None:
            on_sink = on_sink + np.pad(instance.sink[:, :kept].astype(np.float64), ((0, 0), (0, size - kept)))
        with_sinks.add(instance)
        if sinks is not None:
            without_sinks.add(without_tokens(instance, sinks[instance.tokens]))
    if total is None:
        raise ValueError("there is no instance to aggregate")
    later = np.maximum(np.arange(size)[:, None], np.arange(size)[None, :])
    return LayerAggregate(
        mean=_rows_to_one(total / counts[later], on_sink / counts),
        offset_profile=with_sinks.mean(),
        without_sinks=None if sinks is None else without_sinks.mean(),
    )


class _Profile:
    """Sums of attention, and counts of visible pairs, by offset."""

    def __init__(self, reach: int) -> None:
        self._reach = reach
        self._attention: NDArray[np.float64] | float = 0.0
        self._pairs: NDArray[np.float64] | float = 0.0

    def add(self, instance: InstanceAttention) -> None:
        self._attention = self._attention + offset_sums(instance.pattern, self._reach)
        self._pairs = self._pairs + offset_sums(instance.visible.astype(np.float32), self._reach)

    def mean(self) -> Float32:
        attention, pairs = np.broadcast_arrays(self._attention, self._pairs)
        mean: Float32 = np.divide(attention, pairs, out=np.zeros(attention.shape), where=pairs > 0).astype(np.float32)
        return mean


def offset_sums(pattern: Float32, reach: int, queries: slice = slice(None)) -> NDArray[np.float64]:
    """Sum patterns, float32 [H, len, len], along their diagonals, over some rows (queries).

    Returns float64 [H, 2 reach + 1]; column reach + k is the sum over query position - key position = k.
    """
    n_heads, n, _ = pattern.shape
    # With the keys padded by ``reach`` on both sides, cell (i, i + c) has key position - query position = c - reach;
    # a view that steps one column right with every row makes each diagonal a column.
    padded = np.zeros((n_heads, n, n + 2 * reach), np.float32)
    padded[:, :, reach : reach + n] = pattern
    head, row, column = padded.strides
    diagonals = as_strided(padded, (n_heads, n, 2 * reach + 1), (head, row + column, column), writeable=False)
    sums: NDArray[np.float64] = diagonals[:, queries].sum(axis=1, dtype=np.float64)[:, ::-1]
    return sums


def _rows_to_one(values: NDArray[np.float64], on_sink: NDArray[np.float64]) -> Float32:
    total = values.sum(axis=-1, keepdims=True) + on_sink[..., None]
    rows: Float32 = np.divide(values, total, out=np.zeros_like(values), where=total > 0).astype(np.float32)
    return rows
