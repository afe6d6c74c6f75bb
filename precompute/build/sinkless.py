"""The second layout of a head, of its tokens that are no sinks.

Where a sink holds much of the attention, most strongest partners are sinks and every other pair is laid out by chance.
A head below the threshold has one layout, in which the sinks are only hidden.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from precompute.attention.sinks import sink_share
from precompute.metrics.layout_quality import PointShares
from precompute.numeric import Float32
from precompute.projections.head_space import HeadSpace

SINK_SHARE = 0.1
"""Share of the attention on sinks above which a head has a second layout."""


def space_without_sinks(space: HeadSpace, sinks: NDArray[np.bool_] | None) -> HeadSpace | None:
    """Return the space of the tokens that are no sinks, or None if the head has no second layout.

    ``sinks`` is bool [N]; None if no token or every token is a sink.
    """
    if sinks is None or sink_share(space.head, sinks) <= SINK_SHARE:
        return None
    return space.without(sinks)


def with_sinks_at_center(layout: Float32, sinks: NDArray[np.bool_]) -> Float32:
    """Return a layout of the other tokens, centered at the origin, with the sinks at the origin, [2 N, dims]."""
    points = np.zeros((2 * len(sinks), layout.shape[1]), np.float32)
    points[~np.tile(sinks, 2)] = layout
    return points


def with_sinks_untrusted(shares: PointShares, sinks: NDArray[np.bool_]) -> PointShares:
    """Return the shares of the other tokens with those of the sinks, which are 0."""

    def spread(values: Float32) -> Float32:
        return with_sinks_at_center(values[:, None], sinks)[:, 0]

    return PointShares(spread(shares.partners), spread(shares.neighbors))
