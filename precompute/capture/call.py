"""One attention call of a running network, and the module that makes it."""

from __future__ import annotations

from dataclasses import dataclass

import torch

from precompute.attention.head import group_size
from precompute.errors import UnsupportedModelError


@dataclass(frozen=True)
class AttentionCall:
    """One self-attention call, on the CPU in float32.

    The pattern is softmax(cap(scale * q k^T) + mask), with ``sink`` added to every row as a logit.

    Attributes
    ----------
    module
        Class of the calling module.
    query : Tensor [B, H, T, d]
        After q norm and rotary embedding, before the scale.
    key : Tensor [B, H or fewer, T, d]
        Fewer heads where the call shares keys.
    value_norm : Tensor [B, H or fewer, T]
        L2 norm of the values.
    mask : Tensor [1 or B, 1 or H, T, T] or None
        Additive, biases included; -inf hides a key. None hides nothing.
    scale
        Factor of q k^T.
    cap
        The scaled scores x become cap * tanh(x / cap); None leaves them.
    sink : Tensor [H] or None
        Logit of a sink that is no token.
    layer
        The model's own number of the layer, if the calling module knows it.
    """

    module: str
    query: torch.Tensor
    key: torch.Tensor
    value_norm: torch.Tensor
    mask: torch.Tensor | None
    scale: float
    cap: float | None = None
    sink: torch.Tensor | None = None
    layer: int | None = None


@dataclass
class Caller:
    """One run of a module's forward. A module shared by several layers is entered once for each.

    Attributes
    ----------
    module
        Class of the module.
    layer
        Its ``layer_idx``, by which transformers numbers the layers of a model.
    """

    module: str
    layer: int | None = None
    called: bool = False

    def claim(self) -> None:
        """Note that the module made its attention call; UnsupportedModelError if it is not the first of its run."""
        if self.called:
            raise UnsupportedModelError(
                f"The model's {self.module} makes several attention calls a layer, so a head has no single pattern."
            )
        self.called = True


def repeat_heads(tensor: torch.Tensor, n_heads: int) -> torch.Tensor:
    """Repeat each key head once per query head that reads it, [B, n_kv_heads, ...] -> [B, n_heads, ...]."""
    return tensor.repeat_interleave(group_size(n_heads, tensor.shape[1]), dim=1)
