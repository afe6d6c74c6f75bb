"""Part of the last stage: the pairs of tokens that every head connects most."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from precompute.metrics.token_features import token_features
from precompute.pipeline.captured import Captured, CapturedArrays
from precompute.pipeline.captured_attention import captured_attention
from precompute.store import Store
from precompute.strongest_pairs import PairTable, StrongestPairs, head_blocks, pair_table, strongest_pairs
from precompute.types import ArrayInfo


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
        layer, what :class:`precompute.strongest_pairs.StrongestPairs` says.
    """
    table = pair_table(token_features(arrays.table), arrays.offsets)
    layers = [_of_layer(captured, arrays, table, layer) for layer in range(captured.n_layers)]
    places = [np.concatenate([block.places for block in blocks]) for blocks in layers]
    weights = [np.concatenate([block.weights for block in blocks]) for blocks in layers]
    return {
        "strongest_pairs": store.put_array(np.stack(places)),
        "strongest_pair_weights": store.put_array(np.stack(weights)),
    }


def _of_layer(captured: Captured, arrays: CapturedArrays, table: PairTable, layer: int) -> list[StrongestPairs]:
    group = captured.n_heads // captured.n_kv_heads
    return [
        strongest_pairs(
            captured_attention(captured, arrays, layer, heads=heads, instances=table.instances.tolist()),
            table,
        )
        for heads in head_blocks(captured.n_heads, group, len(table.pair))
    ]
