"""One attention head over a data set, and the key head that each query head reads."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from precompute.attention.pattern import attention_on_sink, attention_pattern
from precompute.errors import NumericalError
from precompute.numeric import Float32, Int32

Bool = NDArray[np.bool_]

LARGEST = float(np.finfo(np.float32).max)


@dataclass(frozen=True)
class Head:
    """Queries and keys of one head over all instances, with everything else that its attention depends on.

    The pattern is softmax(cap(scale q k^T) + mask), with ``sink`` added to every row as a logit.

    Arrays may be views of memory maps; a method reads only its own instance and raises IndexError if there is none.

    Attributes
    ----------
    queries, keys : float32 [N, d_head]
        Raw, as the attention uses them: after normalization and rotary embedding, before the scale.
        Heads of one group share their keys.
    scale : float
        Factor of the scores q k^T.
    offsets : int32 [n_instances + 1]
        Token range of each instance.
    positions : int32 [N]
        Position of each token in its instance.
    mask : float32 [sum len^2] or None
        Additive masks and biases, instance after instance, each row by row; -inf hides a key.
    layer, index : int
        From 0.
    cap : float or None
        A score x becomes cap * tanh(x / cap) before the mask.
    sink : float or None
        Logit of a sink that is no token.
    """

    queries: Float32
    keys: Float32
    scale: float
    causal: bool
    offsets: Int32
    positions: Int32
    mask: Float32 | None = None
    layer: int = 0
    index: int = 0
    cap: float | None = None
    sink: float | None = None

    @property
    def name(self) -> str:
        """The head in error messages, such as "layer 3, head 9"."""
        return f"layer {self.layer}, head {self.index}"

    @property
    def n_instances(self) -> int:
        """Number of sentences or images."""
        return len(self.offsets) - 1

    def tokens(self, instance: int) -> slice:
        """Return the token range of an instance."""
        if not 0 <= instance < self.n_instances:
            raise IndexError(f"there is no instance {instance}")
        return slice(int(self.offsets[instance]), int(self.offsets[instance + 1]))

    def instance_mask(self, instance: int) -> Float32 | None:
        """Return the stored additive mask of an instance, float32 [len, len]."""
        return None if self.mask is None else instance_mask(self.mask, self._mask_starts, instance)

    def attention(self, instance: int) -> Float32:
        """Compute the attention pattern of an instance, float32 [len, len].

        Row i is the attention of query i to every key. Rows sum to 1, or to less where a sink logit takes the rest; a
        row whose keys are all hidden is 0.
        """
        own = self.tokens(instance)
        return attention_pattern(
            self.queries[own],
            self.keys[own],
            self.scale,
            causal=self.causal,
            mask=self.instance_mask(instance),
            cap=self.cap,
            sink=self.sink,
        )

    def sink_attention(self, instance: int) -> Float32 | None:
        """Compute the attention of each query on the sink logit, float32 [len]; None if there is none."""
        return None if self.sink is None else attention_on_sink(self.attention(instance))

    def visible(self, instance: int) -> Bool:
        """Return which keys (columns) each query (row) of an instance can see, bool [len, len]."""
        return visible_pairs(self._length(instance), self.causal, self.instance_mask(instance))

    def bias(self, instance: int) -> Float32:
        """Return the additive mask of an instance with the causal one, float32 [len, len]; -inf hides a key."""
        n, mask = self._length(instance), self.instance_mask(instance)
        bias = np.zeros((n, n), np.float32) if mask is None else np.array(mask)
        if self.causal:
            bias[~np.tri(n, dtype=bool)] = -np.inf
        return bias

    def without(self, hidden: Bool) -> Head:
        """Return the head over the other tokens; ``hidden`` is bool [N].

        Positions stay those of the whole instances, so that what a query sees stays the same. Its attention is that of
        the whole head without the hidden keys and a sink logit, renormalized.
        """
        kept = ~hidden
        parts = [np.flatnonzero(kept[self.tokens(instance)]) for instance in range(self.n_instances)]
        mask = None
        if self.mask is not None:
            of_parts = (
                instance_mask(self.mask, self._mask_starts, instance)[np.ix_(part, part)].ravel()
                for instance, part in enumerate(parts)
            )
            mask = np.concatenate([*of_parts, np.zeros(0, np.float32)])
        queries, keys, positions = self.queries[kept], self.keys[kept], self.positions[kept]
        # As the mapped arrays of a capture: kernels are compiled separately for writable arrays.
        for array in (queries, keys, positions):
            array.flags.writeable = False
        return replace(
            self,
            queries=queries,
            keys=keys,
            offsets=np.cumsum([0, *map(len, parts)], dtype=np.int32),
            positions=positions,
            mask=mask,
            sink=None,
        )

    def _length(self, instance: int) -> int:
        self.tokens(instance)
        return int(self.offsets[instance + 1] - self.offsets[instance])

    @cached_property
    def _mask_starts(self) -> NDArray[np.int64]:
        return mask_starts(self.offsets)


def require_finite_attention(head: Head) -> None:
    """Check that queries and keys are finite and that their dot products cannot overflow float32.

    No dot product or partial sum exceeds ``d_head max|q| max|k|``. Raises NumericalError.
    """
    largest_query, largest_key = (float(np.abs(vectors).max(initial=0)) for vectors in (head.queries, head.keys))
    if not (math.isfinite(largest_query) and math.isfinite(largest_key)):
        raise NumericalError(
            f"The model has NaN or infinite queries or keys in {head.name}: load it in float32 and check its weights."
        )
    if head.queries.shape[1] * largest_query * largest_key > LARGEST:
        raise NumericalError(
            f"The model has queries and keys in {head.name} whose dot products are too large for float32: check its "
            "weights."
        )


def mask_starts(offsets: Int32) -> NDArray[np.int64]:
    """Return the start of each instance's mask in a flat array of masks, int64 [n_instances + 1]."""
    lengths = np.diff(offsets).astype(np.int64)
    return np.concatenate([[0], np.cumsum(lengths**2)])


def instance_mask(masks: Float32, starts: NDArray[np.int64], instance: int) -> Float32:
    """Return the mask of one instance, float32 [..., len, len], from masks float32 [..., sum len^2]."""
    start, stop = starts[instance], starts[instance + 1]
    n = math.isqrt(int(stop - start))
    return masks[..., start:stop].reshape(*masks.shape[:-1], n, n)


def visible_pairs(n: int, causal: bool, mask: Float32 | None) -> Bool:
    """Return which of n keys each of n queries can see, bool [..., n, n] with the leading axes of the mask."""
    visible = np.tri(n, dtype=bool) if causal else np.ones((n, n), bool)
    return visible if mask is None else visible & np.isfinite(mask)


def positions_in(offsets: Int32) -> Int32:
    """Return the position of each token in its instance, int32 [N]."""
    return np.concatenate([np.arange(n, dtype=np.int32) for n in np.diff(offsets)] or [np.zeros(0, np.int32)])


def group_size(n_heads: int, n_kv_heads: int) -> int:
    """Return how many consecutive query heads read one key head (Ainslie et al. 2023, grouped-query attention)."""
    return n_heads // n_kv_heads


def key_heads(n_heads: int, n_kv_heads: int) -> NDArray[np.int64]:
    """Return the key head that each query head reads, int64 [n_heads]."""
    return np.arange(n_heads) // group_size(n_heads, n_kv_heads)
