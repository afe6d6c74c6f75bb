"""Mask files for the pictures of a directory, written by a segmentation model."""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import PIL.Image

from precompute.errors import InputsError
from precompute.inputs.image_files import ImageFile, load_image_directory
from precompute.inputs.images import Mask
from precompute.inputs.object_labels import CLASSES, MASKS


def write_masks(
    directory: Path, classes: Sequence[str], mask_of: Callable[[PIL.Image.Image], Mask]
) -> Iterator[tuple[str, bool]]:
    """Write ``masks/`` beside the pictures. Existing masks stay, so an interrupted call can be resumed.

    Parameters
    ----------
    classes : sequence of str
        Names by class number, at most 256.
    mask_of : callable
        From an upright RGB picture to the class number of every pixel, uint8 [height, width].

    Yields
    ------
    tuple of str and bool
        A picture's path in the directory, and whether a mask was written; pictures with labels get none.

    Raises
    ------
    InputsError
        If there is no picture, existing masks have other classes, or the disk fails.
    """
    inputs = load_image_directory(directory.name, directory, None)
    with_names = _table(classes)
    names = directory / CLASSES
    try:
        if names.is_file() and names.read_text(encoding="utf-8") != with_names:
            raise InputsError(
                f"{names} names other classes: move the directory {MASKS} away, or label with the same model."
            )
        names.parent.mkdir(exist_ok=True)
        _replace(names, with_names.encode())
        for source in inputs.sources:
            made = source.mask() is None
            if made and isinstance(source, ImageFile):
                _write_mask(directory / MASKS / Path(source.key).with_suffix(".png"), mask_of(source.open()))
            yield source.name, made
    except OSError as error:
        raise InputsError(f"{directory / MASKS} cannot be written: {error.strerror}.") from error


def _write_mask(path: Path, mask: Mask) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    content = io.BytesIO()
    PIL.Image.fromarray(mask).save(content, "PNG", optimize=True)
    _replace(path, content.getvalue())


def _replace(path: Path, content: bytes) -> None:
    """Write a file atomically: a concurrent reader gets the old content or the new."""
    unfinished = path.with_name(f".{path.name}.{os.getpid()}")
    unfinished.write_bytes(content)
    unfinished.replace(path)


def _table(classes: Sequence[str]) -> str:
    text = io.StringIO()
    rows = csv.writer(text, lineterminator="\n")
    rows.writerow(("class", "name"))
    rows.writerows(enumerate(classes))
    return text.getvalue()
