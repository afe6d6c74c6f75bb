"""Array aliases, and fixed subsets of a range that are spread evenly and have no period."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Float32 = NDArray[np.float32]
Int32 = NDArray[np.int32]

GOLDEN_RATIO = (5**0.5 - 1) / 2


def even_subset(n: int, size: int) -> NDArray[np.int64]:
    """Draw indices from 0..n-1 without chance.

    The golden-ratio sequence (Weyl 1916) fills the range evenly like a stride does, but never falls in step with
    the rows of a patch grid or the length of an instance.

    Parameters
    ----------
    n : int
        Size of the range.
    size : int
        Indices wanted.

    Returns
    -------
    int64 [m]
        Ascending, unique; all of the range where ``n <= size``, otherwise m is ``size`` or a few less, because two
        terms of the sequence can share an index.
    """
    if n <= size:
        return np.arange(n)
    return np.unique((np.arange(size) * GOLDEN_RATIO % 1.0 * n).astype(np.int64))


def even_order(n: int) -> NDArray[np.int64]:
    """Order 0..n-1 so that the first m of them, for every m, are spread evenly.

    By the fractional part of the golden ratio's multiples: numbers whose part is below a threshold have at most three
    different gaps (Slater 1967), none above 2 n / m.

    Parameters
    ----------
    n : int
        Size of the range.

    Returns
    -------
    int64 [n]
        A permutation; 0 is the first.
    """
    return np.argsort(np.arange(n) * GOLDEN_RATIO % 1.0, kind="stable")
