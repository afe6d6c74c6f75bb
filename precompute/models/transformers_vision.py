"""Vision models of transformers: ViTs and the vision towers of image-text models."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol, cast

import numpy as np
import PIL.Image
import torch
import transformers

from precompute.capture.quiet import quiet_libraries
from precompute.errors import UnsupportedModelError
from precompute.models.loaded import torch_device
from precompute.models.pretrained import load_pretrained
from precompute.models.vision import Picture, Preprocessing, VisionModel


class ImageProcessor(Protocol):
    """The used part of transformers' image processors."""

    do_rescale: bool
    do_normalize: bool
    rescale_factor: float
    image_mean: Sequence[float]
    image_std: Sequence[float]

    def __call__(
        self, images: PIL.Image.Image, *, return_tensors: str, do_rescale: bool, do_normalize: bool
    ) -> Mapping[str, Any]:
        """Resize and crop; optionally rescale and normalize."""
        ...


def load(directory: Path, device: str, *, tower: str) -> VisionModel:
    """Load a network of the transformers class ``tower``, and its image processor, from a model directory.

    Raises
    ------
    UnsupportedModelError
        transformers cannot load it, it has no image processor, or its tokens are not a patch grid.
    RecipeError
        This machine has no such device.
    """
    target = torch_device(device)
    network = load_pretrained(getattr(transformers, tower).from_pretrained, directory).network
    return vision_model(network, load_processor(directory), target)


def vision_model(network: torch.nn.Module, processor: ImageProcessor, device: torch.device) -> VisionModel:
    """Combine a network and its image processor."""
    return VisionModel(network, lambda pixels: network(pixel_values=pixels), preprocessing_of(processor), device)


def preprocessing_of(processor: ImageProcessor) -> Preprocessing:
    """Split an image processor into resizing and cropping, then normalization."""

    def picture(image: PIL.Image.Image) -> Picture:
        made = processor(image, return_tensors="np", do_rescale=False, do_normalize=False)["pixel_values"][0]
        return np.ascontiguousarray(np.clip(np.rint(made), 0, 255).astype(np.uint8).transpose(1, 2, 0))

    return Preprocessing(
        picture,
        float(processor.rescale_factor) if processor.do_rescale else 1.0,
        tuple(processor.image_mean) if processor.do_normalize else (0.0,) * 3,
        tuple(processor.image_std) if processor.do_normalize else (1.0,) * 3,
    )


def load_processor(directory: Path) -> ImageProcessor:
    """Load the image processor of a model directory; UnsupportedModelError if there is none."""
    from_pretrained: Callable[..., object] = transformers.AutoImageProcessor.from_pretrained
    try:
        with quiet_libraries():
            processor = from_pretrained(directory, trust_remote_code=False, local_files_only=True)
    except (OSError, ValueError, ImportError) as error:
        raise UnsupportedModelError(
            f"The model directory {directory} has no image processor: save its preprocessor_config.json there."
        ) from error
    return cast(ImageProcessor, processor)
