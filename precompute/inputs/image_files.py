"""Directories of pictures as inputs."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from pathlib import Path

import PIL.Image

from precompute.errors import InputsError
from precompute.inputs.columns import column_problems
from precompute.inputs.images import ImageInputs, Mask
from precompute.inputs.object_labels import MASKS, ObjectLabels, read_object_labels
from precompute.inputs.picture_file import ENDINGS, OTHER_ENDINGS, read_header, read_picture
from precompute.inputs.text import printable_name, slug_of

FOLDER = "folder"
"""Column that holds the sub-folder of every image, when there are any."""

_NO_LABELS = ObjectLabels()


@dataclass(frozen=True)
class ImageFile:
    """A picture file; ``key`` is its path in the directory, ``labels`` are the directory's."""

    key: str
    path: Path
    labels: ObjectLabels = _NO_LABELS

    @property
    def name(self) -> str:
        """Path in the directory, printable."""
        return printable_name(self.key)

    @property
    def sha256(self) -> str:
        """Hash of the file's bytes and its object labels."""
        try:
            content = hashlib.sha256(self.path.read_bytes()).hexdigest()
        except OSError as error:
            raise InputsError(f"{self.path} cannot be read: {error.strerror}.") from error
        return hashlib.sha256(f"{content} {self.labels.fingerprint(self.key)}".encode()).hexdigest()

    def open(self) -> PIL.Image.Image:
        """Decode the file."""
        return read_picture(self.path)

    def mask(self) -> Mask | None:
        """Return the object class of every pixel, or None without labels."""
        return self.labels.mask(self.key, *self.open().size) if self.labels.classes else None


def load_image_directory(name: str, path: Path, limit: int | None) -> ImageInputs:
    """Read the pictures of a directory and its sub-folders, except hidden ones and the folder ``masks``.

    Parameters
    ----------
    limit : int or None
        Only the first pictures, at least 1, in natural order of their names.

    Raises
    ------
    InputsError
        If there is no picture, or one cannot be used; the message names it.
    """
    files = sorted(_files(path), key=lambda file: _natural(file.relative_to(path).as_posix()))
    pictures = {file.relative_to(path).as_posix(): file for file in files if file.suffix.lower() in ENDINGS}
    others = {file.relative_to(path).as_posix(): file for file in files if file.suffix.lower() in OTHER_ENDINGS}
    kept = dict(list(pictures.items())[:limit])
    if not kept:
        raise InputsError(f"{path} has no picture that ends in {', '.join(ENDINGS)}.")
    headers = {key: read_header(file) for key, file in kept.items()}
    labels = read_object_labels(path, tuple(kept), (*pictures, *others))
    folders = tuple(printable_name(Path(key).parent.as_posix()).removeprefix(".") for key in kept)
    columns = {FOLDER: folders} if any(folders) else {}
    warnings = [f"{path / key} is animated: only its first frame is used." for key, h in headers.items() if h.animated]
    if others:
        example = printable_name(next(iter(others.values())).name)
        warnings.append(f"{len(others)} pictures in other formats are ignored, such as {example}.")
    return ImageInputs(
        name=name,
        slug=slug_of(name),
        sources=tuple(ImageFile(key, file, labels) for key, file in kept.items()),
        columns=columns,
        classes=labels.classes,
        warnings=(*warnings, *labels.warnings, *column_problems(columns)),
    )


def _files(directory: Path) -> list[Path]:
    try:
        found = [file for file in directory.rglob("*") if file.is_file()]
    except OSError as error:
        raise InputsError(f"{directory} cannot be read: {error.strerror}.") from error
    return [file for file in found if not _left_out(file.relative_to(directory))]


def _left_out(relative: Path) -> bool:
    return relative.parts[0] == MASKS or any(part.startswith(".") for part in relative.parts)


def _natural(name: str) -> list[tuple[int, str]]:
    """Return a sort key that orders ``img2`` before ``img10``."""
    parts = re.findall(r"\d+|\D+", name.casefold())
    return [(int(part), "") if part.isdecimal() else (-1, part) for part in parts]
