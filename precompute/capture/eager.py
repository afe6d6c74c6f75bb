"""Attention that is written out: a product of queries and keys, a softmax, and a product with the values."""

from __future__ import annotations

from collections.abc import Callable, Mapping, MutableMapping, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch.utils.weak import WeakIdKeyDictionary

from precompute.capture.call import AttentionCall, Caller, repeat_heads
from precompute.capture.masks import hide_lowest, shared_by_heads
from precompute.capture.product import Product, read_product
from precompute.capture.scores import Scores, ScoresTrace
from precompute.errors import UnsupportedModelError

_ROUNDING = 1e-6
_HIDDEN = -1e30
_VERIFY_TOLERANCE = 1e-5


@dataclass(frozen=True)
class _Weights:
    """Origin of the result of a softmax over scores, until it is multiplied with the values."""

    caller: Caller
    scores: Scores
    logits: torch.Tensor


class EagerTrace:
    """Observer of every torch call of a forward pass that finds the written-out attention.

    Parameters
    ----------
    batch_size
        Rows of the network's batch.
    on_call
        Called with each self-attention, in order.
    on_cross
        Called for attention whose queries and keys differ in number.
    on_unread
        Called with the class of a module that computes a softmax over something else.
    """

    def __init__(
        self,
        batch_size: int,
        on_call: Callable[[AttentionCall], None],
        on_cross: Callable[[], None],
        on_unread: Callable[[str], None],
    ) -> None:
        self._batch_size = batch_size
        self._on_call = on_call
        self._on_cross = on_cross
        self._on_unread = on_unread
        self._scores = ScoresTrace()
        self._weights: MutableMapping[torch.Tensor, _Weights] = WeakIdKeyDictionary()

    def observe(
        self, name: str, args: Sequence[Any], kwargs: Mapping[str, Any], output: torch.Tensor, caller: Caller
    ) -> None:
        """Observe one call of a torch function or method."""
        product = read_product(name, args, kwargs)
        if product is not None and (weights := self._weights.get(product.source)) is not None:
            self._finish(weights, product)
        elif product is not None:
            self._scores.start(product, output)
        elif name == "softmax":
            self._softmax(args, kwargs, output, caller)
        else:
            self._scores.follow(name, args, kwargs, output)
            self._follow_weights(args, output)

    def _softmax(self, args: Sequence[Any], kwargs: Mapping[str, Any], output: torch.Tensor, caller: Caller) -> None:
        logits = args[0] if args else kwargs["input"]
        scores = self._scores.of(logits)
        dim = kwargs.get("dim", args[1] if len(args) > 1 else -1)
        if logits.ndim < 3 or dim not in {-1, logits.ndim - 1}:
            return
        if scores is None or not scores.fits(logits):
            self._on_unread(caller.module)
            return
        if scores.product.left.shape[-2] != scores.product.right.shape[-1]:
            self._on_cross()
            return
        self._weights[output] = _Weights(caller, scores, logits)

    def _follow_weights(self, args: Sequence[Any], output: torch.Tensor) -> None:
        if args and isinstance(args[0], torch.Tensor) and (weights := self._weights.get(args[0])) is not None:
            n_keys = weights.scores.product.right.shape[-1]
            if output.ndim >= 3 and output.shape[-2] == weights.logits.shape[-2] and output.shape[-1] >= n_keys:
                self._weights[output] = weights

    def _finish(self, weights: _Weights, product: Product) -> None:
        caller = weights.caller
        n_keys = weights.scores.product.right.shape[-1]
        logits = _heads_of(weights.logits, self._batch_size, caller)
        used = _heads_of(product.left, self._batch_size, caller)
        if used.shape != logits[..., :n_keys].shape or not all(map(_is_softmax, used, logits)):
            raise UnsupportedModelError(f"The model's {caller.module} changes its attention after the softmax.")
        caller.claim()
        values = _heads_of(product.right, self._batch_size, caller)
        self._on_call(_as_call(weights, used, values, self._batch_size))


def _is_softmax(used: torch.Tensor, logits: torch.Tensor) -> bool:
    """Whether weights [H, T, T] are the softmax of logits [H, T, T or T + 1]; rows of padding may see nothing."""
    seeing = (logits.amax(dim=-1, keepdim=True) > _HIDDEN).float()
    difference = (logits.softmax(dim=-1)[..., : used.shape[-1]] - used).nan_to_num().abs() * seeing
    return float(difference.amax()) <= _VERIFY_TOLERANCE


def _as_call(weights: _Weights, pattern: torch.Tensor, values: torch.Tensor, batch_size: int) -> AttentionCall:
    caller, scores = weights.caller, weights.scores
    query = _heads_of(scores.product.left, batch_size, caller)
    key = _heads_of(scores.product.right.transpose(-1, -2), batch_size, caller)
    logits = _heads_of(weights.logits + scores.shift, batch_size, caller)
    n_keys = key.shape[-2]
    sink = _sink(logits[..., n_keys:], caller)
    keys = repeat_heads(key, logits.shape[1])
    # Row by row: a batch of long sentences would need many temporary arrays of its size.
    addends = [
        _addend(logits[row, ..., :n_keys], _scaled(query[row] @ keys[row].transpose(-1, -2), scores), pattern[row])
        for row in range(batch_size)
    ]
    return AttentionCall(
        module=caller.module,
        layer=caller.layer,
        query=query,
        key=key,
        value_norm=values.norm(dim=-1, dtype=torch.float64).float(),
        mask=_stacked(addends),
        scale=scores.scale,
        cap=scores.cap,
        sink=sink,
    )


def _scaled(raw: torch.Tensor, scores: Scores) -> torch.Tensor:
    """Return the scores of products q k^T, scaled and capped."""
    if scores.cap is None:
        return raw * scores.scale
    return scores.cap * torch.tanh(raw * (scores.scale / scores.cap))


def _addend(logits: torch.Tensor, capped: torch.Tensor, pattern: torch.Tensor) -> torch.Tensor:
    """Return what was added to the scores of one row, [1 or H, T, T]; rounding becomes 0, hidden keys -inf."""
    added = logits - capped
    bound = _ROUNDING * (1 + logits.abs() + capped.abs())
    added = torch.where((added.abs() <= bound) & logits.isfinite(), torch.zeros_like(added), added)
    return shared_by_heads(hide_lowest(added, pattern))


def _stacked(addends: Sequence[torch.Tensor]) -> torch.Tensor | None:
    """Return the masks of all rows, [B, 1 or H, T, T]; None if they are 0."""
    if not any(bool(addend.any()) for addend in addends):
        return None
    n_heads = max(len(addend) for addend in addends)
    return torch.stack([addend.expand(n_heads, -1, -1) for addend in addends])


def _sink(column: torch.Tensor, caller: Caller) -> torch.Tensor | None:
    """Return the sink logit of each head, [H], from the columns [B, H, T, 0 or 1] after the keys."""
    if column.shape[-1] == 0:
        return None
    sink = column[:1, :, :1, 0]
    if not torch.allclose(column[..., 0], sink.expand_as(column[..., 0]), atol=_VERIFY_TOLERANCE):
        raise UnsupportedModelError(f"The model's {caller.module} has a sink that differs between tokens.")
    return sink[0, :, 0].clone()


def _heads_of(tensor: torch.Tensor, batch_size: int, caller: Caller) -> torch.Tensor:
    """Return a tensor [..., n, m] as float32 [B, H, n, m] on the CPU; leading axes are batch, then heads."""
    leading = tensor.shape[:-2]
    tensor = tensor.detach().float().cpu()
    if len(leading) == 2 and leading[0] != batch_size and leading[1] == batch_size:
        tensor = tensor.transpose(0, 1)
    rows = 1
    for size in leading:
        rows *= size
    if rows % batch_size or rows == 0:
        raise UnsupportedModelError(
            f"The model's {caller.module} attends inside windows or groups of tokens, not over the whole instance."
        )
    return tensor.reshape(batch_size, rows // batch_size, *tensor.shape[-2:])
