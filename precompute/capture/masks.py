"""Masks of attention calls: as addends, by kind, and put together over instances."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import torch

from precompute.format.manifest import MaskKind
from precompute.numeric import Float32


def additive_mask(mask: torch.Tensor | None, is_causal: bool, length: int) -> torch.Tensor | None:
    """Turn the mask arguments of an attention call into one addend of the scores.

    Parameters
    ----------
    mask : Tensor, boolean (True = visible) or floating point (added), broadcastable to [B, H, length, length]
    is_causal : bool
        Hide keys after the query.
    length : int
        Tokens of a row.

    Returns
    -------
    float32 [1 or B, 1 or H, length, length] on the CPU, or None if nothing is masked
        -inf hides a key. Values near the lowest of their type mean "hidden" in most libraries and become -inf.
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


def mask_kind(mask: torch.Tensor | None) -> MaskKind:
    """Classify the mask of one instance, [1 or H, len, len]: hides nothing, hides later keys, or anything else.

    A single token's mask is ``full``: it has no later keys. :func:`combine_mask_kinds` knows.
    """
    if mask is None or not bool(mask.any()):
        return "full"
    causal = torch.zeros_like(mask).masked_fill(torch.ones_like(mask, dtype=torch.bool).triu(1), -torch.inf)
    return "causal" if torch.equal(mask, causal) else "stored"


def combine_mask_kinds(observed: Iterable[tuple[int, tuple[MaskKind, ...]]]) -> tuple[MaskKind, ...]:
    """Find one kind a layer that is true of all instances.

    A sliding window is causal in an instance shorter than the window and stored in a longer one: then the layer is
    stored, and :func:`dense_mask` gives the short instance's mask.

    Parameters
    ----------
    observed : iterable of (length, kinds)
        Tokens of an instance and its kind in every layer.

    Returns
    -------
    tuple of {"full", "causal", "stored"}
        One a layer; empty without instances.
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
    """Return the addend [1 or H, length, length] that a kind stands for; ``bias`` is that of a stored mask."""
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
