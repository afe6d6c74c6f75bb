"""The joint embedding: queries and keys of one head in one space, without a change to its attention."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from precompute.errors import NumericalError
from precompute.subset import even_subset
from precompute.types import Float32

Float64 = NDArray[np.float64]

N_NEIGHBOURS = 15
"""Neighbours of a point that :meth:`ScaleObjective.mixing` looks at, the default of UMAP."""

SUBSET = 192
"""Queries, and keys, that the search for c looks at."""

OCTAVE_GRIDS = (
    (-3.0, -2.0, -1.25, -0.75, -0.25, 0.25, 0.75, 1.25, 2.0, 3.0),
    (-0.36, -0.24, -0.12, 0.12, 0.24, 0.36),
    (-0.08, -0.04, 0.04, 0.08),
)
"""Steps of the search for log2(c): each grid refines the best scale of the one before."""

NEGLIGIBLE_SPREAD = 1e-6
"""Below this share of the norm a spread is rounding of equal float32 rows."""


@dataclass(frozen=True)
class JointEmbedding:
    """Queries and keys of one head in one space; distance means cosine distance.

    Attributes
    ----------
    vectors : float32 [2 N, d_head]
        Queries ``q * c``, then keys ``k / c + translation``.
    c : float
        The scale, larger than 0.
    translation : float32 [d_head]
        ``mean(q * c) - mean(k / c)``: both means coincide.
    """

    vectors: Float32
    c: float
    translation: Float32

    @property
    def queries(self) -> Float32:
        """The first N vectors, float32 [N, d_head]."""
        return self.vectors[: len(self.vectors) // 2]

    @property
    def keys(self) -> Float32:
        """The last N vectors, float32 [N, d_head]."""
        return self.vectors[len(self.vectors) // 2 :]


def joint_embedding(queries: Float32, keys: Float32) -> JointEmbedding:
    """Put queries and keys of one head into one space (Yeh et al. 2023, arXiv 2305.03210, section 4).

    Scaling, ``q * c`` and ``k / c``, leaves every dot product as it is. Translating all keys by t adds the constant
    ``q . t`` to a row of the scores, which the softmax takes out again. So the attention pattern of every instance is
    unchanged, while queries and keys, which a model keeps apart, come to share one region. Scaling goes first: after
    the means coincide at the origin no scale changes a cosine distance. The scale is :func:`search_scale`'s.

    Parameters
    ----------
    queries, keys : float32 [N, d_head]
        All tokens of the data set, as the attention uses them, before the 1 / sqrt(d_head) scale.

    Returns
    -------
    JointEmbedding

    Raises
    ------
    NumericalError
        A value is NaN or infinite.
    ValueError
        The arrays are empty or their shapes differ.
    """
    if queries.shape != keys.shape or queries.ndim != 2 or queries.size == 0:
        raise ValueError(f"queries {queries.shape} and keys {keys.shape} must both be [N, d_head]")
    if not (np.isfinite(queries).all() and np.isfinite(keys).all()):
        raise NumericalError("The queries or keys of a head hold NaN or infinite values; check the model's weights.")
    # Squares of large float32 values overflow, so everything up to the result is float64.
    q, k = queries.astype(np.float64), keys.astype(np.float64)
    c = search_scale(q, k)
    scaled_queries, scaled_keys = q * c, k / c
    translation = scaled_queries.mean(axis=0) - scaled_keys.mean(axis=0)
    vectors = np.concatenate([scaled_queries, scaled_keys + translation])
    return JointEmbedding(vectors.astype(np.float32), c, translation.astype(np.float32))


def search_scale(queries: Float64, keys: Float64) -> float:
    """Find the scale c with the highest :class:`ScaleObjective`.

    Three grids over log2(c), each centred on the best scale of the one before; the first is centred on
    :func:`balanced_scale`. Grids, because the objective counts neighbours and is a staircase at close range. Where
    nothing tells scales apart, the balanced scale stays.

    Parameters
    ----------
    queries, keys : float64 [N, d_head]
        Raw queries and keys of one head.

    Returns
    -------
    float
        c > 0.
    """
    objective = ScaleObjective(queries, keys)
    centre = balanced_scale(queries, keys)
    highest = objective(centre)
    for steps in OCTAVE_GRIDS:
        scales = centre * 2.0 ** np.array(steps)
        values = [objective(c) for c in scales]
        best = int(np.argmax(values))
        if values[best] > highest:
            highest, centre = values[best], float(scales[best])
    return centre


def balanced_scale(queries: Float64, keys: Float64) -> float:
    """Scale queries and keys to spread equally around their means.

    c^2 = spread(keys) / spread(queries), the spread being the root mean square distance from the mean. 1 where
    all queries or all keys are equal.

    Parameters
    ----------
    queries, keys : float64 [N, d_head]
        Raw queries and keys of one head.

    Returns
    -------
    float
        c > 0.
    """
    query_spread, key_spread = _spread(queries), _spread(keys)
    if query_spread == 0 or key_spread == 0:
        return 1.0
    return float(np.sqrt(key_spread / query_spread))


class ScaleObjective:
    """How well a scale c lets the joint embedding show attention: correlation(c) * mixing(c).

    Correlation alone is a bad judge: it keeps rising as c falls, while queries and keys part and a point has no
    partner of the other type left among its neighbours. See docs/adr/0004-joint-embedding.md.

    Parameters
    ----------
    queries, keys : float64 [N, d_head]
        Raw queries and keys of one head; :data:`SUBSET` of each are looked at.
    """

    def __init__(self, queries: Float64, keys: Float64) -> None:
        chosen = even_subset(len(queries), SUBSET)
        self._query_mean = queries.mean(axis=0)
        self._centred_keys = keys[chosen] - keys.mean(axis=0)
        self._unit_queries = unit_rows(queries[chosen])
        self._within_queries = _without_self(self._unit_queries @ self._unit_queries.T)
        dots = queries[chosen] @ keys[chosen].T
        self._weights = _rank_weights(dots)
        self._weighted_dots = self._weights * _standardized(dots, self._weights)

    def __call__(self, c: float) -> float:
        """Product of :meth:`correlation`, 0 where negative, and :meth:`mixing`; 0 to 1, higher is better."""
        unit_keys = self._unit_keys(c)
        similarity = self._unit_queries @ unit_keys.T
        return max(self._correlation(similarity), 0.0) * self._mixing(similarity, unit_keys)

    def correlation(self, c: float) -> float:
        """Weighted Pearson correlation of cosine similarity in the joint space and dot product, -1 to 1.

        A pair weighs as much as its dot product's rank (lowest 0, highest 1), so that near pairs count most.
        """
        return self._correlation(self._unit_queries @ self._unit_keys(c).T)

    def mixing(self, c: float) -> float:
        """Share of the nearest neighbours that are of the other type, 0 to 1.

        Geometric mean of the queries' share and the keys' share: both must find partners.
        """
        unit_keys = self._unit_keys(c)
        return self._mixing(self._unit_queries @ unit_keys.T, unit_keys)

    def _unit_keys(self, c: float) -> Float32:
        # c * (k / c + translation) = (k - mean(k)) + c^2 mean(q), and a positive factor changes no cosine.
        return unit_rows(self._centred_keys + c * c * self._query_mean)

    def _correlation(self, similarity: Float32) -> float:
        return float(np.vdot(self._weighted_dots, _standardized(similarity, self._weights)))

    def _mixing(self, similarity: Float32, unit_keys: Float32) -> float:
        within_keys = _without_self(unit_keys @ unit_keys.T)
        of_queries = other_type_share(self._within_queries, similarity, N_NEIGHBOURS)
        of_keys = other_type_share(within_keys, similarity.T, N_NEIGHBOURS)
        return float(np.sqrt(of_queries.mean() * of_keys.mean()))


def other_type_share(within: Float32, across: Float32, k: int) -> Float32:
    """Share of each point's nearest neighbours that are of the other type.

    Parameters
    ----------
    within : float32 [m, n]
        Similarity to points of the same type; -inf to itself.
    across : float32 [m, o]
        Similarity to points of the other type.
    k : int
        Neighbours looked at, fewer where there are fewer points; points as near as the last of them count too.

    Returns
    -------
    float32 [m]
        0 to 1.
    """
    both = np.concatenate([within, across], axis=1)
    k = min(k, both.shape[1] - 1)
    last = np.partition(both, -k, axis=1)[:, -k, None]
    near, near_across = np.count_nonzero(both >= last, axis=1), np.count_nonzero(across >= last, axis=1)
    share: Float32 = (near_across / near).astype(np.float32)
    return share


def unit_rows(vectors: Float64) -> Float32:
    """Scale rows to length 1; a zero row stays zero, at cosine distance 1 from everything.

    Parameters
    ----------
    vectors : float64 [n, d]
        Of any length that float32 can hold.

    Returns
    -------
    float32 [n, d]
    """
    norms = np.linalg.norm(vectors, axis=1, keepdims=True)
    unit: Float32 = np.divide(vectors, norms, out=np.zeros_like(vectors), where=norms > 0).astype(np.float32)
    return unit


def _without_self(similarity: Float32) -> Float32:
    np.fill_diagonal(similarity, -np.inf)
    return similarity


def _rank_weights(values: Float64) -> Float32:
    """Weights that sum to 1 and grow with the rank of the value."""
    ranks = np.empty(values.size)
    ranks[np.argsort(values, axis=None, kind="stable")] = np.arange(values.size) + 0.5
    weights: Float32 = (ranks / ranks.sum()).reshape(values.shape).astype(np.float32)
    return weights


def _standardized(values: Float64 | Float32, weights: Float32) -> Float32:
    """Values of weighted mean 0 and variance 1, or 0 everywhere where all are equal."""
    centred = values - np.vdot(weights, values)
    deviation = float(np.sqrt(np.vdot(weights, centred * centred)))
    negligible = deviation <= NEGLIGIBLE_SPREAD * float(np.abs(values).max())
    standardized: Float32 = (np.zeros_like(centred) if negligible else centred / deviation).astype(np.float32)
    return standardized


def _spread(vectors: Float64) -> float:
    """Root mean square distance from the mean, 0 where it is only rounding."""
    spread = float(np.sqrt(((vectors - vectors.mean(axis=0)) ** 2).sum(axis=1).mean()))
    norm = float(np.sqrt((vectors**2).sum(axis=1).mean()))
    return spread if spread > NEGLIGIBLE_SPREAD * norm else 0.0
