"""Attention that torch computes in one function, ``scaled_dot_product_attention``."""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch

from precompute.capture.call import AttentionCall, Caller, repeat_heads
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

    @property
    def is_cross(self) -> bool:
        """Whether queries and keys differ in number (cross-attention, pooling heads)."""
        return self.query.shape[-2] != self.key.shape[-2]


def read_sdpa(
    arguments: SdpaArguments, output: torch.Tensor, caller: Caller, batch_size: int, *, verify: bool
) -> AttentionCall:
    """Return the attention of one call.

    Parameters
    ----------
    verify
        Compare softmax(q k^T * scale + mask) v with the output.

    Raises
    ------
    UnsupportedModelError
        The module calls several times, or the call is not over whole instances, or ``verify`` finds a difference.
    """
    caller.claim()
    if arguments.query.ndim != 4 or arguments.query.shape[0] != batch_size:
        raise UnsupportedModelError(
            f"The model's {caller.module} attends inside windows or groups of tokens, not over the whole instance."
        )
    query, key, value = (tensor.float().cpu() for tensor in (arguments.query, arguments.key, arguments.value))
    scale = arguments.scale if arguments.scale is not None else 1 / math.sqrt(query.shape[-1])
    mask = additive_mask(arguments.attn_mask, arguments.is_causal, query.shape[-2])
    norms = value.norm(dim=-1, dtype=torch.float64).float()
    call = AttentionCall(caller.module, query, key, norms, mask, float(scale), layer=caller.layer)
    if verify:
        _check_output(call, value, output)
    return call


def _check_output(call: AttentionCall, value: torch.Tensor, output: torch.Tensor) -> None:
    """Compare the recorded call with its output, in rows that see at least one key."""
    n_heads = call.query.shape[1]
    key, value = (repeat_heads(tensor, n_heads) for tensor in (call.key, value))
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
