"""Which queries and keys can ever meet, and what their positions add to their dot product.

The attention graph compares a query with keys of the whole data set, of other instances too. Whether such a pair could
meet, were both in one instance, follows from their positions:

- a head without a mask: always;
- a causal head: if the key's position is not larger than the query's;
- a head with a stored mask, such as a sliding window or an additive bias by distance (ALiBi): as the mask says of
  these two positions in the instances that have both.

Dot products of pairs that cannot meet were never trained. They mean nothing, though they may be large.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from precompute.numeric import Float32, Int32

NO_BIAS = np.zeros((0, 0), np.float32)


class Visibility(NamedTuple):
    """What the vectors of one type, who look, see of those of the other; kernels take it as it is.

    Attributes
    ----------
    own, others : int32 [n], [m]
        Positions in the instances.
    order : int
        1 if vectors at later positions are hidden, -1 if those at earlier ones, 0 if neither.
    bias : float32 [P, P]
        ``bias[own, other]`` is added to a dot product; ``-inf`` hides. Empty where positions add nothing.
    """

    own: Int32
    others: Int32
    order: int
    bias: Float32

    def reversed(self) -> Visibility:
        """Give what the others see."""
        return Visibility(self.others, self.own, -self.order, np.ascontiguousarray(self.bias.T))


def visibility_of_queries(positions: Int32, *, causal: bool, bias: Float32 = NO_BIAS) -> Visibility:
    """Give what queries see of keys.

    Parameters
    ----------
    positions : int32 [N]
        Of each token in its instance.
    causal : bool
        Whether a query sees no later key.
    bias : float32 [P, P], optional
        Of :func:`bias_by_position`.
    """
    return Visibility(positions, positions, 1 if causal else 0, bias)


def bias_by_position(mask: Float32, offsets: Int32, scale: float) -> Float32:
    """Average a stored mask over instances, for every pair of positions.

    Parameters
    ----------
    mask : float32 [sum len^2]
        Additive masks of all instances, one after another, each row by row.
    offsets : int32 [n_instances + 1]
        Token range of each instance.
    scale : float
        Of the scores q k^T, to which the mask is added.

    Returns
    -------
    float32 [P, P]
        In units of dot products, mean over the instances that let the query at position i see the key at position j;
        ``-inf`` where none does. P is the longest instance's length.
    """
    lengths = np.diff(offsets).astype(np.int64)
    starts = np.concatenate([[0], np.cumsum(lengths**2)])
    longest = int(lengths.max(initial=0))
    total = np.zeros((longest, longest))
    count = np.zeros((longest, longest), np.int64)
    for n, start in zip(lengths, starts, strict=False):
        of_instance = mask[start : start + n * n].reshape(n, n)
        seen = np.isfinite(of_instance)
        total[:n, :n] += np.where(seen, of_instance, 0)
        count[:n, :n] += seen
    bias: NDArray[np.float64] = np.full_like(total, -np.inf)
    np.divide(total, count * scale, out=bias, where=count > 0)
    return bias.astype(np.float32)
