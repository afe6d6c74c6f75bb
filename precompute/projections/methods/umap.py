"""UMAP of the joint embedding."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

import numpy as np
from scipy import sparse

from precompute.format.manifest import Quality
from precompute.numeric import Float32
from precompute.projections import kernels
from precompute.projections.graph import Graph, Neighbors, as_graph, sparse_rows
from precompute.projections.head_space import HeadSpace
from precompute.projections.methods.pca import starting_layout
from precompute.projections.references import umap_learn
from precompute.projections.registry import projection

UMAP_NEIGHBORS = 14
"""15 with the point itself, as umap-learn counts."""

A, B = 1.57694346, 0.89506088
"""``1 / (1 + A d^(2 B))`` fitted to 1 up to the distance 0.1 and ``exp(0.1 - d)`` beyond (min_dist 0.1, spread 1)."""

START_SPREAD = 2.5
"""Standard deviation of the start along its first axis: a box of about 10, as in umap-learn."""


N_EPOCHS: Mapping[Quality, int] = MappingProxyType({"fast": 250, "best": 500, "reference": 500})


def memberships(neighbors: Neighbors) -> sparse.csr_array:
    """Return the fuzzy memberships of each point's neighbors, float64 [n, n]."""
    weights = np.empty_like(neighbors.costs)
    kernels.calibration.membership_weights(np.ascontiguousarray(neighbors.costs), neighbors.degrees, weights)
    return sparse_rows(neighbors, weights)


def fuzzy_graph(directed: sparse.csr_array) -> Graph:
    """Return the symmetric memberships ``w + w^T - w * w^T``, the probabilistic union (section 3.1)."""
    transposed = directed.T.tocsr()
    return as_graph(directed + transposed - directed.multiply(transposed))


def umap_layout(
    fuzzy: Graph, vectors: Float32, n_components: int, *, quality: Quality, seed: int, first_axis: int = 0
) -> Float32:
    """Lay out a fuzzy graph from the principal components, after ``first_axis`` of them, of vectors float32 [n, d].

    Returns float32 [n, n_components], in 2 or 3 dimensions.
    """
    start = starting_layout(vectors, n_components, START_SPREAD, seed, first_axis=first_axis)
    n_epochs = N_EPOCHS[quality]
    if not len(fuzzy.weights):
        return start
    heads = np.repeat(np.arange(len(start), dtype=np.uint32), np.diff(fuzzy.starts))
    largest = fuzzy.weights.max()
    kept = fuzzy.weights >= largest / n_epochs
    edges = kernels.umap.Edges(heads[kept], fuzzy.neighbors[kept], largest / fuzzy.weights[kept])
    kernels.umap.attract_and_repel(start, edges, kernels.umap.forces(A, B), n_epochs, seed)
    return start


@projection(
    "umap",
    label="UMAP",
    help="Points are near when their queries or keys point the same way; drawn into tighter groups than t-SNE.",
    reference=umap_learn,
)
def umap(head: HeadSpace, n_components: int) -> Float32:
    """UMAP over cosine distances."""
    union = head.shared("umap", lambda: fuzzy_graph(memberships(head.neighbors.first(UMAP_NEIGHBORS))))
    return umap_layout(union, head.directions, n_components, quality=head.quality, seed=head.seed)
