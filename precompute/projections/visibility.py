"""Pairs of a query and a key that could meet in one instance, and the bias of their positions.

The attention graph compares a query with keys of the whole data set, also of other instances. Whether such a pair could
meet, were both in one instance, follows from their positions:

- without a mask: always;
- causal: if the key's position is not larger than the query's;
- with a stored mask, such as a sliding window or an additive bias by distance (ALiBi): as the mask has it for these two
  positions, in the instances that have both.

Dot products of pairs that cannot meet were never trained: they may be large and mean nothing.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from precompute.attention.head import Head, instance_mask, mask_starts
from precompute.numeric import Float32, Int32

NO_BIAS = np.zeros((0, 0), np.float32)


class Visibility(NamedTuple):
    """Which vectors of the other type each vector sees; a tuple, because kernels take it as it is.

    Attributes
    ----------
    own, others : int32 [n], [m]
        Positions in the instances: of the vectors, and of those they may see.
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
    """Return which keys of the whole data set the queries of a head could see."""
    bias = NO_BIAS if head.mask is None else bias_by_position(head.mask, head.offsets, head.scale)
    return visibility_of_queries(head.positions, causal=head.causal, bias=bias)


def visibility_of_queries(positions: Int32, *, causal: bool, bias: Float32 = NO_BIAS) -> Visibility:
    """Return which keys queries could see.

    Parameters
    ----------
    positions : int32 [N]
        Position of each token in its instance.
    causal : bool
    bias : float32 [P, P]
        From :func:`bias_by_position`.
    """
    return Visibility(positions, positions, 1 if causal else 0, bias)


def bias_by_position(mask: Float32, offsets: Int32, scale: float) -> Float32:
    """Average a stored mask over instances, for every pair of positions.

    Parameters
    ----------
    mask : float32 [sum len^2]
        Additive masks of all instances, one after another, each row by row.
    offsets : int32 [n_instances + 1]
    scale : float
        Of the scores q k^T, to which the mask is added.

    Returns
    -------
    float32 [P, P]
        In units of dot products, mean over the instances in which the query at position i sees the key at position j;
        ``-inf`` if there is none. P is the longest instance's length.
    """
    lengths = np.diff(offsets).astype(np.int64)
    starts = mask_starts(offsets)
    longest = int(lengths.max(initial=0))
    total = np.zeros((longest, longest))
    count = np.zeros((longest, longest), np.int64)
    for instance, n in enumerate(lengths):
        of_instance = instance_mask(mask, starts, instance)
        seen = np.isfinite(of_instance)
        total[:n, :n] += np.where(seen, of_instance, 0)
        count[:n, :n] += seen
    bias: NDArray[np.float64] = np.full_like(total, -np.inf)
    np.divide(total, count * scale, out=bias, where=count > 0)
    return bias.astype(np.float32)
