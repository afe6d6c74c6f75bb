"""Captured queries, keys, masks and norms of one model over one data set."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from precompute.attention.head import Head
from precompute.attention.layer import InstanceAttention, Layer, cap_of, sinks_of
from precompute.attention.sinks import sink_tokens, without_tokens
from precompute.format.manifest import ArrayInfo, MaskKind, MetricInfo, TokenTable
from precompute.format.typed_json import from_json
from precompute.numeric import Float32, Int32
from precompute.store.store import Store


@dataclass(frozen=True)
class CaptureRecord:
    """Shapes and array names of a capture: the part of it that is stored as JSON.

    Attributes
    ----------
    masks
        One per layer.
    arrays
        ``offsets``, ``positions``, ``queries``, ``keys``, ``value_norms``, ``query_norms``, ``key_norms``, ``scales``,
        ``tokens``, ``mask.<layer>`` of each stored mask, ``caps`` and ``sink_logits`` of a model that has them, for
        images ``pictures`` and for text ``probe_metrics``.
    layers
        The model's own numbers of the layers; empty if they are 0, 1, ...
    probe
        Rows of the array ``probe_metrics``, float32 [n, L, H]: metrics on random tokens that repeat.
    """

    n_layers: int
    n_heads: int
    n_kv_heads: int
    d_head: int
    masks: tuple[MaskKind, ...]
    arrays: Mapping[str, ArrayInfo]
    warnings: tuple[str, ...] = ()
    layers: tuple[int, ...] = ()
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


class Capture:
    """A captured model: its record, and its arrays, which are mapped on first use.

    Every access to an array raises DamagedRunError if the array is missing from the store or damaged.
    """

    def __init__(self, record: CaptureRecord, store: Store) -> None:
        self.record = record
        self._store = store

    @cached_property
    def table(self) -> TokenTable:
        """The tokens and instances."""
        return from_json(TokenTable, self._store.document(self.record.arrays["tokens"]), "the token table")

    @cached_property
    def offsets(self) -> Int32:
        """Token range of each instance, int32 [n_instances + 1]."""
        return self._array("offsets")

    @cached_property
    def positions(self) -> Int32:
        """Position of each token in its instance, int32 [N]."""
        return self._array("positions")

    @cached_property
    def queries(self) -> Float32:
        """Queries, float32 [L, H, N, d_head]."""
        return self._array("queries")

    @cached_property
    def keys(self) -> Float32:
        """Keys, float32 [L, H_kv, N, d_head]."""
        return self._array("keys")

    @cached_property
    def query_norms(self) -> Float32:
        """L2 norms of the queries, float32 [L, H, N]."""
        return self._array("query_norms")

    @cached_property
    def key_norms(self) -> Float32:
        """L2 norms of the keys, float32 [L, H_kv, N]."""
        return self._array("key_norms")

    @cached_property
    def scales(self) -> Float32:
        """Factor of the scores of each layer, float32 [L]."""
        return self._array("scales")

    @cached_property
    def pictures(self) -> NDArray[np.uint8] | None:
        """The images as the model saw them, uint8 [n_instances, height, width, 3]; None for text."""
        return self._array("pictures") if "pictures" in self.record.arrays else None

    @cached_property
    def sinks(self) -> NDArray[np.bool_] | None:
        """Tokens that attract attention whatever they are, bool [N]; None if no token or every token is one."""
        sinks = sink_tokens(self.table, causal="causal" in self.record.masks)
        return sinks if sinks.any() and not sinks.all() else None

    def probe_metrics(self) -> dict[MetricInfo, Float32]:
        """Return the metrics of the induction probe, float32 [L, H] each; empty if it was not run."""
        if not self.record.probe:
            return {}
        return dict(zip(self.record.probe, self._array("probe_metrics"), strict=True))

    def layer(self, layer: int) -> Layer:
        """Return all heads of a layer, as views of the mapped arrays."""
        kind = self.record.masks[layer]
        return Layer(
            queries=self.queries[layer],
            keys=self.keys[layer],
            scale=float(self.scales[layer]),
            causal=kind == "causal",
            offsets=self.offsets,
            positions=self.positions,
            mask=self._array(f"mask.{layer}") if kind == "stored" else None,
            cap=cap_of(self._optional("caps"), layer),
            sinks=sinks_of(self._optional("sink_logits"), layer),
            index=layer,
        )

    def head(self, layer: int, head: int) -> Head:
        """Return one head, as views of the mapped arrays."""
        return self.layer(layer).head(head)

    def attention(
        self,
        layer: int,
        *,
        heads: slice = slice(None),
        instances: Iterable[int] | None = None,
        without_sinks: bool = False,
    ) -> Iterator[InstanceAttention]:
        """Compute the attention of a layer, one instance after another; all query heads and instances by default.

        ``without_sinks`` removes the sinks from the attention, if there are any.
        """
        taken = self.sinks if without_sinks else None
        for instance in self.layer(layer).attention(heads=heads, instances=instances):
            yield instance if taken is None else without_tokens(instance, taken[instance.tokens])

    def _optional(self, name: str) -> NDArray[Any] | None:
        return self._array(name) if name in self.record.arrays else None

    def _array(self, name: str) -> NDArray[Any]:
        # A plain view of the memory map: compiled kernels do not take subclasses of arrays.
        return np.asarray(self._store.array(self.record.arrays[name]))
