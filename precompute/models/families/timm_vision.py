"""Vision models of timm, whose config.json names an ``architecture``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from precompute.models.registry import family

if TYPE_CHECKING:
    from precompute.models.vision import VisionModel


@family("timm-vision", library="timm", kind="image", recognizes=lambda config: "architecture" in config)
def load(directory: Path, device: str) -> VisionModel:
    """Load a timm model; see :mod:`precompute.models.timm_vision`."""
    from precompute.models import timm_vision

    return timm_vision.load(directory, device)
