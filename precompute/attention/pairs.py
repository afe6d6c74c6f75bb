"""The strongest pairs of a query token and a key token of a head, over the whole data set."""

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
"""Pairs kept per group."""

PRIOR = 2
"""Occurrences of weight 0 added to every pair before ranking."""

MAX_OCCURRENCES = 2**23
"""Occurrences read; beyond, whole instances are drawn evenly. Nine thousand sentences of 30 tokens fit."""

PLAIN, SPECIAL = 0, 1
"""Groups: pairs of ordinary tokens, and pairs with at least one special token."""


@dataclass(frozen=True)
class PairTable:
    """All pairs of tokens that share an instance; the same for every head.

    An occurrence is a pair of positions (i, j) of one instance. Occurrences are ordered by instance, then row by row.

    Attributes
    ----------
    instances : int64 [n]
        Ascending.
    query, key : int32 [n_occurrences]
        Tokens of the data set.
    pair : int64 [n_occurrences]
        Number of the pair (token at i, token at j).
    order, starts : int64 [n_occurrences], [n_pairs + 1]
        ``order[starts[p] : starts[p + 1]]`` are the occurrences of pair p.
    special : bool [n_pairs]
        Whether either is a special token.
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
    occurrences : int32 [H, 2, K, 3]
        By group, strongest first: query token and key token (of the data set) of the occurrence with the highest
        weight, and the pair's count. A count of 0 marks an empty row.
    weights : float32 [H, 2, K, 2]
        Mean weight over all occurrences, and the highest.
    """

    occurrences: Int32
    weights: Float32


def pair_table(tokens: TokenFeatures, offsets: Int32, *, most: int = MAX_OCCURRENCES) -> PairTable:
    """Return the pairs of tokens of a data set: of all instances if at most ``most`` occurrences, or of an even draw.

    Equal tokens have equal ``ids``. At least one instance is read.
    """
    instances = _instances_within(np.diff(offsets).astype(np.int64), most)
    ranges = [np.arange(offsets[i], offsets[i + 1], dtype=np.int32) for i in instances]
    query = np.concatenate([np.repeat(own, len(own)) for own in ranges])
    key = np.concatenate([np.tile(own, len(own)) for own in ranges])
    codes, pair = np.unique(tokens.ids[query] * (int(tokens.ids.max()) + 1) + tokens.ids[key], return_inverse=True)
    order = np.argsort(pair, kind="stable")
    starts = np.searchsorted(pair[order], np.arange(len(codes) + 1))
    first = order[starts[:-1]]
    special = tokens.special[query[first]] | tokens.special[key[first]]
    return PairTable(instances, query, key, pair, order, starts, special)


def strongest_pairs(attention: Iterable[InstanceAttention], table: PairTable) -> StrongestPairs:
    """Rank the pairs of a few heads of one layer and keep K = :data:`N_PAIRS`.

    The mean weight of a pair is over its occurrences with a visible key. One occurrence of weight 1 is weaker evidence
    than twenty of 0.9, so pairs are ranked by total weight / (occurrences + :data:`PRIOR`), a mean shrunk toward 0.
    Needs ten bytes of memory per occurrence and head; :func:`head_blocks` bounds it.

    Parameters
    ----------
    attention : iterable of InstanceAttention
        The table's instances, in its order.
    """
    seen = list(attention)
    weights = np.concatenate([instance.pattern.reshape(len(instance.pattern), -1) for instance in seen], axis=1)
    visible = np.concatenate([instance.visible.reshape(len(instance.visible), -1) for instance in seen], axis=1)
    counts = [np.bincount(table.pair, weights=head).astype(np.float64) for head in visible]
    ranked = [_of_head(head, counts[h if len(counts) > 1 else 0], table) for h, head in enumerate(weights)]
    return StrongestPairs(np.stack([best for best, _ in ranked]), np.stack([means for _, means in ranked]))


def _of_head(weights: Float32, counts: NDArray[np.float64], table: PairTable) -> tuple[Int32, Float32]:
    total = np.bincount(table.pair, weights=weights)
    score = total / (counts + PRIOR)
    strongest = np.zeros((2, N_PAIRS, 3), np.int32)
    strengths = np.zeros((2, N_PAIRS, 2), np.float32)
    for group, members in ((PLAIN, ~table.special), (SPECIAL, table.special)):
        for row, pair in enumerate(_highest(np.where(members & (counts > 0), score, 0), N_PAIRS)):
            occurrences = table.order[table.starts[pair] : table.starts[pair + 1]]
            best = occurrences[np.argmax(weights[occurrences])]
            strongest[group, row] = table.query[best], table.key[best], counts[pair]
            strengths[group, row] = total[pair] / counts[pair], weights[best]
    return strongest, strengths


def _highest(score: NDArray[np.float64], k: int) -> Int64:
    """Return the indices of the k highest positive scores, highest first, then lowest index first."""
    positive = np.flatnonzero(score > 0)
    if len(positive) > k:
        least = np.partition(score[positive], -k)[-k]
        positive = positive[score[positive] >= least]
    return positive[np.argsort(-score[positive], kind="stable")][:k]


def _instances_within(lengths: Int64, most: int) -> Int64:
    """Return evenly spread instances with at most ``most`` occurrences in total; at least one."""
    chosen = even_subset(len(lengths), len(lengths))
    while len(chosen) > 1 and (occurrences := int((lengths[chosen] ** 2).sum())) > most:
        chosen = even_subset(len(lengths), min(len(chosen) - 1, max(1, len(chosen) * most // occurrences)))
    return chosen


def head_blocks(n_heads: int, group: int, n_occurrences: int, *, most: int = 2 * MAX_OCCURRENCES) -> list[slice]:
    """Split the heads of a layer into blocks of at most ``most`` weights, or of one group.

    Every block is a multiple of ``group``, the number of heads that share a key head.
    """
    step = group * max(1, most // max(1, n_occurrences * group))
    return [slice(first, min(first + step, n_heads)) for first in range(0, n_heads, step)]
