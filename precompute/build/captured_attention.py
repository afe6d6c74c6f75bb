"""The attention of a captured model, layer by layer: what every pass of the last stage streams over."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from precompute.attention.layer import InstanceAttention, layer_attention
from precompute.build.capture import Captured, CapturedArrays


def captured_attention(
    captured: Captured,
    arrays: CapturedArrays,
    layer: int,
    *,
    heads: slice | None = None,
    instances: Iterable[int] | None = None,
) -> Iterator[InstanceAttention]:
    """Recompute the attention of one layer, one instance at a time.

    Parameters
    ----------
    captured, arrays
        What running the model left.
    layer : int
        From 0.
    heads : slice, optional
        Query heads wanted, whole key groups with both ends given; all if not given.
    instances : iterable of int, optional
        Instances wanted; all if not given.

    Yields
    ------
    InstanceAttention
        Of the heads wanted.
    """
    wanted = heads or slice(0, captured.n_heads)
    group = captured.n_heads // captured.n_kv_heads
    mask = arrays.masks.get(layer)
    return layer_attention(
        arrays.queries[layer, wanted],
        arrays.keys[layer, wanted.start // group : wanted.stop // group],
        float(arrays.scales[layer]),
        arrays.offsets,
        causal=captured.masks[layer] == "causal",
        mask=mask[wanted] if mask is not None and len(mask) > 1 else mask,
        instances=instances,
    )
