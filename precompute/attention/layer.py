"""All attention heads of a layer, and their attention instance by instance."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from precompute.attention.head import Head, instance_mask, key_heads, mask_starts, visible_pairs
from precompute.attention.pattern import attention_pattern
from precompute.numeric import Float32, Int32


@dataclass(frozen=True)
class InstanceAttention:
    """Attention of one instance in several heads of a layer.

    Attributes
    ----------
    tokens : slice
        Range in the tokens of the data set.
    pattern : float32 [H, len, len]
        Row i: attention of query i to every key; sums to 1.
    visible : bool [1 or H, len, len]
        Whether query i can see key j.
    """

    tokens: slice
    pattern: Float32
    visible: NDArray[np.bool_]


@dataclass(frozen=True)
class Layer:
    """The heads of a layer: :class:`~precompute.attention.head.Head` with a leading axis for the heads.

    Attributes
    ----------
    queries : float32 [H, N, d_head]
        May be a memory map, read one instance at a time.
    keys : float32 [H_kv, N, d_head]
        Query head h reads key head h // (H / H_kv).
    mask : float32 [1 or H, sum len^2] or None
        One row if all heads share it.
    """

    queries: Float32
    keys: Float32
    scale: float
    causal: bool
    offsets: Int32
    positions: Int32
    mask: Float32 | None = None
    index: int = 0

    def head(self, index: int) -> Head:
        """Return one head; its arrays are views. Raises IndexError if there is none."""
        if not 0 <= index < len(self.queries):
            raise IndexError(f"layer {self.index} has no head {index}")
        return Head(
            queries=self.queries[index],
            keys=self.keys[self._key_heads[index]],
            scale=self.scale,
            causal=self.causal,
            offsets=self.offsets,
            positions=self.positions,
            mask=None if self.mask is None else self.mask[index if len(self.mask) > 1 else 0],
            layer=self.index,
            index=index,
        )

    def attention(
        self, *, heads: slice = slice(None), instances: Iterable[int] | None = None
    ) -> Iterator[InstanceAttention]:
        """Compute the attention of one instance after another, in the order of ``instances``.

        All query heads and instances by default; instances without tokens are skipped.
        """
        key_rows = self._key_heads[heads]
        starts = mask_starts(self.offsets)
        masks = self.mask if self.mask is None or len(self.mask) == 1 else self.mask[heads]
        for i in range(len(self.offsets) - 1) if instances is None else instances:
            own = slice(int(self.offsets[i]), int(self.offsets[i + 1]))
            n = own.stop - own.start
            if n == 0:
                continue
            keys = self.keys[:, own][key_rows]
            mask = None if masks is None else instance_mask(masks, starts, i)
            pattern = attention_pattern(self.queries[heads, own], keys, self.scale, causal=self.causal, mask=mask)
            visible = visible_pairs(n, self.causal, mask)
            yield InstanceAttention(own, pattern, visible[None] if mask is None else visible)

    @property
    def _key_heads(self) -> NDArray[np.int64]:
        return key_heads(len(self.queries), len(self.keys))
