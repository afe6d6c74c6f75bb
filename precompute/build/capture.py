"""What running the model left: shapes, masks and the raw arrays, as a part of the store."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from precompute.attention.layer import InstanceAttention, layer_attention
from precompute.format.manifest import ArrayInfo, MaskKind, MetricInfo, TokenTable
from precompute.format.typed_json import from_json
from precompute.numeric import Float32, Int32
from precompute.store.store import Store


@dataclass(frozen=True)
class Captured:
    """The first part of every build.

    Attributes
    ----------
    n_layers, n_heads, n_kv_heads, d_head : int
        As seen.
    masks : tuple of {"full", "causal", "stored"}
        One a layer.
    arrays : mapping of str to ArrayInfo
        ``offsets``, ``positions``, ``queries``, ``keys``, ``value_norms``, ``query_norms``, ``key_norms``, ``scales``,
        ``tokens``, the ``mask.<layer>`` of stored layers and, for images, ``pictures``.
    warnings : tuple of str
        What the user was told.
    probe : tuple of MetricInfo
        Rows of the array ``probe_metrics``, float32 [n, L, H]: what the heads did with random tokens that repeat.
    """

    n_layers: int
    n_heads: int
    n_kv_heads: int
    d_head: int
    masks: tuple[MaskKind, ...]
    arrays: Mapping[str, ArrayInfo]
    warnings: tuple[str, ...] = ()
    probe: tuple[MetricInfo, ...] = ()

    @property
    def causal(self) -> bool:
        """Whether every layer hides later tokens."""
        return all(mask == "causal" for mask in self.masks)

    @property
    def n_tokens(self) -> int:
        """Number N of tokens of all instances."""
        return self.arrays["positions"].shape[0]

    @property
    def n_instances(self) -> int:
        """Number of sentences or images."""
        return self.arrays["offsets"].shape[0] - 1


@dataclass(frozen=True)
class CapturedArrays:
    """Memory maps of the arrays of :class:`Captured`, and the token table.

    ``pictures``, uint8 [n_instances, height, width, 3], are the images as the model saw them; None for sentences.
    """

    table: TokenTable
    offsets: Int32
    positions: Int32
    queries: Float32
    keys: Float32
    query_norms: Float32
    key_norms: Float32
    scales: Float32
    masks: Mapping[int, Float32]
    pictures: NDArray[np.uint8] | None = None


def open_captured(captured: Captured, store: Store) -> CapturedArrays:
    """Map the arrays of a captured model, read-only.

    Raises
    ------
    DamagedRunError
        If one of them is missing or not what it was.
    """

    def mapped(name: str) -> Float32:
        array: Float32 = store.array(captured.arrays[name])
        return array

    return CapturedArrays(
        table=from_json(TokenTable, store.document(captured.arrays["tokens"]), "the token table"),
        offsets=np.asarray(store.array(captured.arrays["offsets"])),
        positions=np.asarray(store.array(captured.arrays["positions"])),
        queries=mapped("queries"),
        keys=mapped("keys"),
        query_norms=mapped("query_norms"),
        key_norms=mapped("key_norms"),
        scales=mapped("scales"),
        masks={layer: mapped(f"mask.{layer}") for layer, kind in enumerate(captured.masks) if kind == "stored"},
        pictures=store.array(captured.arrays["pictures"]) if "pictures" in captured.arrays else None,
    )


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
