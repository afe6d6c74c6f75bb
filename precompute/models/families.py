"""Which code loads a model directory: one entry a library and kind, one a vision tower."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from precompute.types import Kind

LOADERS: Mapping[tuple[str, Kind], str] = {
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
    "vit_msn": "ViTMSNModel",
}
"""Class of transformers that reads images, by the ``model_type`` of config.json."""


def library_and_kind(config: Mapping[str, Any]) -> tuple[str, Kind]:
    """Tell from a config.json which library wrote it and what the model reads.

    timm names an ``architecture``; transformers names a ``model_type``.
    """
    if "architecture" in config:
        return "timm", "image"
    return "transformers", "image" if config.get("model_type") in VISION_TOWERS else "text"
