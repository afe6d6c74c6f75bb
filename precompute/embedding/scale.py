"""The scale between queries and keys at which distance in the joint embedding shows attention best."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from precompute.embedding.directions import MIXING_NEIGHBORS, other_type_share, unit_rows
from precompute.numeric import Float32, even_subset

Float64 = NDArray[np.float64]

SUBSET = 192
"""Queries, and keys, that the search for c reads."""

OCTAVE_GRIDS = (
    (-3.0, -2.0, -1.25, -0.75, -0.25, 0.25, 0.75, 1.25, 2.0, 3.0),
    (-0.36, -0.24, -0.12, 0.12, 0.24, 0.36),
    (-0.08, -0.04, 0.04, 0.08),
)
"""Steps of the search for log2(c): each grid refines the best scale of the one before."""

NEGLIGIBLE_SPREAD = 1e-6
"""Below this share of the norm a spread is rounding of equal float32 rows."""


def search_scale(queries: Float64, keys: Float64) -> float:
    """Return the scale c > 0 with the highest :class:`ScaleObjective`, from raw float64 [N, d_head].

    Three grids over log2(c), each centered on the best scale of the one before; the first on :func:`balanced_scale`,
    which stays if all scales are equal. Grids, because the objective counts neighbors and is a staircase at close
    range.
    """
    objective = ScaleObjective(queries, keys)
    center = balanced_scale(queries, keys)
    highest = objective(center)
    for steps in OCTAVE_GRIDS:
        scales = center * 2.0 ** np.array(steps)
        values = [objective(c) for c in scales]
        best = int(np.argmax(values))
        if values[best] > highest:
            highest, center = values[best], float(scales[best])
    return center


def balanced_scale(queries: Float64, keys: Float64) -> float:
    """Return the scale at which queries and keys, float64 [N, d_head], spread equally around their means.

    c^2 = spread(keys) / spread(queries), the root mean square distances from the mean. 1 if all queries or all keys
    are equal.
    """
    query_spread, key_spread = _spread(queries), _spread(keys)
    if query_spread == 0 or key_spread == 0:
        return 1.0
    return float(np.sqrt(key_spread / query_spread))


class ScaleObjective:
    """Quality of a scale c of one head: correlation(c) * mixing(c) over :data:`SUBSET` raw queries and keys.

    Correlation alone keeps rising as c falls, while queries and keys separate until a point has no neighbor of the
    other type. See docs/adr/0004-joint-embedding.md.
    """

    def __init__(self, queries: Float64, keys: Float64) -> None:
        chosen = even_subset(len(queries), SUBSET)
        self._query_mean = queries.mean(axis=0)
        self._centered_keys = keys[chosen] - keys.mean(axis=0)
        self._unit_queries = unit_rows(queries[chosen])
        self._within_queries = _without_self(self._unit_queries @ self._unit_queries.T)
        dots = queries[chosen] @ keys[chosen].T
        self._weights = _rank_weights(dots)
        self._weighted_dots = self._weights * _standardized(dots, self._weights)

    def __call__(self, c: float) -> float:
        """Compute :meth:`correlation`, 0 if negative, times :meth:`mixing`; 0 to 1, higher is better."""
        unit_keys = self._unit_keys(c)
        similarity = self._unit_queries @ unit_keys.T
        return max(self._correlation(similarity), 0.0) * self._mixing(similarity, unit_keys)

    def correlation(self, c: float) -> float:
        """Compute the Pearson correlation of cosine similarity in the joint space and dot product, -1 to 1.

        A pair's weight is the rank of its dot product (lowest 0, highest 1), so near pairs count most.
        """
        return self._correlation(self._unit_queries @ self._unit_keys(c).T)

    def mixing(self, c: float) -> float:
        """Compute the share of nearest neighbors of the other type, 0 to 1: geometric mean of queries' and keys'."""
        unit_keys = self._unit_keys(c)
        return self._mixing(self._unit_queries @ unit_keys.T, unit_keys)

    def _unit_keys(self, c: float) -> Float32:
        # c * (k / c + translation) = (k - mean(k)) + c^2 mean(q), and a positive factor changes no cosine.
        return unit_rows(self._centered_keys + c * c * self._query_mean)

    def _correlation(self, similarity: Float32) -> float:
        return float(np.vdot(self._weighted_dots, _standardized(similarity, self._weights)))

    def _mixing(self, similarity: Float32, unit_keys: Float32) -> float:
        within_keys = _without_self(unit_keys @ unit_keys.T)
        of_queries = other_type_share(self._within_queries, similarity, MIXING_NEIGHBORS)
        of_keys = other_type_share(within_keys, similarity.T, MIXING_NEIGHBORS)
        return float(np.sqrt(of_queries.mean() * of_keys.mean()))


def _without_self(similarity: Float32) -> Float32:
    np.fill_diagonal(similarity, -np.inf)
    return similarity


def _rank_weights(values: Float64) -> Float32:
    """Return weights that sum to 1 and grow with the rank of the value."""
    ranks = np.empty(values.size)
    ranks[np.argsort(values, axis=None, kind="stable")] = np.arange(values.size) + 0.5
    weights: Float32 = (ranks / ranks.sum()).reshape(values.shape).astype(np.float32)
    return weights


def _standardized(values: Float64 | Float32, weights: Float32) -> Float32:
    """Scale values to weighted mean 0 and variance 1; 0 everywhere if all are equal."""
    centered = values - np.vdot(weights, values)
    deviation = float(np.sqrt(np.vdot(weights, centered * centered)))
    negligible = deviation <= NEGLIGIBLE_SPREAD * float(np.abs(values).max())
    standardized: Float32 = (np.zeros_like(centered) if negligible else centered / deviation).astype(np.float32)
    return standardized


def _spread(vectors: Float64) -> float:
    """Return the root mean square distance from the mean; 0 if it is only rounding."""
    spread = float(np.sqrt(((vectors - vectors.mean(axis=0)) ** 2).sum(axis=1).mean()))
    norm = float(np.sqrt((vectors**2).sum(axis=1).mean()))
    return spread if spread > NEGLIGIBLE_SPREAD * norm else 0.0
