"""Vision models of every family that the project answers for: random weights, a fixed seed, pictures of few patches."""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from functools import cache

import numpy as np
import PIL.Image
import timm
import torch
from transformers import (
    AutoModel,
    BeitConfig,
    CLIPVisionConfig,
    Data2VecVisionConfig,
    DeiTConfig,
    Dinov2Config,
    Dinov2WithRegistersConfig,
    DINOv3ViTConfig,
    IJepaConfig,
    PretrainedConfig,
    SiglipVisionConfig,
    ViTConfig,
    ViTImageProcessor,
    ViTMSNConfig,
)

from precompute.models import timm_vision, transformers_vision
from precompute.models.vision import VisionModel


@dataclass(frozen=True)
class Expected:
    """Expected layout of a family: prefix tokens, rows and columns of patches."""

    prefix: tuple[str, ...]
    rows: int
    columns: int


@dataclass(frozen=True)
class Images:
    """Images and their columns, as a model is given them."""

    names: tuple[str, ...]
    columns: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    classes: tuple[str, ...] = ()

    def mask(self, _: int) -> None:
        return None

    def open(self, index: int) -> PIL.Image.Image:
        values = np.random.default_rng(index).integers(0, 256, (50 + 7 * index, 70, 3), dtype=np.uint8)
        return PIL.Image.fromarray(values)


IMAGES = Images(("one.png", "two.png", "three.png"))
REGISTERS = tuple(f"[REG {i}]" for i in range(1, 5))

_SMALL = {"hidden_size": 32, "num_hidden_layers": 3, "num_attention_heads": 4, "intermediate_size": 48}
_SQUARE = {**_SMALL, "image_size": 32, "patch_size": 8}

TRANSFORMERS: Mapping[str, tuple[PretrainedConfig, Expected]] = {
    "beit": (BeitConfig(**_SQUARE, use_relative_position_bias=True), Expected(("[CLS]",), 4, 4)),
    "clip": (CLIPVisionConfig(**_SQUARE), Expected(("[CLS]",), 4, 4)),
    "data2vec": (Data2VecVisionConfig(**_SQUARE, use_relative_position_bias=True), Expected(("[CLS]",), 4, 4)),
    "deit": (DeiTConfig(**_SQUARE), Expected(("[CLS]", "[DIST]"), 4, 4)),
    "dinov2": (Dinov2Config(**_SQUARE), Expected(("[CLS]",), 4, 4)),
    "dinov2-registers": (Dinov2WithRegistersConfig(**_SQUARE), Expected(("[CLS]", *REGISTERS), 4, 4)),
    "dinov3": (DINOv3ViTConfig(**_SQUARE, num_register_tokens=4), Expected(("[CLS]", *REGISTERS), 4, 4)),
    "ijepa": (IJepaConfig(**_SQUARE), Expected((), 4, 4)),
    "siglip": (SiglipVisionConfig(**_SQUARE), Expected((), 4, 4)),
    "vit": (ViTConfig(**_SQUARE), Expected(("[CLS]",), 4, 4)),
    "vit-msn": (ViTMSNConfig(**_SQUARE), Expected(("[CLS]",), 4, 4)),
    "vit-not-square": (ViTConfig(**{**_SQUARE, "image_size": [24, 40]}), Expected(("[CLS]",), 3, 5)),
}

_TIMM_SMALL = {"embed_dim": 32, "depth": 3, "num_heads": 4}

TIMM: Mapping[str, tuple[str, dict[str, object], Expected]] = {
    "vit": ("vit_tiny_patch16_224", {"img_size": 64}, Expected(("[CLS]",), 4, 4)),
    "vit-not-square": ("vit_tiny_patch16_224", {"img_size": (48, 80)}, Expected(("[CLS]",), 3, 5)),
    "vit-registers": ("vit_small_patch14_reg4_dinov2", {"img_size": 56}, Expected(("[CLS]", *REGISTERS), 4, 4)),
    "vit-without-cls": ("vit_base_patch16_siglip_224", {"img_size": 64}, Expected((), 4, 4)),
    "deit-distilled": ("deit_tiny_distilled_patch16_224", {"img_size": 64}, Expected(("[CLS]", "[DIST]"), 4, 4)),
    "beit": ("beit_base_patch16_224", {"img_size": 64}, Expected(("[CLS]",), 4, 4)),
}


def transformers_network(family: str, attention: str = "sdpa") -> torch.nn.Module:
    """Make a family's network of transformers; the same weights for every implementation of attention."""
    torch.manual_seed(7)
    network = AutoModel.from_config(deepcopy(TRANSFORMERS[family][0]), attn_implementation=attention).train(False)
    return _with_random_weights(network)


def timm_network(family: str) -> torch.nn.Module:
    """Make a family's network of timm."""
    name, arguments, _ = TIMM[family]
    torch.manual_seed(7)
    return _with_random_weights(timm.create_model(name, **_TIMM_SMALL, **arguments).train(False))


@cache
def transformers_model(family: str) -> VisionModel:
    """Make a family's loaded model, of transformers."""
    expected = TRANSFORMERS[family][1]
    processor = ViTImageProcessor(size={"height": 8 * expected.rows, "width": 8 * expected.columns})
    return transformers_vision.vision_model(transformers_network(family), processor, torch.device("cpu"))


@cache
def timm_model(family: str) -> VisionModel:
    """Make a family's loaded model, of timm."""
    return timm_vision.vision_model(timm_network(family), torch.device("cpu"))


def _with_random_weights(network: torch.nn.Module) -> torch.nn.Module:
    with torch.no_grad():
        for parameter in network.parameters():
            parameter.normal_(0.0, 0.3)
    return network
