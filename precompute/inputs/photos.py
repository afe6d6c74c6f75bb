"""Photographs from an installed package, and a gallery of photographs and probes."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from importlib.util import find_spec
from itertools import product
from pathlib import Path

import PIL.Image

from precompute.errors import InputsError
from precompute.inputs.images import ImageInputs, ImageSource, Mask
from precompute.inputs.picture_file import read_picture
from precompute.inputs.probes import CLASSES, probe_columns, probes

PHOTOS = ("china.jpg", "flower.jpg")
"""In scikit-learn's folder of images, with their authors' names and licenses (CC BY)."""

DETAILS = 2
"""Details of a photograph, a side: squares half as high as the picture."""

GALLERY = (
    "hue gradient 135°",
    "hue mosaic 8 x 8",
    "brightness gradient 45°",
    "brightness mosaic 8 x 8",
    "sinusoid 4 cycles 45°",
    "shapes 1",
)
"""Probes of the gallery, one per kind."""


@dataclass(frozen=True)
class Photo:
    """A photograph, or a detail of it.

    Attributes
    ----------
    square : tuple of int or None
        Row and column of a detail; None is the whole photograph.
    """

    name: str
    path: Path
    square: tuple[int, int] | None = None

    @property
    def sha256(self) -> str:
        """Hash of the file's bytes and the square."""
        return hashlib.sha256(self.path.read_bytes() + repr(self.square).encode()).hexdigest()

    def open(self) -> PIL.Image.Image:
        """Decode the file and crop the detail."""
        image = read_picture(self.path)
        if self.square is None:
            return image
        row, column = self.square
        side = image.height // DETAILS
        left = column * (image.width - side) // (DETAILS - 1)
        return image.crop((left, row * side, left + side, (row + 1) * side))

    def mask(self) -> Mask | None:
        """Return None: photographs have no labels."""
        return None


def load_photos(name: str, limit: int | None) -> ImageInputs:
    """Return the photographs and their details; InputsError if their package is not installed."""
    files = _files()
    details = [
        Photo(f"{file.stem}, detail {1 + row * DETAILS + column}", file, (row, column))
        for file in files
        for row, column in product(range(DETAILS), repeat=2)
    ]
    return ImageInputs(name, name, tuple([*_whole(files), *details][:limit]))


def load_gallery(name: str, limit: int | None) -> ImageInputs:
    """Return a probe of every kind, then the whole photographs; InputsError if their package is not installed."""
    drawn = tuple(probe for probe in probes() if probe.name in GALLERY)
    photos = _whole(_files())
    columns = {"probe": (*probe_columns(drawn)["probe"], *("photo" for _ in photos))}
    sources: tuple[ImageSource, ...] = (*drawn, *photos)
    kept = {column: values[:limit] for column, values in columns.items()}
    return ImageInputs(name, name, sources[:limit], kept, CLASSES)


def _whole(files: list[Path]) -> list[Photo]:
    return [Photo(file.stem, file) for file in files]


def _files() -> list[Path]:
    """Return the photographs' paths without importing the package."""
    package = find_spec("sklearn")
    folders = (package.submodule_search_locations or []) if package else []
    files = [Path(folder, "datasets", "images", photo) for folder in folders for photo in PHOTOS]
    if not files or not all(file.is_file() for file in files):
        raise InputsError("The photographs come with scikit-learn, which is not installed: run make setup.")
    return files
