"""A head and its joint vectors, with the neighbors and graphs that its projections share."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np

from precompute.attention.head import Bool, Head
from precompute.embedding.directions import unit_rows
from precompute.format.manifest import Quality
from precompute.numeric import Float32
from precompute.projections.graph import Graph, Neighbors
from precompute.projections.neighbors import (
    N_PARTNERS,
    TSNE_NEIGHBORS,
    attention_neighbors,
    nearest_neighbors,
    neighbors_within_types,
)
from precompute.projections.visibility import Visibility, visibility_of_head


@dataclass(frozen=True)
class HeadSpace:
    """Input of a projection. Neighbors and graphs are computed once, on first use.

    Attributes
    ----------
    head : Head
        Its arrays are in memory and C-contiguous.
    joint : float32 [2 N, d_head]
        Joint embedding, queries then keys (``precompute.embedding.joint``), compared by cosine distance.
    quality : {"fast", "best", "reference"}
        Number of iterations; ``reference`` as ``best``, where no library lays out.
    first_axis : int
        First of the principal components that layouts start from.
    """

    head: Head
    joint: Float32
    quality: Quality = "fast"
    seed: int = 0
    first_axis: int = 0
    _graphs: dict[str, Graph] = field(default_factory=dict, init=False, repr=False, compare=False)

    def without(self, hidden: Bool) -> HeadSpace:
        """Return the space of the other tokens, in the same joint embedding; ``hidden`` is bool [N]."""
        joint = np.ascontiguousarray(self.joint[~np.tile(hidden, 2)])
        return HeadSpace(self.head.without(hidden), joint, self.quality, self.seed)

    def restarted(self, first_axis: int) -> HeadSpace:
        """Return the space with another start of its layouts, and the graphs that are made."""
        other = replace(self, first_axis=first_axis)
        other._graphs.update(self._graphs)
        return other

    def shared(self, name: str, make: Callable[[], Graph]) -> Graph:
        """Return the graph of this name, made on first use; layouts in 2 and 3 dimensions share it."""
        if name not in self._graphs:
            self._graphs[name] = make()
        return self._graphs[name]

    @cached_property
    def directions(self) -> Float32:
        """Joint vectors of length 1, float32 [2 N, d_head]: squared distances are twice the cosine distances."""
        return unit_rows(self.joint)

    @cached_property
    def neighbors(self) -> Neighbors:
        """Exact nearest neighbors by direction; costs are twice the cosine distance."""
        return nearest_neighbors(self.directions, TSNE_NEIGHBORS)

    @cached_property
    def visibility(self) -> Visibility:
        """Keys of the whole data set that each query can see."""
        return visibility_of_head(self.head)

    @cached_property
    def attention_neighbors(self) -> Neighbors:
        """Strongest keys of each query and strongest queries of each key."""
        return attention_neighbors(self.head.queries, self.head.keys, self.visibility, N_PARTNERS)

    @cached_property
    def neighbors_within_types(self) -> Neighbors:
        """Nearest queries of each query and nearest keys of each key, by cosine."""
        return neighbors_within_types(self.head.queries, self.head.keys, TSNE_NEIGHBORS)
