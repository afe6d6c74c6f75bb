"""Masks of attention calls: additive form, kind, and kind over all instances."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import torch

from precompute.format.manifest import MaskKind
from precompute.numeric import Float32

_HIDDEN = -1000.0


def additive_mask(mask: torch.Tensor | None, is_causal: bool, length: int) -> torch.Tensor | None:
    """Return the additive mask of an attention call, float32 [1 or B, 1 or H, length, length] on the CPU.

    -inf hides a key; values near the lowest of their type, which most libraries use for "hidden", become -inf.
    None if nothing is masked.

    Parameters
    ----------
    mask : Tensor, boolean (True = visible) or floating point (added), broadcastable to [B, H, length, length]
    """
    if mask is None and not is_causal:
        return None
    addend = torch.zeros(1, 1, length, length)
    if mask is not None:
        mask = mask.cpu()
        if mask.dtype == torch.bool:
            given = torch.zeros(mask.shape).masked_fill(~mask, -torch.inf)
        else:
            given = mask.float().masked_fill(mask <= torch.finfo(mask.dtype).min / 2, -torch.inf)
        addend = addend + given
    if is_causal:
        addend = addend.masked_fill(~torch.ones(length, length, dtype=torch.bool).tril(), -torch.inf)
    return addend


def hide_lowest(addend: torch.Tensor, pattern: torch.Tensor) -> torch.Tensor:
    """Return an additive mask in which keys that a large negative number hides are at -inf.

    Models hide keys by the lowest float, -1e9 or -1e4; the pattern [..., T, T] is 0 there.
    """
    return addend.masked_fill(~(addend > _HIDDEN) & (pattern == 0), -torch.inf)


def shared_by_heads(addend: torch.Tensor) -> torch.Tensor:
    """Return an additive mask [1 or H, T, T] once if all heads agree."""
    first = addend[:1]
    # A copy, since a view would keep all heads in memory.
    return first.clone() if torch.equal(first.expand_as(addend), addend) else addend


def mask_kind(mask: torch.Tensor | None) -> MaskKind:
    """Return the kind of one instance's mask, [1 or H, len, len]; a single token has no later keys: ``full``."""
    if mask is None or not bool(mask.any()):
        return "full"
    causal = torch.zeros_like(mask).masked_fill(torch.ones_like(mask, dtype=torch.bool).triu(1), -torch.inf)
    return "causal" if torch.equal(mask, causal) else "stored"


def combine_mask_kinds(observed: Iterable[tuple[int, tuple[MaskKind, ...]]]) -> tuple[MaskKind, ...]:
    """Return one kind per layer that holds for all instances; empty without instances.

    A sliding window is causal in an instance shorter than the window and stored in a longer one: then the layer is
    stored, and :func:`dense_mask` returns the short instance's mask.

    Parameters
    ----------
    observed : iterable of (length, kinds)
        Tokens of an instance and its kind in every layer.
    """
    short: tuple[MaskKind, ...] = ()
    kinds_by_layer: list[set[MaskKind]] = []
    for length, kinds in observed:
        kinds_by_layer = kinds_by_layer or [set() for _ in kinds]
        short = kinds
        for layer, kind in enumerate(kinds):
            if length > 1 or kind == "stored":
                kinds_by_layer[layer].add(kind)
    return tuple(_only(kinds, default) for kinds, default in zip(kinds_by_layer, short, strict=True))


def dense_mask(kind: MaskKind, length: int, bias: Float32 | None = None) -> Float32:
    """Return the additive mask [1 or H, length, length] of a kind; ``bias`` holds the values of a stored mask."""
    if kind == "stored":
        if bias is None:
            raise ValueError("a stored mask needs its values")
        return bias
    mask = np.zeros((1, length, length), np.float32)
    if kind == "causal":
        mask[:, ~np.tri(length, dtype=bool)] = -np.inf
    return mask


def _only(kinds: set[MaskKind], default: MaskKind) -> MaskKind:
    if not kinds:
        return default
    return next(iter(kinds)) if len(kinds) == 1 else "stored"
