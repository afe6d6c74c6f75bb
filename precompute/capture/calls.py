"""Recording of every attention call of a network."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import torch
from torch.nn.functional import scaled_dot_product_attention
from torch.nn.modules.module import register_module_forward_hook, register_module_forward_pre_hook
from torch.overrides import TorchFunctionMode

from precompute.capture.call import AttentionCall, Caller
from precompute.capture.eager import EagerTrace
from precompute.capture.sdpa import SdpaArguments, read_sdpa


@dataclass
class Recording:
    """Self-attention calls of one forward pass, one per layer, in order.

    Attributes
    ----------
    n_cross
        Omitted calls whose query and key lengths differ (cross-attention, pooling heads).
    unread
        Classes of the modules with another softmax, for example over blocks of tokens.
    """

    calls: list[AttentionCall] = field(default_factory=list)
    n_cross: int = 0
    unread: list[str] = field(default_factory=list)


@contextmanager
def record_attention(batch_size: int, *, verify: bool = False) -> Iterator[Recording]:
    """Record every attention call made inside the context.

    Calls of ``scaled_dot_product_attention`` are read from their arguments; attention that is written out as products
    and a softmax is traced (:mod:`precompute.capture.eager`).

    Parameters
    ----------
    batch_size
        Rows of the network's batch.
    verify
        Compare softmax(q k^T * scale + mask) v with the output of each call of ``scaled_dot_product_attention``.

    Raises
    ------
    UnsupportedModelError
        One run of a module calls several times; a call is not over whole instances; the pattern that follows from
        queries and keys is not what the values are multiplied with.
    """
    recording = Recording()
    entered: list[Caller] = []
    watchers = (
        register_module_forward_pre_hook(lambda module, _: entered.append(_enter(module, entered))),
        register_module_forward_hook(lambda *_: entered.__delitem__(-1), always_call=True),
    )
    try:
        with _TorchCalls(recording, entered, batch_size, verify):
            yield recording
    finally:
        for watcher in watchers:
            watcher.remove()


def _enter(module: torch.nn.Module, entered: list[Caller]) -> Caller:
    """Return the caller that a module's own calls count for: a layer without parts, such as Softmax, is its parent."""
    if entered and next(module.children(), None) is None and next(module.parameters(recurse=False), None) is None:
        return entered[-1]
    layer = getattr(module, "layer_idx", None)
    return Caller(type(module).__name__, layer if isinstance(layer, int) else None)


class _TorchCalls(TorchFunctionMode):
    def __init__(self, recording: Recording, entered: list[Caller], batch_size: int, verify: bool) -> None:
        super().__init__()
        self._recording = recording
        self._entered = entered
        self._batch_size = batch_size
        self._verify = verify
        self._eager = EagerTrace(batch_size, recording.calls.append, self._count_cross, recording.unread.append)

    def __torch_function__(
        self,
        func: Callable[..., object],
        types: Sequence[type],
        args: tuple[Any, ...] = (),
        kwargs: Mapping[str, Any] | None = None,
    ) -> object:
        kwargs = kwargs or {}
        output = func(*args, **kwargs)
        if isinstance(output, torch.Tensor):
            caller = self._entered[-1] if self._entered else Caller("network")
            if func is scaled_dot_product_attention:
                self._read(SdpaArguments(*args, **kwargs), output, caller)
            else:
                self._eager.observe(getattr(func, "__name__", ""), args, kwargs, output, caller)
        return output

    def _read(self, arguments: SdpaArguments, output: torch.Tensor, caller: Caller) -> None:
        if arguments.is_cross:
            self._count_cross()
        else:
            call = read_sdpa(arguments, output, caller, self._batch_size, verify=self._verify)
            self._recording.calls.append(call)

    def _count_cross(self) -> None:
        self._recording.n_cross += 1
