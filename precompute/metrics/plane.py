"""How much of a head's space a layout keeps, for the whole head and for every point."""

from __future__ import annotations

from functools import cached_property

import numpy as np

from precompute.projection.head_space import HeadSpace
from precompute.projection.neighbours import nearest_neighbours
from precompute.types import Float32, Int32

N_NEIGHBOURS = 15
"""Neighbours of a point that a layout ought to keep."""


def shared_neighbours(first: Int32, second: Int32) -> Float32:
    """Share of each row's neighbours in the first list that are in the second too.

    Parameters
    ----------
    first, second : int32 [n, k]
        Distinct indices in each row.

    Returns
    -------
    float32 [n]
        0..1; 1 where k is 0.
    """
    n, k = first.shape
    if k == 0:
        return np.ones(n, np.float32)
    both = np.sort(np.concatenate([first, second], axis=1), axis=1)
    return ((both[:, 1:] == both[:, :-1]).sum(axis=1) / k).astype(np.float32)


class PlaneJudge:
    """Compares layouts of one head with the space they come from."""

    def __init__(self, space: HeadSpace) -> None:
        self._space = space

    @cached_property
    def _near(self) -> Int32:
        return self._space.neighbours.first(N_NEIGHBOURS).indices

    def preservation(self, layout: Float32) -> Float32:
        """Share of each point's nearest neighbours of the joint space among its nearest in the layout, float32 [2 N]."""
        return shared_neighbours(self._near, nearest_neighbours(layout, N_NEIGHBOURS).indices)

    def metrics(self, layout: Float32) -> dict[str, float]:
        """Judge a layout as a whole: ``knn_recall``."""
        return {"knn_recall": float(self.preservation(layout).mean())}
