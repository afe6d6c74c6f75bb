"""The joint embedding: queries and keys of one head in one space, without a change to its attention."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from precompute.embedding.scale import search_scale
from precompute.errors import NumericalError
from precompute.numeric import Float32


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
    """Compute the joint embedding of one head (Yeh et al. 2023, arXiv 2305.03210, section 4).

    Scaling, ``q * c`` and ``k / c``, preserves every dot product. Translating all keys by t adds the constant
    ``q . t`` to a row of the scores, which the softmax cancels. So every attention pattern is unchanged, while queries
    and keys share one region. Scaling precedes translation: once the means coincide at the origin, no scale changes a
    cosine distance. The scale is from :func:`~precompute.embedding.scale.search_scale`.

    Parameters
    ----------
    queries, keys : float32 [N, d_head]
        All tokens of the data set, as the attention uses them, before the 1 / sqrt(d_head) scale. Raises
        NumericalError if a value is not finite, ValueError if they are empty or their shapes differ.
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
