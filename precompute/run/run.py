"""A finished run: its manifest, and arrays mapped on first use."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from importlib import import_module
from io import FileIO
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from precompute.attention.head import Head, group_size
from precompute.attention.layer import Layer, cap_of, sinks_of
from precompute.attention.sinks import sink_names, sink_tokens
from precompute.errors import DamagedRunError
from precompute.findings.find import Finding, find_heads
from precompute.format.manifest import CEILING, ERROR, ROWS_WITHOUT_SINKS, Manifest, TokenTable, variant_name
from precompute.format.quantize import dequantize
from precompute.format.shares import dequantize_shares
from precompute.format.typed_json import from_json
from precompute.numeric import Float32, Int32
from precompute.run.run_arrays import RunArrays
from precompute.store.store import Store

if TYPE_CHECKING:
    import pandas


@dataclass(frozen=True)
class Layout:
    """Points of one head, in draw order.

    Attributes
    ----------
    coords : uint16 [2 N, dims]
        0 to 65535 spans the head's cube.
    extent : float32 [dims + 1]
        Center and half-width of the cube.
    trust : uint8 [2 N] or None
        In steps of ``precompute.format.shares``; None in a run of a version without trust.
    without_sinks : bool
        Whether it was made without sinks; they are then at the center and must not be shown.
    """

    coords: NDArray[np.uint16]
    extent: Float32
    trust: NDArray[np.uint8] | None
    without_sinks: bool


class Run:
    """A finished run of L layers, H heads and N tokens; arrays are mapped on first use.

    Layers, heads and instances count from 0; IndexError is raised beyond the last. An array that is missing or
    contradicts the manifest raises DamagedRunError. ``without_sinks`` selects the numbers of attention without sinks,
    or those of all tokens if the run has no others.

    Attributes
    ----------
    manifest : Manifest
        Everything but the arrays' bytes.
    """

    def __init__(self, store: Store, manifest: Manifest) -> None:
        self.manifest = manifest
        self._store = store
        self._arrays = RunArrays(store, manifest)

    @property
    def n_tokens(self) -> int:
        """Number N of tokens of all instances."""
        return self.manifest.inputs.n_tokens

    @property
    def n_points(self) -> int:
        """Number 2 N of points of a head: queries 0..N-1, keys N..2N-1."""
        return 2 * self.n_tokens

    @cached_property
    def tokens(self) -> TokenTable:
        """The tokens and instances."""
        value = self._store.document(self.manifest.arrays["tokens"])
        try:
            table = from_json(TokenTable, value, "its token table")
            _check_table(table, self.manifest)
        except ValueError as error:
            raise self._damaged(str(error)) from error
        return table

    @cached_property
    def offsets(self) -> Int32:
        """Start of each instance and, last, the number of tokens, int32 [n_instances + 1]; ascending."""
        offsets: Int32 = np.array(self.array("offsets"))
        if offsets[0] != 0 or offsets[-1] != self.n_tokens or (offsets[1:] <= offsets[:-1]).any():
            raise self._damaged("its offsets do not ascend")
        return offsets

    @cached_property
    def draw_order(self) -> NDArray[np.uint32]:
        """Point that each vertex draws, uint32 [2 N]; a permutation."""
        order: NDArray[np.uint32] = self.array("draw_order")
        if order.max() >= self.n_points or np.bincount(order, minlength=self.n_points).max() > 1:
            raise self._damaged("its draw order is no permutation")
        return order

    def array(self, name: str) -> NDArray[Any]:
        """Return the memory map of an array; see :meth:`precompute.run.run_arrays.RunArrays.array`."""
        return self._arrays.array(name)

    def array_file(self, name: str) -> FileIO:
        """Open an array's file at its first value; see :meth:`precompute.run.run_arrays.RunArrays.file`."""
        return self._arrays.file(name)

    def release(self) -> None:
        """Release the resident pages of large maps; arrays stay valid."""
        self._arrays.release()

    def layer(self, layer: int) -> Layer:
        """Return all heads of a layer, as views of memory maps."""
        self._check_head(layer, 0)
        kind = self.manifest.masks[layer]
        return Layer(
            queries=self.array("queries")[layer],
            keys=self.array("keys")[layer],
            scale=float(self.array("scales")[layer]),
            causal=kind == "causal",
            offsets=self.offsets,
            positions=self.array("positions"),
            mask=self.array(f"mask.{layer}") if kind == "stored" else None,
            cap=cap_of(self._optional("caps"), layer),
            sinks=sinks_of(self._optional("sink_logits"), layer),
            index=layer,
        )

    def head(self, layer: int, head: int) -> Head:
        """Return a head, as views of memory maps; heads of one group share their keys.

        ``queries`` and ``keys`` are float32 [N, d_head], as the attention uses them, before the scale.
        ``attention(instance)`` computes a pattern, float32 [len, len].
        """
        self._check_head(layer, head)
        return self.layer(layer).head(head)

    def queries(self, layer: int, head: int) -> Float32:
        """Return the queries of a head, float32 [N, d_head]; see :meth:`head`."""
        self._check_head(layer, head)
        queries: Float32 = self.array("queries")[layer, head]
        return queries

    def keys(self, layer: int, head: int) -> Float32:
        """Return the keys that a head reads, float32 [N, d_head]; see :meth:`head`."""
        self._check_head(layer, head)
        keys: Float32 = self.array("keys")[layer, self.key_head(head)]
        return keys

    def key_head(self, head: int) -> int:
        """Return the index of the key head that a query head reads."""
        model = self.manifest.model
        return head // group_size(model.n_heads, model.n_kv_heads)

    def pattern(self, layer: int, head: int, instance: int) -> Float32:
        """Compute the attention of one instance in one head, float32 [len, len].

        Row i is the attention of query i to every key; rows sum to 1, or to less in a layer with a sink logit.
        """
        return self.head(layer, head).attention(instance)

    def token_range(self, instance: int) -> tuple[int, int]:
        """Return the first token of an instance and the first after it."""
        if not 0 <= instance < self.manifest.inputs.n_instances:
            raise IndexError(f"the run has no instance {instance}")
        return int(self.offsets[instance]), int(self.offsets[instance + 1])

    def coords(self, projection: str, dims: int, layer: int, head: int, *, without_sinks: bool = False) -> Float32:
        """Return the 2 or 3 coordinates of a head's queries, then keys, float32 [2, N, dims], in token order.

        Exact to half-width / 65535. ``without_sinks`` selects the layout that was made without sinks, NaN for the
        sinks; a head that has none returns its only layout. Raises KeyError if the recipe has no such projection or
        dimension.
        """
        layout = self.layout(projection, dims, layer, head, without_sinks=without_sinks)
        drawn = dequantize(layout.coords, layout.extent)
        points = np.empty_like(drawn)
        points[self.draw_order] = drawn
        if layout.without_sinks:
            points[np.tile(self.sinks, 2)] = np.nan
        return points.reshape(2, self.n_tokens, dims)

    def trust(self, projection: str, dims: int, layer: int, head: int, *, without_sinks: bool = False) -> Float32:
        """Return what each query, then each key, keeps of its ten strongest partners in a layout, float32 [2, N], 0..1.

        The share that is among its ten nearest: of keys for a query, of queries for a key. ``without_sinks`` as in
        :meth:`coords`. Raises KeyError if the recipe has no such layout, or the run is of a version without trust.
        """
        layout = self.layout(projection, dims, layer, head, without_sinks=without_sinks)
        if layout.trust is None:
            raise KeyError(f"trust.{projection}.{dims}")
        shares = np.empty(self.n_points, np.float32)
        shares[self.draw_order] = dequantize_shares(layout.trust)
        if layout.without_sinks:
            shares[np.tile(self.sinks, 2)] = np.nan
        return shares.reshape(2, self.n_tokens)

    def layout(self, projection: str, dims: int, layer: int, head: int, *, without_sinks: bool = False) -> Layout:
        """Return a stored layout of a head, in draw order; errors and ``without_sinks`` as in :meth:`coords`."""
        self._check_head(layer, head)
        name = f"{projection}.{dims}"
        if without_sinks and f"coords_without_sinks.{name}" in self.manifest.arrays:
            row = int(self.array(ROWS_WITHOUT_SINKS)[layer, head])
            if row >= 0:
                return self._layout_at(row, "_without_sinks", name)
        return self._layout_at((layer, head), "", name)

    def _layout_at(self, at: int | tuple[int, int], variant: str, name: str) -> Layout:
        kinds = [f"{kind}{variant}.{name}" for kind in ("coords", "extent", "trust")]
        arrays = [self.array(kind) for kind in kinds if kind in self.manifest.arrays or not kind.startswith("trust")]
        if isinstance(at, int) and at >= min(map(len, arrays)):
            raise self._damaged("a head's row is not among its layouts without sinks")
        coords, extent, *trust = (array[at] for array in arrays)
        return Layout(coords, extent, trust[0] if trust else None, without_sinks=variant != "")

    def encoding(self, name: str) -> Float32:
        """Return the values of an encoding by token, point, or head and point, float32 [N], [2 N] or [L, H, 2 N].

        A memory map. Raises KeyError if the manifest has no such encoding, or it has no values (kind ``type``).
        """
        return self.array(f"encoding.{name}")

    @cached_property
    def sinks(self) -> NDArray[np.bool_]:
        """Which tokens are sinks, bool [N]; see :func:`precompute.attention.sinks.sink_tokens`."""
        return sink_tokens(self.tokens, causal="causal" in self.manifest.masks)

    @cached_property
    def layers_with_sink_logits(self) -> tuple[bool, ...]:
        """Whether each layer has a learned sink that is no token."""
        logits = self._optional("sink_logits")
        layers = range(self.manifest.model.n_layers)
        return tuple(logits is not None and sinks_of(logits, layer) is not None for layer in layers)

    @cached_property
    def sink_names(self) -> str:
        """Kinds of the run's sinks, for the screen; see :func:`precompute.attention.sinks.sink_names`."""
        return sink_names(self.tokens, causal="causal" in self.manifest.masks, logits=any(self.layers_with_sink_logits))

    def metric(self, name: str, *, without_sinks: bool = False) -> Float32:
        """Return a metric of every head, float32 [L, H]. Raises KeyError if the manifest has no such metric."""
        return self._metric_row("head_metrics", name, without_sinks)

    def metric_error(self, name: str, *, without_sinks: bool = False) -> Float32:
        """Return the standard error of a metric that is measured on a sample, float32 [L, H]; NaN for others.

        0 where the sample was everything. Raises KeyError as :meth:`metric`.
        """
        return self._metric_row("head_metric_errors", name, without_sinks)

    def metric_ceiling(self, name: str, *, without_sinks: bool = False) -> Float32:
        """Return the most of a metric that a layout in the plane can reach, float32 [L, H]; NaN if not known.

        Exact for ``attention_mass``; for the other shares that a layout keeps, the best that was reached: by the run's
        layouts in the plane, and by one that serves partners alone. Raises KeyError as :meth:`metric`.
        """
        return self._metric_row("head_metric_ceilings", name, without_sinks)

    def _metric_row(self, array: str, name: str, without_sinks: bool) -> Float32:
        names = [metric.name for metric in self.manifest.metrics]
        if name not in names:
            raise KeyError(name)
        variant = self.variant(array, without_sinks=without_sinks)
        if variant not in self.manifest.arrays:
            return np.full((self.manifest.model.n_layers, self.manifest.model.n_heads), np.nan, np.float32)
        values: Float32 = self.array(variant)[names.index(name)]
        return values

    def variant(self, name: str, *, without_sinks: bool) -> str:
        """Return the name of an array's variant with or without sinks."""
        variant = variant_name(name, without_sinks=without_sinks)
        return variant if variant in self.manifest.arrays else name

    def metrics(self, *, without_sinks: bool = False) -> dict[str, Float32]:
        """Return every metric by name; see :meth:`metric`."""
        return {info.name: self.metric(info.name, without_sinks=without_sinks) for info in self.manifest.metrics}

    def metrics_columns(self, *, without_sinks: bool = False) -> dict[str, NDArray[Any]]:
        """Return one row per head, layer by layer, as columns of length L * H.

        ``layer`` (the model's own number) and ``head`` are int64; every metric is float32, NaN for a head to which it
        does not apply. After the metrics follow ``<metric>.error`` and ``<metric>.ceiling`` of those that have them.
        """
        model = self.manifest.model
        rows, heads = np.divmod(np.arange(model.n_layers * model.n_heads), model.n_heads)
        layers = np.array(model.layers, np.int64)[rows] if model.layers else rows
        metrics = {name: np.ravel(values) for name, values in self.metrics(without_sinks=without_sinks).items()}
        beside = {
            name + ending: np.ravel(of(name, without_sinks=without_sinks))
            for name in metrics
            for ending, of in ((ERROR, self.metric_error), (CEILING, self.metric_ceiling))
            if np.isfinite(of(name)).any()
        }
        return {"layer": layers, "head": heads, **metrics, **beside}

    def metrics_table(self, *, without_sinks: bool = False) -> pandas.DataFrame | dict[str, NDArray[Any]]:
        """Return :meth:`metrics_columns` as a pandas.DataFrame, or unchanged if pandas is not installed."""
        columns = self.metrics_columns(without_sinks=without_sinks)
        try:
            frame = import_module("pandas").DataFrame
        except ModuleNotFoundError:
            return columns
        return frame(columns)

    def findings(self, *, without_sinks: bool = False) -> tuple[Finding, ...]:
        """Return the behaviors that heads of the run show, the clearest first.

        Each has a ``kind``, the ``metric`` that measures it, and the ``heads`` above the kind's threshold with
        ``layer``, ``head`` and ``score`` (0 to 1), strongest first.
        """
        rivals = self.metrics(without_sinks=True)
        return find_heads(self.metrics(without_sinks=without_sinks), self.manifest.inputs.kind, without_sinks=rivals)

    def _optional(self, name: str) -> NDArray[Any] | None:
        return self.array(name) if name in self.manifest.arrays else None

    def _damaged(self, why: str) -> DamagedRunError:
        return DamagedRunError(f"The run {self.manifest.run} is damaged, remove it and build it again: {why}.")

    def _check_head(self, layer: int, head: int) -> None:
        model = self.manifest.model
        if not (0 <= layer < model.n_layers and 0 <= head < model.n_heads):
            raise IndexError(f"the run has no layer {layer} head {head}")


def _check_table(table: TokenTable, manifest: Manifest) -> None:
    tokens, instances = manifest.inputs.n_tokens, manifest.inputs.n_instances
    lengths = {len(table.tokens), len(table.texts), len(table.special)}
    lengths |= {len(table.labels)} - {0}
    columns = {len(column) for column in table.columns.values()}
    if lengths != {tokens} or len(table.instances) != instances or len(table.offsets) != instances + 1:
        raise ValueError("its token table does not fit the manifest")
    if columns - {instances}:
        raise ValueError("a column of its token table does not fit its instances")
