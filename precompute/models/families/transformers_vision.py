"""Vision models of transformers: plain vision transformers and the vision towers of image-text models."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from precompute.errors import UnsupportedModelError
from precompute.models.directory import read_config
from precompute.models.registry import family

if TYPE_CHECKING:
    from precompute.models.vision import VisionModel

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


def recognizes(config: Mapping[str, Any]) -> bool:
    """Whether a config.json is of a supported vision transformer.

    Raises
    ------
    UnsupportedModelError
        The model reads images, and its type is not one of :data:`VISION_TOWERS`.
    """
    model_type = config.get("model_type")
    if not isinstance(model_type, str):
        return False
    if model_type in VISION_TOWERS:
        return True
    encoder = config.get("encoder")
    if _reads_images(encoder if isinstance(encoder, Mapping) else config):
        raise UnsupportedModelError(
            f"Model type {model_type} is not a supported vision transformer. Use one of {', '.join(VISION_TOWERS)}."
        )
    return False


@family("transformers-vision", library="transformers", kind="image", recognizes=recognizes)
def load(directory: Path, device: str) -> VisionModel:
    """Load a vision model; see :mod:`precompute.models.transformers_vision`."""
    from precompute.models import transformers_vision

    tower = VISION_TOWERS[read_config(directory)["model_type"]]
    return transformers_vision.load(directory, device, tower=tower)


def _reads_images(config: Mapping[str, Any]) -> bool:
    """Whether a model needs an image: language models with optional images have a token that represents one."""
    optional = any(name.startswith(("image_", "video_")) and "token" in name for name in config)
    return not optional and not _OF_IMAGES.isdisjoint(config) and _OF_OTHERS.isdisjoint(config)
