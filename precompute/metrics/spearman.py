"""Spearman's rank correlation of two samples."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def spearman(a: NDArray[np.floating], b: NDArray[np.floating]) -> float:
    """Return the Pearson correlation of the ranks, ties sharing their mean rank (Spearman 1904).

    Arrays of the same shape are flattened and may hold infinite values, not NaN. -1 to 1; 0 if either sample has fewer
    than two different values.
    """
    return rank_correlation(centered_ranks(a), centered_ranks(b))


def centered_ranks(values: NDArray[np.floating]) -> NDArray[np.float64]:
    """Rank all values from the smallest, ties sharing their mean rank, and subtract the mean: float64 [values.size].

    Values may be infinite, not NaN. Twice as fast as ``scipy.stats.rankdata``, which checks its input.
    """
    flat = values.ravel()
    order = np.argsort(flat)
    ascending = flat[order]
    first = np.empty(flat.size, bool)
    first[:1] = True
    np.not_equal(ascending[1:], ascending[:-1], out=first[1:])
    starts = np.append(np.flatnonzero(first), flat.size)
    of_group = (starts[:-1] + starts[1:] - flat.size) / 2
    ranks = np.empty(flat.size)
    ranks[order] = np.repeat(of_group, np.diff(starts))
    return ranks


def rank_correlation(x: NDArray[np.float64], y: NDArray[np.float64]) -> float:
    """Return the Pearson correlation of centered ranks; 0 if all ranks of a sample are equal."""
    norm = float(np.sqrt(np.vdot(x, x) * np.vdot(y, y)))
    return float(np.vdot(x, y)) / norm if norm > 0 else 0.0
