"""Capture of a model's attention, one instance at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
import torch

from precompute.attention.head import group_size
from precompute.capture.call import AttentionCall, repeat_heads
from precompute.capture.calls import Recording, record_attention
from precompute.capture.masks import mask_kind
from precompute.capture.quiet import quiet_libraries
from precompute.capture.runnable import Batch, Prepared, RunnableModel
from precompute.errors import NumericalError, RecipeError, UnsupportedModelError
from precompute.format.manifest import MaskKind
from precompute.numeric import Float32


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
    shape: _Shape | None = None
    for batch in model.batches(prepared, batch_size):
        recording = _run(model, batch, verify=shape is None)
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
    except (ValueError, NotImplementedError) as error:
        reason = str(error).partition("\n")[0].rstrip(".")
        raise UnsupportedModelError(f"The model cannot run with torch's attention function: {reason}.") from error
    return recording


def _float32_convolutions() -> AbstractContextManager[None]:
    """Keep full float32 in convolutions: by default a GPU rounds their inputs to 10 bits."""
    return torch.backends.cudnn.flags(enabled=True, deterministic=True, allow_tf32=False)


def _shape_of(recording: Recording) -> _Shape:
    calls = recording.calls
    if not calls:
        seen = "only cross-attention was seen" if recording.n_cross else "no attention seen"
        raise UnsupportedModelError(
            f"The model cannot be shown: {seen}. No layer calls "
            "torch.nn.functional.scaled_dot_product_attention over its tokens."
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
