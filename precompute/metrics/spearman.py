"""Spearman's rank correlation of two samples."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def spearman(a: NDArray[np.floating], b: NDArray[np.floating]) -> float:
    """Pearson correlation of the ranks, ties sharing their mean rank (Spearman 1904).

    Parameters
    ----------
    a, b : float32 or float64, same shape
        Flattened; may hold infinite values, not NaN.

    Returns
    -------
    float
        -1 to 1; 0 where either sample has fewer than two different values.
    """
    return rank_correlation(centered_ranks(a), centered_ranks(b))


def centered_ranks(values: NDArray[np.floating]) -> NDArray[np.float64]:
    """Rank all values from the smallest, ties sharing their mean rank, and subtract the mean of all ranks.

    Half of the time of ``scipy.stats.rankdata``, which checks what is known here.

    Parameters
    ----------
    values : float32 or float64
        Flattened; may hold infinite values, not NaN.

    Returns
    -------
    float64 [values.size]
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
    """Pearson correlation of centered ranks; 0 where one sample's are all equal."""
    norm = float(np.sqrt(np.vdot(x, x) * np.vdot(y, y)))
    return float(np.vdot(x, y)) / norm if norm > 0 else 0.0
