"""What the distances between heads say: a map, the nearest heads of a head, pairs that do nearly the same."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from precompute.numeric import Float32

REDUNDANT = 0.2
"""Two heads this near share 96 % of their attention (1 - d^2, by the Bhattacharyya coefficient)."""


@dataclass(frozen=True)
class Neighbor:
    """One head beside another.

    Attributes
    ----------
    first, second : int
        Row of the head in the distances: layer * n_heads + head.
    distance : float
        0 (the same) to 1.
    """

    first: int
    second: int
    distance: float

    @property
    def shared(self) -> float:
        """Share of attention that both heads place alike, 0 to 1: the mean Bhattacharyya coefficient 1 - d^2."""
        return 1 - self.distance**2


def head_map(distances: Float32) -> Float32:
    """Place heads in a plane by classical scaling (Torgerson 1952): the two widest directions of B = -J D^2 J / 2.

    Parameters
    ----------
    distances : float32 [n, n]
        From :func:`precompute.attention.distances.head_distances`.

    Returns
    -------
    float32 [n, 2]
        Centered. Of each direction, the largest coordinate is positive, so that a map always comes out the same way.
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
    """Find the heads that attend most like one head.

    Parameters
    ----------
    distances : float32 [n, n]
    head : int
        Row of the head.
    count : int
        At most so many.

    Returns
    -------
    list of Neighbor
        Nearest first; equal distances in the order of rows.
    """
    order = np.argsort(distances[head], kind="stable")
    others = [int(other) for other in order if other != head]
    return [Neighbor(head, other, float(distances[head, other])) for other in others[:count]]


def redundant_pairs(distances: Float32, *, within: float = REDUNDANT, count: int = 12) -> list[Neighbor]:
    """Find pairs of heads that do nearly the same.

    Parameters
    ----------
    distances : float32 [n, n]
    within : float
        Largest distance.
    count : int
        At most so many.

    Returns
    -------
    list of Neighbor
        Nearest pair first, ``first < second``.
    """
    first, second = np.triu_indices(len(distances), k=1)
    apart = distances[first, second]
    order = np.argsort(apart, kind="stable")
    near = order[apart[order] <= within][:count]
    return [Neighbor(int(first[i]), int(second[i]), float(apart[i])) for i in near]
