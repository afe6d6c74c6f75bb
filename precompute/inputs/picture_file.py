"""Picture files: header checks, orientation, conversion to RGB."""

from __future__ import annotations

import struct
import warnings
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import PIL.Image
import PIL.ImageOps

from precompute.errors import InputsError

ENDINGS = (".jpg", ".jpeg", ".png", ".webp")

OTHER_ENDINGS = (".avif", ".bmp", ".gif", ".heic", ".heif", ".jp2", ".jxl", ".tif", ".tiff")
"""Unsupported picture formats, reported in a warning."""

MAX_PIXELS = 64_000_000
MAX_ASPECT = 20
"""Longest side over shortest; models scale the shortest side up to hundreds of pixels."""

_FORMATS = ("JPEG", "PNG", "WEBP")
_DECODE_ERRORS = (OSError, SyntaxError, ValueError, EOFError, struct.error)


@dataclass(frozen=True)
class PictureHeader:
    """Header of a picture file; ``width`` and ``height`` are as stored, before EXIF orientation."""

    width: int
    height: int
    animated: bool


def read_header(path: Path) -> PictureHeader:
    """Read and check the header of a picture file.

    Raises
    ------
    InputsError
        If it is not a JPEG, PNG or WebP picture, too large, or too elongated; the message names the file.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", PIL.Image.DecompressionBombWarning)
            with PIL.Image.open(path, formats=_FORMATS) as image:
                width, height = image.size
                animated = bool(getattr(image, "is_animated", False)) and image.format != "MPO"
    except PIL.Image.DecompressionBombError:
        raise InputsError(f"{path} has too many pixels: shrink it to at most {MAX_PIXELS // 10**6} million.") from None
    except _DECODE_ERRORS as error:
        raise InputsError(
            f"{path} cannot be read as a JPEG, PNG or WebP picture: replace it or remove it from the directory."
        ) from error
    if width * height > MAX_PIXELS:
        raise InputsError(
            f"{path} has {width} x {height} pixels: shrink it to at most {MAX_PIXELS // 10**6} million pixels."
        )
    if max(width, height) > MAX_ASPECT * min(width, height):
        raise InputsError(
            f"{path} is {width} x {height} pixels, more than {MAX_ASPECT} times as long as wide: crop it."
        )
    return PictureHeader(width, height, animated)


def read_picture(path: Path) -> PIL.Image.Image:
    """Decode a picture file that :func:`read_header` accepts.

    The first frame of an animation, in its EXIF orientation, converted by :func:`as_rgb`.

    Raises
    ------
    InputsError
        If it is damaged; the message names the file.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with PIL.Image.open(path, formats=_FORMATS) as image:
                image.load()
                return as_rgb(PIL.ImageOps.exif_transpose(image))
    except (*_DECODE_ERRORS, PIL.Image.DecompressionBombError) as error:
        raise InputsError(f"{path} is damaged: replace it or remove it from the directory.") from error


def as_rgb(image: PIL.Image.Image) -> PIL.Image.Image:
    """Convert a picture to RGB.

    Gray of 16 bits keeps its upper 8; transparent pixels are composed on white; CMYK is converted without a color
    profile.
    """
    if image.mode.startswith("I"):
        gray = np.clip(np.asarray(image, np.int64) >> 8, 0, 255).astype(np.uint8)
        return PIL.Image.fromarray(gray).convert("RGB")
    if image.has_transparency_data:
        overlay = image.convert("RGBA")
        ground = PIL.Image.new("RGBA", overlay.size, "white")
        return PIL.Image.alpha_composite(ground, overlay).convert("RGB")
    return image.convert("RGB")
