"""Query-key pairs that can occur in one instance, and the bias of their positions.

The attention graph compares a query with keys of the whole data set, also of other instances. The positions of a query
and a key decide whether the query could see the key if both were in one instance:

- without a mask: always;
- causal: if the key's position is at most the query's;
- with a stored mask, such as a sliding window or an additive bias by distance (ALiBi): if the mask shows the key's
  position to the query's in any instance that has both.

Dot products of hidden pairs were never trained: they may be large and are meaningless.
"""

from __future__ import annotations

from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from precompute.attention.head import Head, instance_mask, mask_starts
from precompute.numeric import Float32, Int32

NO_BIAS = np.zeros((0, 0), np.float32)


class Visibility(NamedTuple):
    """Vectors of the other type that each vector sees; a tuple, because kernels take no dataclass.

    Attributes
    ----------
    own, others : int32 [n], [m]
        Positions in the instances, of the vectors and of the other type's.
    order : int
        1 if later positions are hidden, -1 if earlier ones are, 0 if neither.
    bias : float32 [P, P]
        ``bias[own, other]`` is added to a dot product; ``-inf`` hides. Empty if positions add nothing.
    """

    own: Int32
    others: Int32
    order: int
    bias: Float32

    def reversed(self) -> Visibility:
        """Return the visibility of the other type."""
        return Visibility(self.others, self.own, -self.order, np.ascontiguousarray(self.bias.T))


def visibility_of_head(head: Head) -> Visibility:
    """Return the keys of the whole data set that the queries of a head can see."""
    bias = NO_BIAS if head.mask is None else bias_by_position(head.mask, head.offsets, head.positions, head.scale)
    return visibility_of_queries(head.positions, causal=head.causal, bias=bias)


def visibility_of_queries(positions: Int32, *, causal: bool, bias: Float32 = NO_BIAS) -> Visibility:
    """Return the keys that queries at positions int32 [N] can see; ``bias`` is of :func:`bias_by_position`."""
    return Visibility(positions, positions, 1 if causal else 0, bias)


def bias_by_position(mask: Float32, offsets: Int32, positions: Int32, scale: float) -> Float32:
    """Average a stored mask over instances, for every pair of positions.

    Parameters
    ----------
    mask : float32 [sum len^2]
        Additive masks of all instances, one after another, each row by row.
    offsets : int32 [n_instances + 1]
    positions : int32 [N]
    scale : float
        Factor of q.k in the scores to which the mask is added.

    Returns
    -------
    float32 [P, P]
        In units of dot products, mean over the instances in which the query at position i sees the key at position j;
        ``-inf`` if there is none. P is one more than the largest position.
    """
    starts = mask_starts(offsets)
    longest = int(positions.max(initial=-1)) + 1
    total = np.zeros((longest, longest))
    count = np.zeros((longest, longest), np.int64)
    for instance, (begin, end) in enumerate(pairwise(offsets)):
        of_instance = instance_mask(mask, starts, instance)
        seen = np.isfinite(of_instance)
        pairs = np.ix_(positions[begin:end], positions[begin:end])
        total[pairs] += np.where(seen, of_instance, 0)
        count[pairs] += seen
    bias: NDArray[np.float64] = np.full_like(total, -np.inf)
    np.divide(total, count * scale, out=bias, where=count > 0)
    return bias.astype(np.float32)
