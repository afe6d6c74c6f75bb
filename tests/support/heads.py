"""Heads and layers made from queries, keys and offsets alone."""

from __future__ import annotations

from precompute.attention.head import Head, positions_in
from precompute.attention.layer import Layer
from precompute.numeric import Float32, Int32


def head_of(
    queries: Float32,
    keys: Float32,
    scale: float,
    offsets: Int32,
    *,
    causal: bool = False,
    mask: Float32 | None = None,
    layer: int = 0,
    index: int = 0,
) -> Head:
    """Make a head; queries and keys are float32 [N, d_head]."""
    return Head(queries, keys, scale, causal, offsets, positions_in(offsets), mask, layer, index)


def layer_of(
    queries: Float32,
    keys: Float32,
    scale: float,
    offsets: Int32,
    *,
    causal: bool = False,
    mask: Float32 | None = None,
) -> Layer:
    """Make a layer; queries are float32 [H, N, d_head], keys float32 [H_kv, N, d_head]."""
    return Layer(queries, keys, scale, causal, offsets, positions_in(offsets), mask)
