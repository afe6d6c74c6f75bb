"""Capture of a model's attention, one instance at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from itertools import pairwise
from traceback import extract_tb

import numpy as np
import torch

from precompute.attention.head import group_size
from precompute.capture.call import AttentionCall, repeat_heads
from precompute.capture.calls import Recording, record_attention
from precompute.capture.masks import mask_kind
from precompute.capture.quiet import quiet_libraries
from precompute.capture.runnable import Batch, Prepared, RunnableModel
from precompute.errors import NumericalError, RecipeError, UnsupportedModelError, UserError
from precompute.format.manifest import MaskKind
from precompute.numeric import Float32, even_subset

_NEIGHBOR_TOLERANCE = 1e-5
_HIDDEN = -1e4
_COMPARED = 4


@dataclass(frozen=True)
class CapturedInstance:
    """Attention of one sentence or image without padding. Tuples have one entry per layer.

    Attributes
    ----------
    queries : tuple of float32 [H, len, d_head]
        After q norm and rotary embedding, before the scale.
    keys : tuple of float32 [H_kv, len, d_head]
        Query head h reads key head h // (H / H_kv).
    value_norms : tuple of float32 [H_kv, len]
        L2 norms of the value vectors.
    scales
        Factors of q k^T.
    masks
        Kinds of this instance's masks; see :func:`~precompute.capture.masks.combine_mask_kinds`.
    biases : tuple of float32 [1 or H, len, len] or None
        Added to the scores where the mask is ``stored``.
    caps
        Soft caps of the scores; None without one.
    sinks : tuple of float32 [H] or None
        Logits of a sink that is no token.
    layers
        The model's own numbers of the layers.
    """

    index: int
    queries: tuple[Float32, ...]
    keys: tuple[Float32, ...]
    value_norms: tuple[Float32, ...]
    scales: tuple[float, ...]
    masks: tuple[MaskKind, ...]
    biases: tuple[Float32 | None, ...]
    caps: tuple[float | None, ...]
    sinks: tuple[Float32 | None, ...]
    layers: tuple[int, ...]


def capture_instances(
    model: RunnableModel,
    prepared: Prepared,
    *,
    batch_size: int = 8,
    on_warning: Callable[[str], None] = lambda _: None,
) -> Iterator[CapturedInstance]:
    """Yield every instance in order; only one batch is held in memory.

    Each call of ``torch.nn.functional.scaled_dot_product_attention`` is one layer. Shapes are read from the calls.
    Keys that a model repeats for groups of query heads are found by comparison and kept once.

    Parameters
    ----------
    batch_size
        Instances of one forward pass; affects time and memory, not the result.
    on_warning
        Called with one sentence for the user, at most once per kind of warning.

    Raises
    ------
    RecipeError
        ``batch_size`` is below 1.
    UnsupportedModelError
        There is no call; layers differ in shape; a layer calls more than once or attends inside windows; tokens see
        padding; or a call computes more than softmax(q k^T * scale + mask) v.
    NumericalError
        A query, key or value is NaN or infinite; names layer and head.
    """
    if batch_size < 1:
        raise RecipeError("The batch size must be at least 1.")
    if batch_size > 1 and depends_on_neighbors(model, prepared):
        on_warning("A sentence's attention depends on the others of its batch in this model, so each is run alone.")
        batch_size = 1
    shown = _layers_of_longest(model, prepared)
    shape: _Shape | None = None
    for batch in model.batches(prepared, batch_size):
        recording = _run(model, batch, verify=shape is None)
        if shown is not None:
            recording.calls = [call for call in recording.calls if call.layer in shown]
        if shape is None:
            shape = _shape_of(recording)
            if recording.n_cross:
                on_warning(
                    f"{recording.n_cross} attention calls between sequences of different length (cross-attention or "
                    "pooling) are omitted."
                )
        _check_calls(recording.calls, batch, shape)
        calls = [_widened(call, shape.d_head) for call in recording.calls]
        keys = [_shared(call.key, shape, "keys") for call in calls]
        norms = [_shared(call.value_norm, shape, "values") for call in calls]
        for row in range(len(batch.lengths)):
            yield _instance(batch, row, calls, keys, norms)


@dataclass(frozen=True)
class _Shape:
    n_layers: int
    n_heads: int
    n_kv_heads: int
    d_head: int


def _run(model: RunnableModel, batch: Batch, *, verify: bool) -> Recording:
    try:
        with (
            quiet_libraries(),
            torch.inference_mode(),
            _float32_convolutions(),
            record_attention(len(batch.lengths), verify=verify) as recording,
        ):
            model.forward(batch)
    except UserError:
        raise
    except Exception as error:  # a foreign network: any error means that it cannot run on these inputs
        raise UnsupportedModelError(_failure(error)) from error
    return recording


def _failure(error: Exception) -> str:
    if isinstance(error, MemoryError | torch.OutOfMemoryError) or "allocate memory" in str(error):
        return "The model ran out of memory on this data set. Use shorter inputs, or a smaller model."
    place = next((frame.name for frame in reversed(extract_tb(error.__traceback__)) if "models" in frame.filename), "")
    return (
        f"The model's forward pass failed{f' in {place}' if place else ''}: it needs inputs beside these, or its "
        "config.json does not fit it. Choose another model."
    )


def depends_on_neighbors(model: RunnableModel, prepared: Prepared) -> bool:
    """Whether instances have other queries, keys or biases in a batch than alone.

    True of models that read padding (MobileBERT), choose their rotary embedding by the longest row (longrope), or
    choose keys by their rank among ties. Compares a few instances from the shortest to the longest.
    """
    lengths = np.diff(prepared.table.offsets)
    if len(lengths) < 2 or lengths.min() == lengths.max():
        return False
    by_length = np.argsort(lengths, kind="stable")
    chosen = [int(index) for index in by_length[even_subset(len(by_length), _COMPARED)]]
    chosen = sorted({chosen[0], *chosen, int(by_length[-1])}, key=lambda index: int(lengths[index]))
    together = _calls_of(model, prepared.select(chosen))
    for row, index in enumerate(chosen):
        alone = _calls_of(model, prepared.select([index]))
        length = int(lengths[index])
        if len(alone) != len(together) or not all(
            _agree(one, other, row, length) for one, other in zip(alone, together, strict=True)
        ):
            return True
    return False


def _calls_of(model: RunnableModel, prepared: Prepared) -> list[AttentionCall]:
    (batch,) = model.batches(prepared, len(prepared.rows))
    return _run(model, batch, verify=False).calls


def _agree(one: AttentionCall, other: AttentionCall, row: int, length: int) -> bool:
    """Whether a call of one instance agrees with a row of a call of several."""
    pairs = [
        (one.query[0, :, :length], other.query[row, :, :length]),
        (one.key[0, :, :length], other.key[row, :, :length]),
    ]
    if one.mask is not None and other.mask is not None:
        pairs.append((_row(one.mask, 0)[:, :length, :length], _row(other.mask, row)[:, :length, :length]))
    return all(_near(mine.nan_to_num(neginf=_HIDDEN), theirs.nan_to_num(neginf=_HIDDEN)) for mine, theirs in pairs)


def _near(mine: torch.Tensor, theirs: torch.Tensor) -> bool:
    largest = max(1.0, float(mine.masked_fill(mine <= _HIDDEN, 0.0).abs().amax()))
    return float((mine - theirs).abs().amax()) <= _NEIGHBOR_TOLERANCE * largest


def _layers_of_longest(model: RunnableModel, prepared: Prepared) -> frozenset[int | None] | None:
    """Return the layers, by the model's numbers, that attend over all tokens of the longest instance.

    A layer that compresses keys does so only in long instances. None if all instances are of one length, or the model
    does not number its layers.
    """
    lengths = np.diff(prepared.table.offsets)
    if len(lengths) < 2 or lengths.min() == lengths.max():
        return None
    layers = [call.layer for call in _calls_of(model, prepared.select([int(lengths.argmax())]))]
    return None if None in layers else frozenset(layers)


def _float32_convolutions() -> AbstractContextManager[None]:
    """Keep full float32 in convolutions: by default a GPU rounds their inputs to 10 bits."""
    return torch.backends.cudnn.flags(enabled=True, deterministic=True, allow_tf32=False)


def _shape_of(recording: Recording) -> _Shape:
    calls = recording.calls
    if not calls:
        if recording.unread:
            raise UnsupportedModelError(
                f"The model's {recording.unread[0]} attends in blocks or otherwise, without a pattern "
                "over the whole sentence. Choose another model."
            )
        seen = "only cross-attention was seen" if recording.n_cross else "no attention seen"
        raise UnsupportedModelError(
            f"The model cannot be shown: {seen} over its own tokens, as in state-space and convolutional models. "
            "Choose a transformer."
        )
    n_heads = max(call.query.shape[1] for call in calls)
    n_kv_heads = next(
        count for count in range(1, n_heads + 1) if all(_is_shared_by(call, n_heads, count) for call in calls)
    )
    return _Shape(len(calls), n_heads, n_kv_heads, max(call.query.shape[-1] for call in calls))


def _is_shared_by(call: AttentionCall, n_heads: int, count: int) -> bool:
    """Return whether ``count`` key and value heads suffice, each read by n_heads / count consecutive query heads."""
    if n_heads % count:
        return False
    return _repeats(call.key, n_heads, count) and _repeats(call.value_norm, n_heads, count)


def _repeats(tensor: torch.Tensor, n_heads: int, count: int) -> bool:
    if n_heads % tensor.shape[1]:
        return count == n_heads
    every = repeat_heads(tensor, n_heads)
    every = every.reshape(len(every), count, group_size(n_heads, count), *every.shape[2:])
    return torch.equal(every.nan_to_num(), every[:, :, :1].nan_to_num().expand_as(every))


def _shared(tensor: torch.Tensor, shape: _Shape, what: str) -> torch.Tensor:
    """Keep each shared head once: [B, H or H_kv, ...] -> [B, H_kv, ...]."""
    if not _repeats(tensor, shape.n_heads, shape.n_kv_heads):
        raise UnsupportedModelError(f"The model's query heads share {what} in some batches and not in others.")
    return repeat_heads(tensor, shape.n_heads)[:, :: group_size(shape.n_heads, shape.n_kv_heads)]


def _widened(call: AttentionCall, d_head: int) -> AttentionCall:
    """Pad queries and keys with zeros to the widest layer's heads, which keeps their dot products."""
    missing = d_head - call.query.shape[-1]
    if not missing:
        return call
    query, key = (torch.nn.functional.pad(tensor, (0, missing)) for tensor in (call.query, call.key))
    return replace(call, query=query, key=key)


def _check_calls(calls: list[AttentionCall], batch: Batch, shape: _Shape) -> None:
    if len(calls) != shape.n_layers:
        raise UnsupportedModelError(
            f"The model made {shape.n_layers} attention calls for one batch and {len(calls)} for another."
        )
    for layer, call in enumerate(calls):
        _, n_heads, width, _ = call.query.shape
        if n_heads != shape.n_heads:
            raise UnsupportedModelError(
                f"The model's layers differ: layer {layer} has {n_heads} heads, others have {shape.n_heads}."
            )
        if width != batch.width:
            raise UnsupportedModelError(
                f"The model's layer {layer} attends over {width} tokens, but the inputs have {batch.width}."
            )
        _check_padding_hidden(call, layer, batch)
        _check_finite(call, layer, batch)


def _check_padding_hidden(call: AttentionCall, layer: int, batch: Batch) -> None:
    for row, length in enumerate(batch.lengths):
        if length == batch.width:
            continue
        mask = None if call.mask is None else _row(call.mask, row)[:, :length, length:]
        if mask is None or not bool(mask.isneginf().all()):
            raise UnsupportedModelError(f"The model's tokens attend to padding in layer {layer}.")


def _check_finite(call: AttentionCall, layer: int, batch: Batch) -> None:
    for name, tensor in (("query", call.query), ("key", call.key), ("value", call.value_norm)):
        if bool(tensor.isfinite().all()):
            continue
        for row, length in enumerate(batch.lengths):
            bad = (~tensor[row, :, :length].isfinite()).flatten(1).any(dim=1).nonzero()
            if len(bad):
                head = int(bad[0]) * group_size(call.query.shape[1], tensor.shape[1])
                raise NumericalError(
                    f"The model computed a {name} that is NaN or infinite in layer {layer}, head {head}, "
                    f"instance {batch.first + row}."
                )


def _instance(
    batch: Batch, row: int, calls: list[AttentionCall], keys: list[torch.Tensor], norms: list[torch.Tensor]
) -> CapturedInstance:
    length = batch.lengths[row]
    masks = [None if call.mask is None else _row(call.mask, row)[:, :length, :length] for call in calls]
    kinds = tuple(mask_kind(mask) for mask in masks)
    return CapturedInstance(
        index=batch.first + row,
        queries=tuple(_array(call.query[row, :, :length]) for call in calls),
        keys=tuple(_array(key[row, :, :length]) for key in keys),
        value_norms=tuple(_array(norm[row, :, :length]) for norm in norms),
        scales=tuple(call.scale for call in calls),
        masks=kinds,
        biases=tuple(
            _array(mask) if mask is not None and kind == "stored" else None
            for mask, kind in zip(masks, kinds, strict=True)
        ),
        caps=tuple(call.cap for call in calls),
        sinks=tuple(None if call.sink is None else _array(call.sink) for call in calls),
        layers=_numbers(calls),
    )


def _numbers(calls: Sequence[AttentionCall]) -> tuple[int, ...]:
    """Return the model's own number of each layer; the order of the calls where the model has none or repeats some."""
    own = [call.layer for call in calls]
    numbers = tuple(number for number in own if number is not None)
    ascending = all(a < b for a, b in pairwise(numbers))
    return numbers if len(numbers) == len(own) and ascending else tuple(range(len(own)))


def _row(mask: torch.Tensor, row: int) -> torch.Tensor:
    return mask[row if mask.shape[0] > 1 else 0]


def _array(tensor: torch.Tensor) -> Float32:
    """Copy a tensor: a view would keep the batch's memory alive."""
    return np.array(tensor.numpy(), dtype=np.float32, order="C", copy=True)
