"""Which tokens a head connects most: pairs of a query token and a key token over the whole data set."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from precompute.attention.layer import InstanceAttention
from precompute.numeric import Float32, Int32, even_subset
from precompute.tokens.features import TokenFeatures

Int64 = NDArray[np.int64]
Bool = NDArray[np.bool_]

N_PAIRS = 50
"""Pairs kept of each group."""

PRIOR = 2
"""Occurrences of weight 0 that every pair is given before pairs are ranked."""

MAX_OCCURRENCES = 2**23
"""Occurrences looked at: beyond, whole instances are drawn evenly. Nine thousand sentences of 30 tokens fit."""

PLAIN, SPECIAL = 0, 1
"""Groups: pairs of ordinary tokens, and pairs with at least one special token."""


@dataclass(frozen=True)
class PairTable:
    """All pairs of tokens that stand in one instance together; the same for every head.

    An occurrence is a pair of places (i, j) of one instance. Occurrences of all chosen instances stand one instance
    after another, each row by row.

    Attributes
    ----------
    instances : int64 [n]
        Instances that were looked at, ascending.
    query, key : int32 [n_occurrences]
        The places, as tokens of the data set.
    pair : int64 [n_occurrences]
        Number of the pair (token at i, token at j).
    order, starts : int64 [n_occurrences], [n_pairs + 1]
        ``order[starts[p] : starts[p + 1]]`` are the occurrences of pair p.
    special : bool [n_pairs]
        Whether one of the two is a special token.
    """

    instances: Int64
    query: Int32
    key: Int32
    pair: Int64
    order: Int64
    starts: Int64
    special: Bool


@dataclass(frozen=True)
class StrongestPairs:
    """The strongest pairs of every head of a layer.

    Attributes
    ----------
    places : int32 [H, 2, K, 3]
        By group, strongest first: query token and key token (of the data set) of the occurrence with the highest
        weight, and how often the pair occurs. A count of 0 marks an empty row.
    weights : float32 [H, 2, K, 2]
        Mean weight over all occurrences, and the highest.
    """

    places: Int32
    weights: Float32


def pair_table(tokens: TokenFeatures, offsets: Int32, *, most: int = MAX_OCCURRENCES) -> PairTable:
    """List the pairs of tokens of a data set.

    Parameters
    ----------
    tokens : TokenFeatures
        Of all tokens; equal tokens have equal ``ids``.
    offsets : int32 [n_instances + 1]
        Token range of each instance.
    most : int
        Occurrences that are looked at.

    Returns
    -------
    PairTable
        Of all instances whose occurrences fit ``most`` together, or of evenly drawn ones; at least of one.
    """
    instances = _instances_within(np.diff(offsets).astype(np.int64), most)
    ranges = [np.arange(offsets[i], offsets[i + 1], dtype=np.int32) for i in instances]
    query = np.concatenate([np.repeat(places, len(places)) for places in ranges])
    key = np.concatenate([np.tile(places, len(places)) for places in ranges])
    codes, pair = np.unique(tokens.ids[query] * (int(tokens.ids.max()) + 1) + tokens.ids[key], return_inverse=True)
    order = np.argsort(pair, kind="stable")
    starts = np.searchsorted(pair[order], np.arange(len(codes) + 1))
    first = order[starts[:-1]]
    special = tokens.special[query[first]] | tokens.special[key[first]]
    return PairTable(instances, query, key, pair, order, starts, special)


def strongest_pairs(attention: Iterable[InstanceAttention], table: PairTable) -> StrongestPairs:
    """Rank the pairs of a few heads of one layer.

    The mean weight of a pair is over all its occurrences whose key the query may see. A pair that was seen once with
    weight 1 says less than one that was seen twenty times with 0.9, so pairs are ranked by total weight /
    (occurrences + :data:`PRIOR`), a mean that is shrunk towards 0.

    Parameters
    ----------
    attention : iterable of InstanceAttention
        The table's instances, in its order.
    table : PairTable
        From :func:`pair_table`.

    Returns
    -------
    StrongestPairs
        K = :data:`N_PAIRS`. Takes ten bytes of memory an occurrence and head; :func:`head_blocks` keeps that bounded.
    """
    seen = list(attention)
    weights = np.concatenate([instance.pattern.reshape(len(instance.pattern), -1) for instance in seen], axis=1)
    visible = np.concatenate([instance.visible.reshape(len(instance.visible), -1) for instance in seen], axis=1)
    counts = [np.bincount(table.pair, weights=head).astype(np.float64) for head in visible]
    ranked = [_of_head(head, counts[h if len(counts) > 1 else 0], table) for h, head in enumerate(weights)]
    return StrongestPairs(np.stack([places for places, _ in ranked]), np.stack([means for _, means in ranked]))


def _of_head(weights: Float32, counts: NDArray[np.float64], table: PairTable) -> tuple[Int32, Float32]:
    total = np.bincount(table.pair, weights=weights)
    score = total / (counts + PRIOR)
    places = np.zeros((2, N_PAIRS, 3), np.int32)
    strengths = np.zeros((2, N_PAIRS, 2), np.float32)
    for group, members in ((PLAIN, ~table.special), (SPECIAL, table.special)):
        for row, pair in enumerate(_highest(np.where(members & (counts > 0), score, 0), N_PAIRS)):
            occurrences = table.order[table.starts[pair] : table.starts[pair + 1]]
            best = occurrences[np.argmax(weights[occurrences])]
            places[group, row] = table.query[best], table.key[best], counts[pair]
            strengths[group, row] = total[pair] / counts[pair], weights[best]
    return places, strengths


def _highest(score: NDArray[np.float64], k: int) -> Int64:
    """Return the k highest positive scores' indices, highest first; of equal scores the lower index first."""
    positive = np.flatnonzero(score > 0)
    if len(positive) > k:
        least = np.partition(score[positive], -k)[-k]
        positive = positive[score[positive] >= least]
    return positive[np.argsort(-score[positive], kind="stable")][:k]


def _instances_within(lengths: Int64, most: int) -> Int64:
    """Choose as many evenly spread instances as have at most so many occurrences together; at least one."""
    chosen = even_subset(len(lengths), len(lengths))
    while len(chosen) > 1 and (occurrences := int((lengths[chosen] ** 2).sum())) > most:
        chosen = even_subset(len(lengths), min(len(chosen) - 1, max(1, len(chosen) * most // occurrences)))
    return chosen


def head_blocks(n_heads: int, group: int, n_occurrences: int, *, most: int = 2 * MAX_OCCURRENCES) -> list[slice]:
    """Cut the heads of a layer so that a block's weights fit memory.

    Parameters
    ----------
    n_heads, group : int
        Heads, and how many of them share a key head: those stay together.
    n_occurrences : int
        Of the table.
    most : int
        Weights that a block should not exceed.

    Returns
    -------
    list of slice
        Consecutive heads; every block is a multiple of ``group``.
    """
    step = group * max(1, most // max(1, n_occurrences * group))
    return [slice(first, min(first + step, n_heads)) for first in range(0, n_heads, step)]
