"""A model's own attention patterns: the results of every softmax over the tokens of one sentence."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch.overrides import TorchFunctionMode

from precompute.attention.pattern import attention_pattern
from precompute.capture import CapturedInstance
from precompute.capture.runnable import Prepared, RunnableModel

Patterns = NDArray[np.float32]


class _Softmaxes(TorchFunctionMode):
    def __init__(self, width: int) -> None:
        super().__init__()
        self.width = width
        self.seen: list[torch.Tensor] = []

    def __torch_function__(
        self,
        func: Callable[..., object],
        types: Sequence[type],
        args: tuple[Any, ...] = (),
        kwargs: Mapping[str, Any] | None = None,
    ) -> object:
        output = func(*args, **(kwargs or {}))
        if getattr(func, "__name__", "") == "softmax" and isinstance(output, torch.Tensor) and output.ndim >= 3:
            rows, columns = output.shape[-2:]
            if rows == self.width and columns in {self.width, self.width + 1}:
                self.seen.append(output.detach().clone().reshape(-1, rows, columns))
        return output


def own_patterns(model: RunnableModel, prepared: Prepared, instance: int) -> list[Patterns]:
    """Run one instance alone and return its softmaxes over all tokens, float32 [H, len, len] each."""
    (batch,) = model.batches(prepared.select([instance]), 1)
    length = batch.lengths[0]
    with torch.no_grad(), _Softmaxes(batch.width) as watched:
        model.forward(batch)
    return [np.nan_to_num(pattern[:, :length, :length].float().numpy()) for pattern in watched.seen]


def recomputed(instance: CapturedInstance, layer: int) -> Patterns:
    """Return the patterns of a captured layer, float32 [H, len, len]."""
    queries, keys = instance.queries[layer], instance.keys[layer]
    return attention_pattern(
        queries,
        np.repeat(keys, len(queries) // len(keys), axis=0),
        instance.scales[layer],
        causal=instance.masks[layer] == "causal",
        mask=instance.biases[layer],
        cap=instance.caps[layer],
        sink=instance.sinks[layer],
    )


def largest_difference(captured: Sequence[Patterns], own: Sequence[Patterns]) -> float:
    """Return the largest difference of captured layers to the model's own, in order; inf if a layer has none.

    A model may compute more softmaxes than attention layers (routers), so each layer takes the nearest of those that
    leave enough for the layers after it.
    """
    worst, start = 0.0, 0
    for number, pattern in enumerate(captured):
        last = len(own) - (len(captured) - number) + 1
        distances = [
            float(np.abs(pattern - candidate).max()) if candidate.shape == pattern.shape else np.inf
            for candidate in own[start:last]
        ]
        if not distances:
            return float("inf")
        best = int(np.argmin(distances))
        worst = max(worst, distances[best])
        start += best + 1
    return worst
