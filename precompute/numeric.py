"""Array aliases, and even, aperiodic subsets of a range."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Float32 = NDArray[np.float32]
Int32 = NDArray[np.int32]

GOLDEN_RATIO = (5**0.5 - 1) / 2


def even_subset(n: int, size: int) -> NDArray[np.int64]:
    """Return evenly spread indices of 0..n-1, int64 [m], ascending, unique, m <= size, without randomness.

    The golden-ratio sequence (Weyl 1916) fills the range as evenly as a stride, but never aligns with the rows of a
    patch grid or the length of an instance. Two of its terms can share an index, so m can be less than both n and size.
    """
    if n <= size:
        return np.arange(n)
    return np.unique((np.arange(size) * GOLDEN_RATIO % 1.0 * n).astype(np.int64))


def even_order(n: int) -> NDArray[np.int64]:
    """Return a permutation of 0..n-1, int64 [n], whose first m elements are evenly spread for every m; 0 is first.

    Sorts by the fractional part of the golden ratio's multiples: numbers whose part is below a threshold have at most
    three different gaps (Slater 1967), none above 2 n / m.
    """
    return np.argsort(np.arange(n) * GOLDEN_RATIO % 1.0, kind="stable")
