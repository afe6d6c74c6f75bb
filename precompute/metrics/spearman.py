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
    x, y = _centred_ranks(a), _centred_ranks(b)
    norm = float(np.sqrt(np.vdot(x, x) * np.vdot(y, y)))
    return float(np.vdot(x, y)) / norm if norm > 0 else 0.0


def _centred_ranks(values: NDArray[np.floating]) -> NDArray[np.float64]:
    ranks: NDArray[np.float64] = rankdata(values)
    return ranks - (values.size + 1) / 2
