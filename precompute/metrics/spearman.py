"""Spearman's rank correlation of two samples."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.stats import rankdata


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
    return rank_correlation(centred_ranks(a), centred_ranks(b))


def centred_ranks(values: NDArray[np.floating]) -> NDArray[np.float64]:
    """Ranks of all values minus their mean, ties sharing theirs, float64 [values.size]."""
    ranks: NDArray[np.float64] = rankdata(values)
    return ranks - (values.size + 1) / 2


def rank_correlation(x: NDArray[np.float64], y: NDArray[np.float64]) -> float:
    """Pearson correlation of centred ranks; 0 where one sample's are all equal."""
    norm = float(np.sqrt(np.vdot(x, x) * np.vdot(y, y)))
    return float(np.vdot(x, y)) / norm if norm > 0 else 0.0
