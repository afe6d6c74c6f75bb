"""Means and rank correlations over random queries and keys, with the standard error that sampling leaves."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from precompute.metrics.spearman import centered_ranks, rank_correlation, spearman
from precompute.numeric import Float32

PAIR_SAMPLE = 1024
"""Maximum number of queries, and of keys: all their pairs are correlated."""

BLOCKS = 16
"""Blocks of 64 queries and 64 keys from whose spread the error of a correlation is estimated."""


@dataclass(frozen=True)
class Estimate:
    """A number measured on a sample, and its standard error; 0 if the sample holds everything."""

    value: float
    error: float


def random_subset(n: int, size: int, seed: int) -> NDArray[np.int64]:
    """Return min(n, size) different indices of 0..n-1 in random order, the same for the same seed."""
    return np.random.default_rng(seed).permutation(n)[:size]


def mean_estimate(values: Float32, n: int) -> Estimate:
    """Estimate the mean of ``n`` values from some of them, drawn without replacement (Cochran 1977, eq. 2.20)."""
    m = len(values)
    variance = (1 - m / n) / m * float(values.var(ddof=1, dtype=np.float64)) if 1 < m < n else 0.0
    return Estimate(float(values.mean(dtype=np.float64)), float(np.sqrt(variance)))


class PairSample:
    """Random queries and random keys of a head, whose pairs are a sample of all its pairs.

    Attributes
    ----------
    queries, keys : int64 [m]
        Drawn independently of each other, in random order; m is ``n_tokens`` or :data:`PAIR_SAMPLE`.
    """

    def __init__(self, n_tokens: int) -> None:
        self.queries, self.keys = (random_subset(n_tokens, PAIR_SAMPLE, seed) for seed in (0, 1))
        self._unseen = 1 - len(self.queries) / n_tokens if n_tokens else 0.0

    def ranks(self, values: Float32) -> NDArray[np.float64]:
        """Return the centered ranks of the sample's values, [m, m]."""
        return centered_ranks(values).reshape(values.shape)

    def spearman(self, x: NDArray[np.float64], y: NDArray[np.float64]) -> Estimate:
        """Estimate Spearman's correlation over all pairs from the :meth:`ranks` of two quantities.

        Pairs that share a query or a key are not independent, so the error does not follow from their number. It is the
        standard error of the mean over :data:`BLOCKS` blocks without a common query or key, each ranked by itself.
        """
        value = rank_correlation(x.ravel(), y.ravel())
        if self._unseen <= 0:
            return Estimate(value, 0.0)
        size = len(x) // BLOCKS
        blocks = [slice(i * size, (i + 1) * size) for i in range(BLOCKS)]
        apart = [spearman(x[own, own], y[own, own]) for own in blocks]
        return Estimate(value, float(np.sqrt(self._unseen * np.var(apart, ddof=1) / BLOCKS)))
