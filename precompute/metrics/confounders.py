"""Tallies that subtract a confounder: what a head gains by place or by distance alone."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from precompute.attention.mean import MAX_OFFSET, offset_sums
from precompute.metrics.registry import AttentionView, Float64, Tally, target_tally
from precompute.numeric import Float32
from precompute.tokens.features import Bool

LEAST_ROOM = 0.05
"""Share of a perfect head's value that place must leave, for a score to mean anything."""


@dataclass(frozen=True)
class PlaceTally(Tally):
    """A tally of gains that are linear in the attention, with the sums that place alone needs.

    Attributes
    ----------
    patterns : float32 [H, n, n]
        Sum of the patterns of all instances, which have the same n tokens.
    gains : float32 [1 or H, n, n]
        Sum of what attention from query i to key j gains in each instance.
    instances : int
        Number of instances.
    """

    patterns: Float32
    gains: Float32
    instances: int

    def score(self) -> Float64:
        """(total - place) / (count - place): 0 as place alone, 1 perfect; 0 where place leaves no room.

        ``place`` is what the head's mean attention over the other instances gains with the values of this one, summed
        over instances; 0 for a single instance, which has no others.
        """
        place = np.zeros_like(self.total)
        if self.instances > 1:
            mixed = (self.patterns * self.gains).sum(axis=(-2, -1), dtype=np.float64)
            place = (mixed - self.total) / (self.instances - 1)
        room = self.count - place
        telling = (room > 0) & (room >= LEAST_ROOM * self.count)
        return np.divide(self.total - place, room, out=np.zeros_like(room), where=telling)


def place_tally(view: AttentionView, gain: Float32, best: Float64) -> PlaceTally:
    """Tally what the attention of an instance gains.

    Parameters
    ----------
    gain : float32 [1 or H, n, n]
        Of attention from query i to key j.
    best : float64 [1 or H]
        Of a perfect head.
    """
    total = (view.pattern * gain).sum(axis=(-2, -1), dtype=np.float64)
    count = np.broadcast_to(best, total.shape)
    return PlaceTally(total, count, np.zeros_like(total), view.pattern, gain, 1)


@dataclass(frozen=True)
class OffsetTally(Tally):
    """A tally of attention on targets, with the attention on other pairs of tokens by their offset.

    Attributes
    ----------
    targets : float64 [2 R + 1, 1 or H]
        Number of targets at each offset, R = ``MAX_OFFSET``.
    others : float64 [2 R + 1, H]
        Sum over other pairs of ordinary tokens of attention minus even attention.
    seen : float64 [2 R + 1, 1 or H]
        Number of those pairs.
    """

    targets: Float64
    others: Float64
    seen: Float64

    def score(self) -> Float64:
        """(total - uniform - offset) / (count - uniform): 0 as even attention or as the offset alone, 1 perfect.

        ``offset`` is the attention beyond even attention to other pairs at the offsets of the targets.
        """
        mean = np.divide(self.others, self.seen, out=np.zeros_like(self.others), where=self.seen > 0)
        offset = (self.targets * np.maximum(mean, 0)).sum(axis=0)
        room = self.count - self.uniform
        beyond: Float64 = np.divide(self.total - self.uniform - offset, room, out=np.zeros_like(room), where=room > 0)
        return beyond


def offset_tally(view: AttentionView, targets: Bool) -> OffsetTally:
    """Tally the attention on targets, bool [n, n], beside that on other pairs at the same offsets."""
    plain = target_tally(view, targets)
    ordinary = ~view.tokens.special
    pairs = view.visible & np.outer(ordinary, ordinary)
    other = pairs & ~targets
    beyond = np.where(other, view.pattern - view.uniform, 0).astype(np.float32)
    wanted, seen = (offset_sums(each.astype(np.float32), MAX_OFFSET).T for each in (pairs & targets, other))
    return OffsetTally(plain.total, plain.count, plain.uniform, wanted, offset_sums(beyond, MAX_OFFSET).T, seen)
