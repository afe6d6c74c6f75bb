"""The patch grid of a vision model is found, or the model refused."""

from __future__ import annotations

import pytest
import timm
import torch
from torch import Tensor, nn
from torch.nn.functional import scaled_dot_product_attention

from precompute.capture.patch_grid import PatchLayout, find_layout
from precompute.errors import NumericalError, UnsupportedModelError

CPU = torch.device("cpu")


class TinyViT(nn.Module):
    """One layer of attention over patches whose order and neighborhood a test chooses."""

    def __init__(self, patch: int = 8, stride: int = 8, n_prefix: int = 2, *, transposed: bool = False) -> None:
        super().__init__()
        self.project = nn.Conv2d(3, 16, patch, stride)
        self.prefix = nn.Parameter(torch.randn(1, n_prefix, 16))
        self.transposed = transposed

    def forward(self, pixels: Tensor) -> Tensor:
        patches = self.project(pixels)
        patches = (patches.transpose(2, 3) if self.transposed else patches).flatten(2).transpose(1, 2)
        heads = torch.cat([self.prefix.expand(len(pixels), -1, -1), patches], 1).unflatten(-1, (2, 8)).transpose(1, 2)
        return scaled_dot_product_attention(heads, heads, heads)


def test_grid_that_is_not_square() -> None:
    torch.manual_seed(0)
    assert find_layout(TinyViT(), 24, 56, CPU) == PatchLayout(n_prefix=2, rows=3, columns=7)
    assert find_layout(TinyViT(n_prefix=0), 8, 8, CPU) == PatchLayout(n_prefix=0, rows=1, columns=1)
    assert PatchLayout(2, 3, 7).n_tokens == 23


@pytest.mark.parametrize(
    "network", [TinyViT(patch=10, stride=6), TinyViT(transposed=True)], ids=["overlapping patches", "column by column"]
)
def test_tokens_that_are_no_grid_are_refused(network: nn.Module) -> None:
    with pytest.raises(UnsupportedModelError, match="no grid of patches"):
        find_layout(network, 40, 64, CPU)


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("swin_tiny_patch4_window7_224", "windows"),
        ("vit_base_r50_s16_224", "no grid of patches"),
        ("test_convnext", "no attention seen"),
    ],
)
def test_models_of_timm_that_are_no_plain_vit_are_refused(name: str, message: str) -> None:
    network = timm.create_model(name).train(False)
    for module in network.modules():
        if hasattr(module, "fused_attn"):
            module.fused_attn = True
    with pytest.raises(UnsupportedModelError, match=message):
        find_layout(network.forward_features, 224, 224, CPU)


def test_wrong_size_of_picture_is_refused() -> None:
    network = timm.create_model("vit_tiny_patch16_224", img_size=32, depth=1).train(False)
    with pytest.raises(UnsupportedModelError, match="cannot run on 48 x 48 pixels"):
        find_layout(network.forward_features, 48, 48, CPU)


def test_broken_weights_are_named_as_such() -> None:
    network = TinyViT()
    network.prefix.data[0, 0, 0] = torch.nan
    with pytest.raises(NumericalError, match="layer 0"):
        find_layout(network, 16, 16, CPU)
