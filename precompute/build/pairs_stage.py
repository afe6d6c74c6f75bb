"""Part of the fourth stage: the pairs of tokens that every head connects most."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from precompute.attention.pairs import PairTable, StrongestPairs, head_blocks, pair_table, strongest_pairs
from precompute.attention.sinks import without_tokens
from precompute.build.attention_pass import sinks_of
from precompute.build.capture import Captured, CapturedArrays
from precompute.build.captured_attention import captured_attention
from precompute.format.manifest import ArrayInfo
from precompute.store.store import Store
from precompute.tokens.features import token_features

Layer = list[StrongestPairs]
"""Blocks of heads, in their order."""


def strongest_of_heads(captured: Captured, arrays: CapturedArrays, store: Store) -> Mapping[str, ArrayInfo]:
    """Find the pairs of tokens that every head connects most.

    Parameters
    ----------
    captured, arrays
        What running the model left.
    store : Store
        Receives the arrays.

    Returns
    -------
    mapping of str to ArrayInfo
        ``strongest_pairs`` int32 [L, H, 2, K, 3] and ``strongest_pair_weights`` float32 [L, H, 2, K, 2]: of every
        layer, what :class:`precompute.attention.pairs.StrongestPairs` says. For a run with sinks the same of attention
        from which they were taken out: ``strongest_pairs_without_sinks``, ``strongest_pair_weights_without_sinks``.
    """
    table = pair_table(token_features(arrays.table), arrays.offsets)
    sinks = sinks_of(captured, arrays)
    kept = _stored([_of_layer(captured, arrays, table, layer) for layer in range(captured.n_layers)], store)
    if sinks is not None:
        bare = [_of_layer(captured, arrays, table, layer, sinks) for layer in range(captured.n_layers)]
        kept |= {f"{name}_without_sinks": info for name, info in _stored(bare, store).items()}
    return kept


def _of_layer(
    captured: Captured, arrays: CapturedArrays, table: PairTable, layer: int, taken: NDArray[np.bool_] | None = None
) -> Layer:
    group = captured.n_heads // captured.n_kv_heads
    found = []
    for heads in head_blocks(captured.n_heads, group, len(table.pair)):
        attention = captured_attention(captured, arrays, layer, heads=heads, instances=table.instances.tolist())
        if taken is not None:
            attention = (without_tokens(instance, taken[instance.tokens]) for instance in attention)
        found.append(strongest_pairs(attention, table))
    return found


def _stored(layers: list[Layer], store: Store) -> dict[str, ArrayInfo]:
    places = np.stack([np.concatenate([block.places for block in blocks]) for blocks in layers])
    weights = np.stack([np.concatenate([block.weights for block in blocks]) for blocks in layers])
    return {"strongest_pairs": store.put_array(places), "strongest_pair_weights": store.put_array(weights)}
