"""A config.json determines the library of its model, and whether it reads sentences or pictures."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from transformers import (
    ASTConfig,
    BertConfig,
    BltConfig,
    ConvNextConfig,
    Gemma3Config,
    LayoutLMv3Config,
    LlavaConfig,
    PretrainedConfig,
    ResNetConfig,
    Siglip2Config,
    SwinConfig,
    VisionEncoderDecoderConfig,
    VJEPA2Config,
    YolosConfig,
)

from precompute.errors import UnsupportedModelError
from precompute.models.directory import read_config
from precompute.models.families.transformers_vision import VISION_TOWERS
from precompute.models.registry import family_of
from precompute.models.source import resolve_model
from tests.contract.tiny_text import FAMILIES
from tests.contract.tiny_vision import TRANSFORMERS

UNKNOWN = {
    "convnext": ConvNextConfig(hidden_sizes=[8, 16, 24, 32], depths=[1, 1, 1, 1]),
    "resnet": ResNetConfig(),
    "siglip2": Siglip2Config(),
    "swin": SwinConfig(embed_dim=16, depths=[1, 1], num_heads=[2, 2], image_size=32),
    "vision-encoder-decoder": VisionEncoderDecoderConfig(
        encoder=SwinConfig().to_dict(), decoder=BertConfig(is_decoder=True).to_dict()
    ),
    "vjepa2": VJEPA2Config(),
    "yolos": YolosConfig(),
}
NOT_OF_IMAGES_ALONE = {
    **FAMILIES,
    "audio-spectrogram-transformer": ASTConfig(),
    "blt": BltConfig(),
    "gemma3": Gemma3Config(),
    "layoutlmv3": LayoutLMv3Config(),
    "llava": LlavaConfig(),
}


def found(config: PretrainedConfig, directory: Path) -> tuple[str, str]:
    config.save_pretrained(directory)
    return library_and_kind(read_config(directory))


def library_and_kind(config: Mapping[str, Any]) -> tuple[str, str]:
    family = family_of(config)
    return family.library, family.kind


@pytest.mark.parametrize("model_type", UNKNOWN)
def test_unknown_models_of_images_are_refused_by_their_type(model_type: str, tmp_path: Path) -> None:
    UNKNOWN[model_type].save_pretrained(tmp_path)
    with pytest.raises(UnsupportedModelError) as refused:
        resolve_model(str(tmp_path))
    sentence = str(refused.value)
    assert sentence.startswith(f"Model type {model_type} is not a supported vision transformer. Use one of")
    assert all(name in sentence for name in VISION_TOWERS)


@pytest.mark.parametrize("family", NOT_OF_IMAGES_ALONE)
def test_models_of_text_or_sound_are_not_taken_for_models_of_images(family: str, tmp_path: Path) -> None:
    assert found(NOT_OF_IMAGES_ALONE[family], tmp_path) == ("transformers", "text")


@pytest.mark.parametrize("family", TRANSFORMERS)
def test_registered_models_read_images(family: str, tmp_path: Path) -> None:
    assert found(TRANSFORMERS[family][0], tmp_path) == ("transformers", "image")


def test_library_is_told_by_what_it_writes() -> None:
    assert library_and_kind({"architecture": "vit_tiny_patch16_224", "num_classes": 10}) == ("timm", "image")
    assert library_and_kind({}) == library_and_kind({"model_type": ["vit"]}) == ("transformers", "text")
