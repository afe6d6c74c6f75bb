"""Encodings that differ by head, because they follow from its queries and keys."""

from __future__ import annotations

import numpy as np

from precompute.attention.head import key_heads
from precompute.encodings.registry import Encoded, EncodingSource, encoding
from precompute.numeric import Float32


@encoding(
    "norm",
    label="norm",
    kind="sequential",
    help="Length of the query or key vector, relative to all queries and keys of the same head.",
)
def norm(source: EncodingSource) -> Encoded:
    """L2 norm of the raw query or key, from 0 (smallest of the head, queries and keys together) to 1 (largest)."""
    return Encoded(relative_norms(source.query_norms, source.key_norms))


def relative_norms(query_norms: Float32, key_norms: Float32) -> Float32:
    """Min-max normalize over the queries and keys of each head.

    Parameters
    ----------
    query_norms : float32 [L, H, N]
    key_norms : float32 [L, H_kv, N]
        ``H`` is a multiple of ``H_kv``; query head h reads key head h // (H / H_kv).

    Returns
    -------
    float32 [L, H, 2 N]
        In 0..1, queries then keys; 0 throughout a head whose norms are all equal.
    """
    read = key_heads(query_norms.shape[1], key_norms.shape[1])
    norms = np.concatenate([query_norms, key_norms[:, read]], axis=2)
    low = norms.min(axis=2, keepdims=True)
    span = norms.max(axis=2, keepdims=True) - low
    relative: Float32 = np.divide(norms - low, span, out=np.zeros_like(norms), where=span > 0)
    return relative
