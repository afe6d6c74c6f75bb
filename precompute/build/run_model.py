"""First stage: run the model over the inputs and keep its queries, keys, masks and norms."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import torch

from precompute.attention.head import positions_in
from precompute.build.capture import CaptureRecord
from precompute.build.probe_run import probe_model
from precompute.build.request import OnProgress, Progress
from precompute.build.stages import Stage
from precompute.capture import CapturedInstance, capture_instances, combine_mask_kinds, dense_mask, l2_norms
from precompute.capture.runnable import Prepared
from precompute.errors import RecipeError
from precompute.format.manifest import ArrayInfo, MaskKind, MetricInfo
from precompute.format.typed_json import to_json
from precompute.inputs.reader import Inputs
from precompute.models.loaded import LoadedModel
from precompute.models.source import ModelSource
from precompute.numeric import Float32, even_order
from precompute.store.array_file import drop_pages
from precompute.store.store import Store


def capture_run(
    source: ModelSource,
    inputs: Inputs,
    store: Store,
    *,
    max_tokens: int | None,
    device: str,
    on_progress: OnProgress,
) -> CaptureRecord:
    """Run a model over its inputs.

    ``on_progress`` is called for every instance and with warnings.

    Parameters
    ----------
    max_tokens
        Keep whole instances, evenly spread, up to so many tokens.
    device
        Torch device.

    Raises
    ------
    UserError
        The model cannot be loaded or shown, or no instance fits ``max_tokens``.
    """
    warnings: list[str] = []

    def warn(sentence: str) -> None:
        warnings.append(sentence)
        on_progress(Progress(Stage.CAPTURE, 0, 0, sentence, warning=True))

    on_progress(Progress(Stage.CAPTURE, 0, 0, f"loading {source.id}"))
    # A thread that waits for a busy core spins: on a shared machine all cores are many times slower than half of them.
    torch.set_num_threads(max(1, (os.cpu_count() or 1) // 2))
    model = source.load(device)
    prepared = model.prepare(inputs)
    for sentence in (*inputs.warnings, *prepared.warnings):
        warn(sentence)
    prepared = _within(prepared, max_tokens)
    offsets = np.asarray(prepared.table.offsets, np.int32)
    lengths = np.diff(offsets)
    unit = "sentences" if inputs.kind == "text" else "images"
    with store.scratch() as scratch:
        sink = _ArrayFiles(store, scratch, lengths)
        for instance in capture_instances(model, prepared, on_warning=warn):
            sink.add(instance)
            on_progress(Progress(Stage.CAPTURE, instance.index + 1, len(lengths), unit))
        masks, layers = sink.finish(), sink.layers()
        if layers:
            warn(_gaps(layers))
        arrays = {name: store.put_array_file(path) for name, path in sink.files().items()}
    arrays["offsets"] = store.put_array(offsets)
    arrays["positions"] = store.put_array(positions_in(offsets))
    arrays["tokens"] = store.put_document(to_json(prepared.table))
    if inputs.kind == "image":
        arrays["pictures"] = store.put_array(np.stack(prepared.rows))
    probe = _probe(model, prepared, warn) if inputs.kind == "text" else {}
    if probe:
        arrays["probe_metrics"] = store.put_array(np.stack(list(probe.values())))
    return replace(_describe(arrays, masks, tuple(warnings)), probe=tuple(probe), layers=layers)


def evenly_within(lengths: Sequence[int], max_tokens: int) -> list[int]:
    """Return ascending indices of whole instances, evenly spread, until no other fits.

    ``lengths`` are tokens per instance; the chosen ones sum to at most ``max_tokens``. Empty if none fits.
    """
    chosen, room = [], max_tokens
    for index in even_order(len(lengths)).tolist():
        if lengths[index] <= room:
            chosen.append(index)
            room -= lengths[index]
    return sorted(chosen)


def _within(prepared: Prepared, max_tokens: int | None) -> Prepared:
    lengths = [int(length) for length in np.diff(prepared.table.offsets)]
    if max_tokens is None or sum(lengths) <= max_tokens:
        return prepared
    chosen = evenly_within(lengths, max_tokens)
    if not chosen:
        raise RecipeError(f"No instance fits --max-tokens {max_tokens}; the shortest has {min(lengths)} tokens.")
    return prepared.select(chosen)


def _probe(model: LoadedModel[Any], prepared: Prepared, warn: Callable[[str], None]) -> Mapping[MetricInfo, Float32]:
    try:
        return probe_model(model, prepared, max_length=model.max_positions)
    except ValueError as error:
        warn(f"The heads were not measured on repeated random tokens: {error}.")
        return {}


def _gaps(layers: tuple[int, ...]) -> str:
    numbers = f"{', '.join(map(str, layers[:-1]))} and {layers[-1]}" if len(layers) > 1 else str(layers[0])
    return f"Only layers {numbers} of the model have attention over all tokens; the others are not shown."


def _describe(arrays: dict[str, ArrayInfo], masks: tuple[MaskKind, ...], warnings: tuple[str, ...]) -> CaptureRecord:
    n_layers, n_heads, _, d_head = arrays["queries"].shape
    return CaptureRecord(
        n_layers=n_layers,
        n_heads=n_heads,
        n_kv_heads=arrays["keys"].shape[1],
        d_head=d_head,
        masks=masks,
        arrays=arrays,
        warnings=warnings,
    )


class _ArrayFiles:
    """Files that grow instance by instance, so that a run may be larger than memory."""

    def __init__(self, store: Store, directory: Path, lengths: Iterable[int]) -> None:
        self._store = store
        self._directory = directory
        self._lengths = [int(length) for length in lengths]
        self._starts = np.concatenate([[0], np.cumsum(self._lengths)]).astype(int)
        self._mask_starts = np.concatenate([[0], np.cumsum(np.square(self._lengths))]).astype(int)
        self._maps: dict[str, np.memmap[Any, np.dtype[Any]]] = {}
        self._kinds: list[tuple[MaskKind, ...]] = []
        self._scales: tuple[float, ...] = ()
        self._layers: tuple[int, ...] = ()
        self._caps: tuple[float | None, ...] = ()
        self._sinks: tuple[Float32 | None, ...] = ()

    def _map(self, name: str, shape: tuple[int, ...]) -> np.memmap[Any, np.dtype[Any]]:
        if name not in self._maps:
            self._maps[name] = self._store.create_array(self._directory / f"{name}.npy", "float32", shape)
        return self._maps[name]

    def add(self, instance: CapturedInstance) -> None:
        start, end = self._starts[instance.index], self._starts[instance.index + 1]
        n_layers, n_tokens = len(instance.queries), int(self._starts[-1])
        self._kinds.append(instance.masks)
        self._scales, self._caps, self._sinks = instance.scales, instance.caps, instance.sinks
        self._layers = instance.layers
        for layer, (query, key, value_norm) in enumerate(
            zip(instance.queries, instance.keys, instance.value_norms, strict=True)
        ):
            for name, vectors in (("queries", query), ("keys", key)):
                heads, _, d_head = vectors.shape
                self._map(name, (n_layers, heads, n_tokens, d_head))[layer, :, start:end] = vectors
            for name, norms in (
                ("query_norms", l2_norms(query)),
                ("key_norms", l2_norms(key)),
                ("value_norms", value_norm),
            ):
                self._map(name, (n_layers, len(norms), n_tokens))[layer, :, start:end] = norms
            bias = instance.biases[layer]
            if bias is not None:
                self._write_mask(layer, instance.index, bias)
        for array in self._maps.values():
            drop_pages(array)

    def _write_mask(self, layer: int, index: int, mask: Float32) -> None:
        file = self._map(f"mask.{layer}", (len(mask), int(self._mask_starts[-1])))
        file[:, self._mask_starts[index] : self._mask_starts[index + 1]] = mask.reshape(len(mask), -1)

    def finish(self) -> tuple[MaskKind, ...]:
        """Write the remaining masks; return the kind of mask of each layer."""
        masks = combine_mask_kinds(zip(self._lengths, self._kinds, strict=True))
        for layer, combined in enumerate(masks):
            if combined == "stored":
                for index, kinds in enumerate(self._kinds):
                    if kinds[layer] != "stored":
                        self._write_mask(layer, index, dense_mask(kinds[layer], self._lengths[index]))
        scales = self._map("scales", (len(self._scales),))
        scales[:] = self._scales
        if any(cap is not None for cap in self._caps):
            self._map("caps", (len(self._caps),))[:] = [np.inf if cap is None else cap for cap in self._caps]
        if any(sinks is not None for sinks in self._sinks):
            n_heads = self._maps["queries"].shape[1]
            logits = self._map("sink_logits", (len(self._sinks), n_heads))
            for layer, sinks in enumerate(self._sinks):
                logits[layer] = -np.inf if sinks is None else sinks
        for array in self._maps.values():
            array.flush()
        return masks

    def layers(self) -> tuple[int, ...]:
        """Return the model's own numbers of the layers; empty if they are 0, 1, ..."""
        return () if self._layers == tuple(range(len(self._layers))) else self._layers

    def files(self) -> dict[str, Path]:
        """Return the finished files by the arrays' names."""
        return {name: self._directory / f"{name}.npy" for name in self._maps}
