"""Vision models of timm."""

from __future__ import annotations

import difflib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import PIL.Image
import timm
import torch
from timm.data.config import resolve_model_data_config
from timm.data.transforms_factory import create_transform
from timm.layers.config import set_fused_attn

from precompute.capture.quiet import quiet_libraries
from precompute.errors import UnknownModelError, UnsupportedModelError
from precompute.models.loaded import torch_device
from precompute.models.vision import Picture, Preprocessing, VisionModel


def load(directory: Path, device: str) -> VisionModel:
    """Load a network from a directory in timm's Hub format (config.json with ``architecture``, model.safetensors).

    Raises
    ------
    UnsupportedModelError
        timm cannot load it, or its tokens are not a patch grid.
    RecipeError
        This machine has no such device.
    """
    target = torch_device(device)
    if not (directory / "model.safetensors").is_file():
        raise UnsupportedModelError(f"The timm model directory {directory} has no model.safetensors.")
    try:
        with quiet_libraries():
            set_fused_attn(enable=True, experimental=True)
            network = timm.create_model(f"local-dir:{directory}", pretrained=True)
    except Exception as error:  # a foreign library: any error means that the model cannot be loaded
        raise UnsupportedModelError(
            f"timm cannot load the model in {directory}: its weights do not fit its config.json, "
            "or timm does not know the architecture. Update timm, or choose another model."
        ) from error
    return vision_model(network, target)


def vision_model(network: torch.nn.Module, device: torch.device) -> VisionModel:
    """Combine a timm network with its preprocessing; its classification head is not run."""
    run: Callable[[torch.Tensor], object] = getattr(network, "forward_features", network)
    return VisionModel(network, run, preprocessing_of(network), device)


def preprocessing_of(network: torch.nn.Module) -> Preprocessing:
    """Return size, crop, interpolation, mean and standard deviation from the pretrained configuration."""
    resolve: Callable[[torch.nn.Module], dict[str, Any]] = resolve_model_data_config
    configuration = resolve(network)
    built_for = getattr(getattr(network, "patch_embed", None), "img_size", None)
    if isinstance(built_for, tuple):
        configuration["input_size"] = (3, *built_for)
    transform = create_transform(**configuration, is_training=False, normalize=False)

    def picture(image: PIL.Image.Image) -> Picture:
        return np.ascontiguousarray(transform(image).numpy().transpose(1, 2, 0))

    return Preprocessing(picture, 1 / 255, tuple(configuration["mean"]), tuple(configuration["std"]))


def hub_id_of(name: str) -> str:
    """Return the Hub id of a timm model, named with or without a tag: ``vit_base_patch32_224.augreg_in21k``.

    UnknownModelError if timm has no such model, or no pretrained weights of it on the Hub.
    """
    if not timm.is_model(name):
        near = difflib.get_close_matches(name.partition(".")[0], timm.list_models(), n=3)
        hint = f"; near names: {', '.join(near)}" if near else ""
        raise UnknownModelError(f"timm has no model {name!r}{hint}.")
    try:
        configuration = timm.get_pretrained_cfg(name)
    except RuntimeError as error:
        raise UnknownModelError(f"timm has no weights {name!r}: check the tag after the dot.") from error
    hub_id = configuration.hf_hub_id if configuration is not None else None
    if not isinstance(hub_id, str) or not hub_id:
        raise UnknownModelError(f"timm has no pretrained weights of {name!r} on a model hub.")
    return hub_id
