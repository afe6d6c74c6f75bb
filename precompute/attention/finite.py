"""Whether the attention of a head can be computed at all."""

from __future__ import annotations

import math

import numpy as np

from precompute.errors import NumericalError
from precompute.numeric import Float32

LARGEST = float(np.finfo(np.float32).max)


def require_finite_attention(queries: Float32, keys: Float32, name: str) -> None:
    """Refuse a head whose dot products are not numbers, or may overflow float32.

    No dot product, and no part of its sum, is larger than ``d_head max|q| max|k|``.

    Parameters
    ----------
    queries, keys : float32 [N, d_head]
        Raw, as the attention uses them.
    name : str
        Of the head, in the message.

    Raises
    ------
    NumericalError
        A value is NaN or infinite, or that bound is beyond float32.
    """
    largest_query, largest_key = (float(np.abs(vectors).max(initial=0)) for vectors in (queries, keys))
    if not (math.isfinite(largest_query) and math.isfinite(largest_key)):
        raise NumericalError(
            f"The model gave NaN or infinite queries or keys in {name}: load it in float32 and check its weights."
        )
    if queries.shape[1] * largest_query * largest_key > LARGEST:
        raise NumericalError(
            f"The model gave queries and keys in {name} whose dot products are too large for float32, so that head has "
            "no attention to show: check the model's weights."
        )
