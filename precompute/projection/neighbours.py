"""The nearest neighbours of all points of a head, and the sparse graphs that layouts are made from."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import sparse

from precompute.projection import kernels
from precompute.types import Float32, Int32


@dataclass(frozen=True)
class Neighbours:
    """For every point its cheapest neighbours, ascending.

    Attributes
    ----------
    indices : int32 [n, k]
        Points; only the first ``degrees[i]`` of a row count.
    costs : float32 [n, k]
        At least 0; what a cost is depends on the graph.
    degrees : int32 [n]
        0..k.
    """

    indices: Int32
    costs: Float32
    degrees: Int32

    def first(self, k: int) -> Neighbours:
        """Keep the k cheapest neighbours of each point."""
        return Neighbours(self.indices[:, :k], self.costs[:, :k], np.minimum(self.degrees, np.int32(k)))

    def scaled(self, factor: float) -> Neighbours:
        """Multiply all costs."""
        return Neighbours(self.indices, self.costs * np.float32(factor), self.degrees)


@dataclass(frozen=True)
class Graph:
    """A symmetric weighted graph as compressed sparse rows.

    Attributes
    ----------
    starts : int32 [n + 1]
        Row i is ``starts[i]:starts[i + 1]``.
    neighbours : int32 [m]
        Ascending in each row.
    weights : float32 [m]
        Larger than 0.
    """

    starts: Int32
    neighbours: Int32
    weights: Float32


def unit_rows(vectors: Float32) -> Float32:
    """Divide every row by its length, so that ``|x - y|^2 = 2 (1 - cos)``; a row of zeros stays.

    Parameters
    ----------
    vectors : float32 [n, d]
        Of any magnitude.

    Returns
    -------
    float32 [n, d]
    """
    largest = np.abs(vectors).max(axis=1, keepdims=True, initial=0)
    scaled = np.divide(vectors, largest, out=np.zeros_like(vectors), where=largest > 0)
    length = np.sqrt((scaled * scaled).sum(axis=1, keepdims=True))
    return np.divide(scaled, length, out=np.zeros_like(scaled), where=length > 0)


def nearest_neighbours(points: Float32, k: int) -> Neighbours:
    """Find the exact k nearest other points of every point; costs are squared Euclidean distances.

    Parameters
    ----------
    points : float32 [n, d]
    k : int
        Cut to n - 1.

    Returns
    -------
    Neighbours
    """
    n = len(points)
    k = max(0, min(k, n - 1))
    indices = np.zeros((n, k), np.int32)
    costs = np.zeros((n, k), np.float32)
    if k > 0:
        kernels.neighbours.nearest(np.ascontiguousarray(points.T), k, indices, costs)
    return Neighbours(indices, costs, np.full(n, k, np.int32))


def sparse_rows(neighbours: Neighbours, weights: Float32) -> sparse.csr_array:
    """Put weights of neighbours into an n x n matrix; neighbours of weight 0 are left out.

    Parameters
    ----------
    neighbours : Neighbours
    weights : float32 [n, k]

    Returns
    -------
    sparse array, float64 [n, n]
    """
    n, k = neighbours.indices.shape
    counts = (np.arange(k) < neighbours.degrees[:, None]) & (weights > 0)
    starts = np.concatenate([[0], counts.sum(axis=1).cumsum()])
    return sparse.csr_array((weights[counts].astype(np.float64), neighbours.indices[counts], starts), shape=(n, n))


def graph(matrix: sparse.csr_array) -> Graph:
    """Take a symmetric sparse matrix as a graph."""
    matrix.sum_duplicates()
    return Graph(matrix.indptr.astype(np.int32), matrix.indices.astype(np.int32), matrix.data.astype(np.float32))
