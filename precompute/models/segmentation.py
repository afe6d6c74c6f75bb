"""Segmentation models of transformers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import numpy as np
import PIL.Image
import torch
import transformers

from precompute.errors import UnknownModelError, UnsupportedModelError
from precompute.inputs.images import Mask
from precompute.models.directory import read_config
from precompute.models.hub import fetch_model, find_commit, is_hub_id
from precompute.models.loaded import torch_device
from precompute.models.pretrained import load_pretrained
from precompute.models.transformers_vision import load_processor
from precompute.models.weight_files import require_readable_weights

MAX_CLASSES = 256
"""Classes of a mask, whose pixels are one byte."""


@dataclass(frozen=True)
class Segmenter:
    """A loaded segmentation model.

    Attributes
    ----------
    classes : tuple of str
        Names by class number.
    logits : callable
        From an upright RGB picture to float32 [classes, rows, columns] over all of it, coarser than its pixels.
    """

    classes: tuple[str, ...]
    logits: Callable[[PIL.Image.Image], torch.Tensor]

    def mask(self, image: PIL.Image.Image) -> Mask:
        """Return the most likely class of every pixel of an upright RGB picture, uint8 [height, width].

        Logits are interpolated linearly between their centers.
        """
        logits = self.logits(image)[None]
        fine = torch.nn.functional.interpolate(logits, (image.height, image.width), mode="bilinear")
        mask: Mask = fine[0].argmax(dim=0).to("cpu", torch.uint8).numpy()
        return np.ascontiguousarray(mask)


def load_segmenter(spec: str, device: str = "cpu") -> Segmenter:
    """Load a segmentation model.

    Parameters
    ----------
    spec : str
        A directory with config.json, preprocessor_config.json and safetensors, or a Hub id, optionally with
        ``@REVISION``.

    Raises
    ------
    UnknownModelError
        There is no such model, or the download failed.
    UnsupportedModelError
        It is not a segmentation model of transformers, has no safetensors, or has more than 256 classes.
    RecipeError
        This machine has no such device.
    """
    target = torch_device(device)
    directory = _directory(spec)
    require_readable_weights(directory, read_config(directory))
    from_pretrained = transformers.AutoModelForSemanticSegmentation.from_pretrained
    network = load_pretrained(from_pretrained, directory, attention=None, optional_parts=frozenset()).network
    names = cast(Mapping[int, str], network.config.id2label)
    if len(names) > MAX_CLASSES:
        raise UnsupportedModelError(
            f"{spec!r} has {len(names)} classes; masks have at most {MAX_CLASSES}. Choose another model."
        )
    processor = cast(Any, load_processor(directory))
    # A mask covers the whole picture, so cropping is off; these models accept any size.
    whole = {"do_center_crop": False} if hasattr(processor, "do_center_crop") else {}
    network.to(target).eval()  # type: ignore[arg-type]

    def logits(image: PIL.Image.Image) -> torch.Tensor:
        pixels = processor(image, return_tensors="pt", **whole)["pixel_values"]
        with torch.inference_mode():
            found: torch.Tensor = network(pixel_values=pixels.to(target)).logits[0]
        return found.float()

    return Segmenter(tuple(names[number] for number in range(len(names))), logits)


def _directory(spec: str) -> Path:
    directory = Path(spec).expanduser()
    if spec and directory.is_dir():
        return directory
    hub_id, _, revision = spec.partition("@")
    if not is_hub_id(hub_id):
        raise UnknownModelError(f"No segmentation model {spec!r}: it is neither a directory nor a Hub id.")
    return fetch_model(hub_id, find_commit(hub_id, revision or None))
