"""Attention from one group of points to another, against chance."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from precompute.attention.head import Head
from precompute.attention.pattern import attention_pattern
from precompute.numeric import even_subset
from precompute.run.run import Run

Bool = NDArray[np.bool_]

MOST_CELLS = 4_000_000
"""Query-key pairs measured, about; evenly chosen queries bound them."""


@dataclass(frozen=True)
class GroupAttention:
    """Attention from the queries of one group to the keys of another, in one head.

    Attributes
    ----------
    n_measured : int
        Queries measured that see a key; fewer than ``n_queries`` in large groups.
    observed : float
        Mean share of the queries' attention that is on the keys, 0 to 1: mean over queries i of
        sum_{j in keys} a_ij. NaN without a query.
    chance : float
        The same for even attention: mean over queries i of |keys that i sees| / |all that i sees|. NaN without a query.
    """

    n_queries: int
    n_keys: int
    n_measured: int
    observed: float
    chance: float

    @property
    def ratio(self) -> float:
        """Observed over chance: 1 for even attention; NaN if no query sees a key of the group."""
        return self.observed / self.chance if self.chance > 0 else math.nan


def group_attention(
    run: Run,
    layer: int,
    head: int,
    queries: Bool,
    keys: Bool,
    *,
    hidden: Bool | None = None,
    most_cells: int = MOST_CELLS,
) -> GroupAttention:
    """Measure how much queries attend to keys of their own instances. Raises IndexError if there is no such head.

    Parameters
    ----------
    queries, keys : bool [N]
        Tokens of the groups. A query sees no key of another instance, and none that the mask hides.
    hidden : bool [N], optional
        Tokens to hide, with a sink logit; the attention to the others is renormalized.
    most_cells : int
        Pairs measured, about; at least one query.
    """
    own = run.head(layer, head)
    shown = np.ones(run.n_tokens, bool) if hidden is None else ~hidden
    from_queries, to_keys = queries & shown, keys & shown
    observed = chance = 0.0
    measured = 0
    for rows, tokens in _by_instance(run, np.flatnonzero(from_queries), most_cells):
        mask = _mask_of(own, rows, tokens)
        mask[:, ~shown[tokens]] = -np.inf
        seen = np.isfinite(mask)
        n_seen = np.maximum(seen.sum(axis=1) + (own.sink is not None and hidden is None), 1)
        seeing = seen.any(axis=1)
        sink = own.sink if hidden is None else None
        pattern = attention_pattern(own.queries[rows], own.keys[tokens], own.scale, mask=mask, cap=own.cap, sink=sink)
        there = to_keys[tokens]
        observed += float(pattern[:, there].sum(dtype=np.float64))
        chance += float((seen[:, there].sum(axis=1) / n_seen).sum())
        measured += int(seeing.sum())
    return GroupAttention(
        n_queries=int(from_queries.sum()),
        n_keys=int(to_keys.sum()),
        n_measured=measured,
        observed=observed / measured if measured else math.nan,
        chance=chance / measured if measured else math.nan,
    )


def _by_instance(run: Run, rows: NDArray[np.intp], most_cells: int) -> list[tuple[NDArray[np.intp], slice]]:
    """Return evenly chosen queries by instance, each with the instance's tokens."""
    instances = np.searchsorted(run.offsets, rows, side="right") - 1
    lengths = np.diff(run.offsets).astype(np.int64)
    cells = int(lengths[instances].sum())
    if cells > most_cells:
        kept = even_subset(len(rows), max(1, len(rows) * most_cells // cells))
        rows, instances = rows[kept], instances[kept]
    found, starts = np.unique(instances, return_index=True)
    parts = np.split(rows, starts[1:]) if len(found) else []
    return [(part, slice(*run.token_range(int(instance)))) for instance, part in zip(found, parts, strict=True)]


def _mask_of(head: Head, rows: NDArray[np.intp], tokens: slice) -> NDArray[np.float32]:
    """Return the additive mask of some queries of an instance, float32 [rows, len]; -inf hides a key."""
    length = tokens.stop - tokens.start
    instance = int(np.searchsorted(head.offsets, tokens.start, side="right")) - 1
    stored = head.instance_mask(instance)
    if stored is not None:
        return np.array(stored[rows - tokens.start])
    mask = np.zeros((len(rows), length), np.float32)
    if head.causal:
        mask[np.arange(length) > (rows - tokens.start)[:, None]] = -np.inf
    return mask
