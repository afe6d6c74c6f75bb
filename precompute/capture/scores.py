"""Tracing of attention scores from the product of queries and keys to the softmax."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, MutableMapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import torch
from torch.utils.weak import WeakIdKeyDictionary

from precompute.capture.product import Product

_MULTIPLY = frozenset({"mul", "__mul__", "__rmul__", "mul_", "__imul__", "multiply"})
_DIVIDE = frozenset({"div", "__truediv__", "div_", "__itruediv__", "__div__", "true_divide", "divide"})
_SUBTRACT = frozenset({"sub", "__sub__", "sub_", "__isub__", "subtract"})


@dataclass(frozen=True)
class Scores:
    """How a tensor follows from a product of queries and keys.

    The tensor is ``outer * tanh(inner * q k^T)``, or ``inner * q k^T`` without a cap, plus what was added on the way,
    minus ``shift``.

    Attributes
    ----------
    order
        Number of the product among those of the pass.
    shift : Tensor [..., T, 1] or 0
        Subtracted from whole rows for the softmax, which does not change it.
    """

    product: Product
    order: int
    inner: float
    outer: float | None = None
    shift: torch.Tensor | float = 0.0

    @property
    def scale(self) -> float:
        """Factor of q k^T for small scores."""
        return self.inner * (1.0 if self.outer is None else self.outer)

    @property
    def cap(self) -> float | None:
        """Largest score before masks and biases; None without a cap."""
        return self.outer

    def fits(self, tensor: torch.Tensor) -> bool:
        """Whether a tensor [..., T, K or K + 1] has the product's rows and columns, and perhaps a sink."""
        n_queries, n_keys = self.product.left.shape[-2], self.product.right.shape[-1]
        return tensor.ndim > 1 and tensor.shape[-2] == n_queries and tensor.shape[-1] in {n_keys, n_keys + 1}

    def times(self, factor: float) -> Scores:
        """Return the scores multiplied by a number."""
        shift = self.shift * factor
        if self.outer is None:
            return replace(self, inner=self.inner * factor, shift=shift)
        return replace(self, outer=self.outer * factor, shift=shift)

    def minus(self, rows: torch.Tensor) -> Scores:
        """Return the scores minus one number a row."""
        return replace(self, shift=self.shift + rows)


@dataclass
class ScoresTrace:
    """Tensors of a forward pass that follow from products of queries and keys."""

    _known: MutableMapping[torch.Tensor, Scores] = field(default_factory=WeakIdKeyDictionary)
    _n_products: int = 0

    def start(self, product: Product, output: torch.Tensor) -> None:
        """Follow the result of a product."""
        self._known[output] = Scores(product, self._n_products, product.factor)
        self._n_products += 1

    def of(self, tensor: torch.Tensor) -> Scores | None:
        """Return how a tensor follows from a product, or None if it does not."""
        return self._known.get(tensor)

    def follow(self, name: str, args: Sequence[Any], kwargs: Mapping[str, Any], output: torch.Tensor) -> None:
        """Follow the scores through one call of torch.

        Multiplication by a number and tanh change factor and cap. Anything else may add a mask or a bias. Where two
        products meet, as in relative attention, that of queries and keys is the earliest with a row for each query and
        a column for each key.
        """
        known = [(tensor, scores) for tensor in _tensors((*args, *kwargs.values())) if (scores := self.of(tensor))]
        if not known:
            return
        tensor, scores = min(known, key=lambda pair: (not pair[1].fits(output), pair[1].order))
        if output.numel() < tensor.numel():
            return
        other = next((value for value in args[:2] if value is not tensor), None)
        if name in _MULTIPLY | _DIVIDE:
            if (factor := _number(other)) is not None:
                scores = scores.times(factor if name in _MULTIPLY else 1 / factor)
        elif name in {"tanh", "tanh_"}:
            scores = replace(scores, outer=1.0)
        elif name in _SUBTRACT and isinstance(other, torch.Tensor) and other.ndim and other.shape[-1] == 1:
            scores = scores.minus(other)
        self._known[output] = scores


def _tensors(values: Iterable[Any]) -> Iterable[torch.Tensor]:
    for value in values:
        if isinstance(value, torch.Tensor):
            yield value
        elif isinstance(value, list | tuple):
            yield from (part for part in value if isinstance(part, torch.Tensor))


def _number(value: object) -> float | None:
    if isinstance(value, int | float):
        return float(value)
    return float(value) if isinstance(value, torch.Tensor) and value.numel() == 1 else None
