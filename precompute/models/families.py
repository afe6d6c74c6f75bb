"""Which code loads a model directory: one entry a library and kind, one a vision tower."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from precompute.errors import UnsupportedModelError
from precompute.format.manifest import Modality

LOADERS: Mapping[tuple[str, Modality], str] = {
    ("transformers", "text"): "precompute.models.transformers_text",
    ("transformers", "image"): "precompute.models.transformers_vision",
    ("timm", "image"): "precompute.models.timm_vision",
}
"""Module of each library and kind; it has ``load(directory: Path, device: str) -> LoadedModel``."""

VISION_TOWERS: Mapping[str, str] = {
    "beit": "BeitModel",
    "clip": "CLIPVisionModel",
    "clip_vision_model": "CLIPVisionModel",
    "data2vec-vision": "Data2VecVisionModel",
    "deit": "DeiTModel",
    "dinov2": "Dinov2Model",
    "dinov2_with_registers": "Dinov2WithRegistersModel",
    "dinov3_vit": "DINOv3ViTModel",
    "ijepa": "IJepaModel",
    "siglip": "SiglipVisionModel",
    "siglip_vision_model": "SiglipVisionModel",
    "vit": "ViTModel",
    "vit_mae": "ViTModel",
    "vit_msn": "ViTMSNModel",
}
"""Class of transformers that reads images, by the ``model_type`` of config.json.

A masked autoencoder's own class shuffles patches and hides most of them; its encoder is a ViT that sees all, in order.
"""

_OF_IMAGES = frozenset({"image_size", "patch_size", "num_channels", "vision_config", "backbone_config"})
_OF_OTHERS = frozenset({"vocab_size", "num_mel_bins"})


def library_and_kind(config: Mapping[str, Any]) -> tuple[str, Modality]:
    """Tell from a config.json which library wrote it and what the model reads.

    timm names an ``architecture``; transformers names a ``model_type``.

    Raises
    ------
    UnsupportedModelError
        A model of transformers reads images, and none of :data:`VISION_TOWERS` can read them for it.
    """
    if "architecture" in config:
        return "timm", "image"
    model_type = config.get("model_type")
    if not isinstance(model_type, str):
        return "transformers", "text"
    if model_type in VISION_TOWERS:
        return "transformers", "image"
    encoder = config.get("encoder")
    if _reads_images(encoder if isinstance(encoder, Mapping) else config):
        raise UnsupportedModelError(
            f"A model of type {model_type} is no plain vision transformer that can be shown; "
            f"known are {', '.join(VISION_TOWERS)}."
        )
    return "transformers", "text"


def _reads_images(config: Mapping[str, Any]) -> bool:
    """Whether a model needs an image: language models that may look at one have a token that stands for it."""
    optional = any(name.startswith(("image_", "video_")) and "token" in name for name in config)
    return not optional and not _OF_IMAGES.isdisjoint(config) and _OF_OTHERS.isdisjoint(config)
