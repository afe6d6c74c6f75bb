"""Recording of every scaled_dot_product_attention call of a network."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import torch
from torch.nn.functional import scaled_dot_product_attention
from torch.nn.modules.module import register_module_forward_hook, register_module_forward_pre_hook
from torch.overrides import TorchFunctionMode

from precompute.attention.head import group_size
from precompute.capture.masks import additive_mask
from precompute.errors import UnsupportedModelError

_VERIFY_TOLERANCE = 1e-3


@dataclass(frozen=True)
class SdpaArguments:
    """Arguments of ``torch.nn.functional.scaled_dot_product_attention``, in its order."""

    query: torch.Tensor
    key: torch.Tensor
    value: torch.Tensor
    attn_mask: torch.Tensor | None = None
    dropout_p: float = 0.0
    is_causal: bool = False
    scale: float | None = None
    enable_gqa: bool = False


@dataclass(frozen=True)
class AttentionCall:
    """One self-attention call, on the CPU in float32.

    Attributes
    ----------
    module
        Class of the calling module.
    query : Tensor [B, H, T, d]
        After q norm and rotary embedding, before the scale.
    key : Tensor [B, H or fewer, T, d]
        Fewer heads where the call shares keys (``enable_gqa``).
    value_norm : Tensor [B, H or fewer, T]
        L2 norm of the values.
    mask : Tensor [1 or B, 1 or H, T, T] or None
        Additive; -inf hides a key. None hides nothing.
    scale
        Factor of q k^T.
    """

    module: str
    query: torch.Tensor
    key: torch.Tensor
    value_norm: torch.Tensor
    mask: torch.Tensor | None
    scale: float


@dataclass
class Recording:
    """Self-attention calls of one forward pass, one per layer, in order.

    ``n_cross`` counts the omitted calls whose query and key lengths differ (cross-attention, pooling heads).
    """

    calls: list[AttentionCall] = field(default_factory=list)
    n_cross: int = 0


@contextmanager
def record_attention(batch_size: int, *, verify: bool = False) -> Iterator[Recording]:
    """Record every scaled_dot_product_attention call made inside the context.

    Parameters
    ----------
    batch_size
        Rows of the network's batch.
    verify
        Compare softmax(q k^T * scale + mask) v with the output of each call.

    Raises
    ------
    UnsupportedModelError
        One run of a module calls several times; a call is not over whole instances; ``verify`` finds a difference.
    """
    recording = Recording()
    entered: list[_Entry] = []
    watchers = (
        register_module_forward_pre_hook(lambda module, _: entered.append(_Entry(type(module).__name__))),
        register_module_forward_hook(lambda *_: entered.__delitem__(-1), always_call=True),
    )
    try:
        with _SdpaMode(recording, entered, batch_size, verify):
            yield recording
    finally:
        for watcher in watchers:
            watcher.remove()


@dataclass
class _Entry:
    """One run of a module's forward. A module shared by several layers is entered once for each."""

    module: str
    called: bool = False


class _SdpaMode(TorchFunctionMode):
    def __init__(self, recording: Recording, entered: list[_Entry], batch_size: int, verify: bool) -> None:
        super().__init__()
        self._recording = recording
        self._entered = entered
        self._batch_size = batch_size
        self._verify = verify

    def __torch_function__(
        self,
        func: Callable[..., object],
        types: Sequence[type],
        args: tuple[Any, ...] = (),
        kwargs: Mapping[str, Any] | None = None,
    ) -> object:
        output = func(*args, **(kwargs or {}))
        if func is scaled_dot_product_attention and isinstance(output, torch.Tensor):
            self._record(SdpaArguments(*args, **(kwargs or {})), output)
        return output

    def _record(self, arguments: SdpaArguments, output: torch.Tensor) -> None:
        if arguments.query.shape[-2] != arguments.key.shape[-2]:
            self._recording.n_cross += 1
            return
        entry = self._entered[-1] if self._entered else _Entry("network")
        if entry.called:
            raise UnsupportedModelError(
                f"The model's {entry.module} makes several attention calls a layer, so a head has no single pattern."
            )
        entry.called = True
        if arguments.query.ndim != 4 or arguments.query.shape[0] != self._batch_size:
            raise UnsupportedModelError(
                f"The model's {entry.module} attends inside windows or groups of tokens, not over the whole instance."
            )
        call = _as_call(entry.module, arguments)
        if self._verify:
            _check_output(call, arguments, output)
        self._recording.calls.append(call)


def _as_call(module: str, arguments: SdpaArguments) -> AttentionCall:
    query, key, value = (tensor.float().cpu() for tensor in (arguments.query, arguments.key, arguments.value))
    scale = arguments.scale if arguments.scale is not None else 1 / math.sqrt(query.shape[-1])
    mask = additive_mask(arguments.attn_mask, arguments.is_causal, query.shape[-2])
    return AttentionCall(module, query, key, value.norm(dim=-1, dtype=torch.float64).float(), mask, float(scale))


def repeat_heads(tensor: torch.Tensor, n_heads: int) -> torch.Tensor:
    """Repeat each key head once per query head that reads it, [B, n_kv_heads, ...] -> [B, n_heads, ...]."""
    return tensor.repeat_interleave(group_size(n_heads, tensor.shape[1]), dim=1)


def _check_output(call: AttentionCall, arguments: SdpaArguments, output: torch.Tensor) -> None:
    """Compare the recorded call with its output, in rows that see at least one key."""
    n_heads = call.query.shape[1]
    key = repeat_heads(call.key, n_heads)
    value = repeat_heads(arguments.value.float().cpu(), n_heads)
    scores = call.query @ key.transpose(-1, -2) * call.scale
    if not all(bool(tensor.isfinite().all()) for tensor in (scores, value)):
        return  # NaN is reported with its layer and head by the caller
    if call.mask is not None:
        scores = scores + call.mask
    expected = scores.softmax(dim=-1) @ value
    difference = (output.float().cpu() - expected).abs()[scores.isfinite().any(dim=-1)]
    if bool((difference > _VERIFY_TOLERANCE * value.abs().amax()).any()):
        raise UnsupportedModelError(
            f"The model's {call.module} computes more than softmax(q k^T * scale + mask) v, so its pattern is unknown."
        )
