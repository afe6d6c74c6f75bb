"""Distances between heads: a map, the nearest heads of a head, and near-duplicate pairs."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from precompute.numeric import Float32

REDUNDANT = 0.2
"""Two heads this near share 96 % of their attention (1 - d^2, by the Bhattacharyya coefficient)."""


@dataclass(frozen=True)
class Neighbor:
    """Two heads, as rows (layer * n_heads + head) of the distances, and their distance, 0 (the same) to 1."""

    first: int
    second: int
    distance: float

    @property
    def shared(self) -> float:
        """Share of attention common to both heads, 0 to 1: the mean Bhattacharyya coefficient 1 - d^2."""
        return 1 - self.distance**2


def head_map(distances: Float32) -> Float32:
    """Lay out heads by classical scaling (Torgerson 1952): the two widest directions of B = -J D^2 J / 2.

    From distances float32 [n, n] (:func:`precompute.attention.distances.head_distances`) to float32 [n, 2], centered.
    The largest coordinate of each direction is positive, so the signs are reproducible.
    """
    squared = distances.astype(np.float64) ** 2
    centered = -(squared - squared.mean(axis=0) - squared.mean(axis=1)[:, None] + squared.mean()) / 2
    values, vectors = np.linalg.eigh(centered)
    n_kept = min(2, len(values))
    places = np.zeros((len(values), 2))
    places[:, :n_kept] = (vectors * np.sqrt(np.maximum(values, 0)))[:, ::-1][:, :n_kept]
    largest = places[np.argmax(np.abs(places), axis=0), np.arange(2)]
    placed: Float32 = (places * np.where(largest < 0, -1, 1)).astype(np.float32)
    return placed


def nearest_heads(distances: Float32, head: int, count: int) -> list[Neighbor]:
    """Return up to ``count`` heads that attend most like the head in a row of distances float32 [n, n].

    Nearest first; equal distances in the order of rows.
    """
    order = np.argsort(distances[head], kind="stable")
    others = [int(other) for other in order if other != head]
    return [Neighbor(head, other, float(distances[head, other])) for other in others[:count]]


def redundant_pairs(distances: Float32, *, within: float = REDUNDANT, count: int = 12) -> list[Neighbor]:
    """Return up to ``count`` pairs of heads within a distance of each other, nearest pair first, ``first < second``."""
    first, second = np.triu_indices(len(distances), k=1)
    apart = distances[first, second]
    order = np.argsort(apart, kind="stable")
    near = order[apart[order] <= within][:count]
    return [Neighbor(int(first[i]), int(second[i]), float(apart[i])) for i in near]
