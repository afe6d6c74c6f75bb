"""Neighbor lists and sparse weighted graphs, the input of layouts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from precompute.numeric import Float32, Int32

UInt32 = NDArray[np.uint32]


class Graph(NamedTuple):
    """A symmetric weighted graph as compressed sparse rows, as kernels read it.

    Row i is ``starts[i]:starts[i + 1]``. Starts are uint32 [n + 1], neighbors uint32 [m], ascending in each row,
    weights float32 [m], at least 0. Indices are unsigned: a signed index costs a wrap-around check.
    """

    starts: UInt32
    neighbors: UInt32
    weights: Float32


@dataclass(frozen=True)
class Neighbors:
    """The cheapest neighbors of every point, ascending.

    Attributes
    ----------
    indices : int32 [n, k]
        Only the first ``degrees[i]`` entries of row i are valid.
    costs : float32 [n, k]
        At least 0; the unit depends on the search that filled the list.
    degrees : int32 [n]
        0..k.
    """

    indices: Int32
    costs: Float32
    degrees: Int32

    def first(self, k: int) -> Neighbors:
        """Keep the k cheapest neighbors of each point."""
        return Neighbors(
            np.ascontiguousarray(self.indices[:, :k]),
            np.ascontiguousarray(self.costs[:, :k]),
            np.minimum(self.degrees, np.int32(k)),
        )


def sparse_rows(neighbors: Neighbors, weights: Float32) -> sparse.csr_array:
    """Return neighbor weights float32 [n, k] as a matrix float64 [n, n]; zero weights are dropped."""
    n, k = neighbors.indices.shape
    counts = (np.arange(k) < neighbors.degrees[:, None]) & (weights > 0)
    starts = np.concatenate([[0], counts.sum(axis=1).cumsum()])
    return sparse.csr_array((weights[counts].astype(np.float64), neighbors.indices[counts], starts), shape=(n, n))


def as_graph(symmetric: sparse.csr_array) -> Graph:
    """Convert a symmetric sparse matrix to a graph."""
    symmetric.sum_duplicates()
    return Graph(
        symmetric.indptr.astype(np.uint32), symmetric.indices.astype(np.uint32), symmetric.data.astype(np.float32)
    )
