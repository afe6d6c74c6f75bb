"""What the projections of one head share: its joint vectors, their neighbors, its attention graph."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property

from precompute.embedding.directions import unit_rows
from precompute.format.manifest import Quality
from precompute.numeric import Float32, Int32
from precompute.projections.graph import Graph, Neighbors
from precompute.projections.neighbors import (
    N_PARTNERS,
    TSNE_NEIGHBORS,
    attention_neighbors,
    nearest_neighbors,
    neighbors_within_types,
)
from precompute.projections.visibility import NO_BIAS, Visibility, bias_by_position, visibility_of_queries


@dataclass(frozen=True)
class HeadSpace:
    """One head, as projections see it. Whatever several of them need is computed once, when first asked for.

    Attributes
    ----------
    joint : float32 [2 N, d_head]
        Joint embedding, queries then keys (``precompute.embedding.joint``). Its distance is the cosine distance.
    queries, keys : float32 [N, d_head]
        Raw, as the attention uses them.
    scale : float
        Of the scores q k^T.
    causal : bool
        Whether a query sees no later key.
    offsets : int32 [n_instances + 1]
        Token range of each instance.
    positions : int32 [N]
        Position of each token in its instance.
    seed : int
        Of everything random.
    quality : {"fast", "best"}
        Iterations.
    mask : float32 [sum len^2], optional
        Additive masks of all instances, one after another, each row by row.
    """

    joint: Float32
    queries: Float32
    keys: Float32
    scale: float
    causal: bool
    offsets: Int32
    positions: Int32
    seed: int = 0
    quality: Quality = "fast"
    mask: Float32 | None = None
    _graphs: dict[str, Graph] = field(default_factory=dict, init=False, repr=False, compare=False)

    def shared(self, name: str, make: Callable[[], Graph]) -> Graph:
        """Give a graph that layouts of several dimensions start from; made when it is first asked for by this name."""
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
        """What queries can see of the keys of the whole data set."""
        bias = NO_BIAS if self.mask is None else bias_by_position(self.mask, self.offsets, self.scale)
        return visibility_of_queries(self.positions, causal=self.causal, bias=bias)

    @cached_property
    def attention_neighbors(self) -> Neighbors:
        """Strongest keys of each query and strongest queries of each key; see ``attention_graph``."""
        return attention_neighbors(self.queries, self.keys, self.visibility, N_PARTNERS)

    @cached_property
    def neighbors_within_types(self) -> Neighbors:
        """Nearest queries of each query and nearest keys of each key, by cosine."""
        return neighbors_within_types(self.queries, self.keys, TSNE_NEIGHBORS)
