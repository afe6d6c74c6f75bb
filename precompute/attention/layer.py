"""All attention heads of a layer, and their attention instance by instance."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from precompute.attention.head import Head, instance_mask, key_heads, mask_starts, visible_pairs
from precompute.attention.pattern import attention_on_sink, attention_pattern
from precompute.numeric import Float32, Int32


@dataclass(frozen=True)
class InstanceAttention:
    """Attention of one instance in several heads of a layer.

    Attributes
    ----------
    tokens : slice
        Range in the tokens of the data set.
    pattern : float32 [H, len, len]
        Row i: attention of query i to every key; sums to 1, or to 1 with the sink.
    visible : bool [1 or H, len, len]
        Whether query i can see key j.
    sink : float32 [H, len] or None
        Attention of each query on the sink logit; None in a layer without one.
    """

    tokens: slice
    pattern: Float32
    visible: NDArray[np.bool_]
    sink: Float32 | None = None


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
    cap : float or None
        Soft cap of the scores.
    sinks : float32 [H] or None
        Logits of a sink that is no token.
    """

    queries: Float32
    keys: Float32
    scale: float
    causal: bool
    offsets: Int32
    positions: Int32
    mask: Float32 | None = None
    index: int = 0
    cap: float | None = None
    sinks: Float32 | None = None

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
            cap=self.cap,
            sink=None if self.sinks is None else float(self.sinks[index]),
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
            sinks = None if self.sinks is None else self.sinks[heads]
            pattern = attention_pattern(
                self.queries[heads, own], keys, self.scale, causal=self.causal, mask=mask, cap=self.cap, sink=sinks
            )
            visible = visible_pairs(n, self.causal, mask)
            on_sink = None if sinks is None else attention_on_sink(pattern)
            yield InstanceAttention(own, pattern, visible[None] if mask is None else visible, on_sink)

    @property
    def _key_heads(self) -> NDArray[np.int64]:
        return key_heads(len(self.queries), len(self.keys))


def cap_of(caps: Float32 | None, layer: int) -> float | None:
    """Return the soft cap of a layer from the array ``caps``, float32 [L]; None without one."""
    return None if caps is None or np.isinf(caps[layer]) else float(caps[layer])


def sinks_of(sink_logits: Float32 | None, layer: int) -> Float32 | None:
    """Return the sink logits of a layer, float32 [H], from the array ``sink_logits``; None without any."""
    return None if sink_logits is None or np.isneginf(sink_logits[layer]).all() else np.asarray(sink_logits[layer])
