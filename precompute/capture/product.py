"""Products of two tensors, as matmul, bmm, baddbmm or einsum compute them, in one form."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import torch

_MATMULS = frozenset({"matmul", "__matmul__", "bmm"})
_LETTERS = "abcdefghijklmnopqrstuvwxyz"


@dataclass(frozen=True)
class Product:
    """One product ``factor * left @ right``.

    Attributes
    ----------
    left : Tensor [..., n, k]
    right : Tensor [..., k, m]
    source
        The operand that ``left`` is, or of which it is a view.
    """

    left: torch.Tensor
    right: torch.Tensor
    source: torch.Tensor
    factor: float = 1.0


def read_product(name: str, args: Sequence[Any], kwargs: Mapping[str, Any]) -> Product | None:
    """Return the product that a call of torch computes, or None if it is none of two matrices.

    Parameters
    ----------
    name
        Of the function or method, such as ``matmul``.
    """
    if name in _MATMULS:
        operands = (*args, *(kwargs[key] for key in ("input", "mat2", "other") if key in kwargs))
        return _of_matrices(operands[:2], 1.0)
    if name == "baddbmm":
        operands = (*args[1:], *(kwargs[key] for key in ("batch1", "batch2") if key in kwargs))
        return _of_matrices(operands[:2], float(kwargs.get("alpha", 1.0)))
    if name == "einsum":
        factors = tuple(args[1]) if len(args) == 2 and isinstance(args[1], list | tuple) else tuple(args[1:])
        return _of_einsum(args[0], factors) if len(factors) == 2 else None
    return None


def _of_matrices(operands: Sequence[Any], factor: float) -> Product | None:
    if len(operands) < 2 or not all(isinstance(tensor, torch.Tensor) and tensor.ndim >= 2 for tensor in operands):
        return None
    return Product(operands[0], operands[1], operands[0], factor)


def _of_einsum(equation: str, operands: Sequence[torch.Tensor]) -> Product | None:
    """Return an einsum over one letter, with one letter of its own in each operand, as a product of matrices."""
    inputs, _, output = equation.replace(" ", "").partition("->")
    left, _, right = inputs.partition(",")
    if not output or any(len(set(term)) < len(term.replace("...", "")) for term in (left, right)):
        return None
    left, right, output = _without_dots((left, right, output), operands)
    summed = [letter for letter in left if letter in right and letter not in output]
    rows = [letter for letter in left if letter not in right]
    columns = [letter for letter in right if letter not in left]
    if not len(summed) == len(rows) == len(columns) == 1:
        return None
    shared = [letter for letter in output if letter in left and letter in right]
    return Product(
        operands[0].permute([left.index(letter) for letter in (*shared, *rows, *summed)]),
        operands[1].permute([right.index(letter) for letter in (*shared, *summed, *columns)]),
        operands[0],
    )


def _without_dots(terms: tuple[str, str, str], operands: Sequence[torch.Tensor]) -> tuple[str, str, str]:
    """Write the dimensions of an ellipsis as letters that the equation does not use."""
    left, right, output = terms
    if "..." not in left:
        return terms
    free = [letter for letter in _LETTERS.upper() if letter not in "".join(terms)]
    dots = "".join(free[: operands[0].ndim - len(left.replace("...", ""))])
    return left.replace("...", dots), right.replace("...", dots), output.replace("...", dots)
