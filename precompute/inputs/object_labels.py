"""Object labels of the pictures of a directory: masks, or a table of boxes."""

from __future__ import annotations

import csv
import hashlib
import io
import math
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

import numpy as np
import PIL.Image

from precompute.errors import InputsError
from precompute.inputs.images import Mask
from precompute.inputs.picture_file import ENDINGS, OTHER_ENDINGS
from precompute.inputs.readers import read_utf8
from precompute.inputs.text import printable_name

MASKS = "masks"
"""Sub-directory of masks: ``masks/a/b.png`` belongs to ``a/b.jpg``. Its pixels (gray or palette) are class numbers."""

CLASSES = "masks/classes.csv"
"""Optional names of class numbers: columns ``class`` and ``name``."""

OBJECTS = "objects.csv"
"""Boxes in pixels of the upright picture: columns ``image``, ``label`` and, unless the label is of the whole picture,
``left``, ``top``, ``right``, ``bottom``. Later rows lie over earlier ones."""

BACKGROUND = "background"

_SIDES = ("left", "top", "right", "bottom")
_MAX_CLASSES = 256


@dataclass(frozen=True)
class Box:
    """A labeled rectangle of a picture.

    Attributes
    ----------
    sides : tuple of float or None
        Left, top, right, bottom in pixels; None is the whole picture.
    line : int
        Of ``objects.csv``; not part of the fingerprint.
    """

    label: str
    sides: tuple[float, float, float, float] | None
    line: int = field(repr=False)


@dataclass(frozen=True)
class ObjectLabels:
    """Object labels of the pictures of one directory.

    Attributes
    ----------
    classes : tuple of str
        ``background`` first; empty when no picture is labeled.
    masks : mapping of str to Path
        Mask file by picture.
    numbers : mapping of int to int
        From a mask's class number to the index in ``classes``.
    boxes : mapping of str to tuple of Box
        By picture.
    warnings : tuple of str
        One sentence each.
    """

    classes: tuple[str, ...] = ()
    masks: Mapping[str, Path] = field(default_factory=dict)
    numbers: Mapping[int, int] = field(default_factory=dict)
    boxes: Mapping[str, tuple[Box, ...]] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()

    def fingerprint(self, picture: str) -> str:
        """Return the hash of a picture's labels, empty without labels."""
        if picture in self.masks:
            return hashlib.sha256(self.masks[picture].read_bytes()).hexdigest()
        boxes = self.boxes.get(picture)
        return hashlib.sha256(repr(boxes).encode()).hexdigest() if boxes else ""

    def mask(self, picture: str, width: int, height: int) -> Mask | None:
        """Return the class of every pixel of a picture, or None without labels.

        Parameters
        ----------
        picture : str
            Path in the directory.
        width, height : int
            Of the upright picture.

        Raises
        ------
        InputsError
            If its mask has another size, or a box covers none of its pixels.
        """
        if picture in self.masks:
            numbers = _read_mask(self.masks[picture])
            if numbers.shape != (height, width):
                found = f"{numbers.shape[1]} x {numbers.shape[0]}"
                raise InputsError(
                    f"{self.masks[picture]} has {found} pixels, its upright picture has {width} x {height}."
                )
            table = np.zeros(_MAX_CLASSES, np.uint8)
            table[list(self.numbers)] = list(self.numbers.values())
            return table[numbers]
        if picture not in self.boxes:
            return None
        mask = np.zeros((height, width), np.uint8)
        for box in self.boxes[picture]:
            left, top, right, bottom = box.sides or (0, 0, width, height)
            inside = np.s_[max(round(top), 0) : max(round(bottom), 0), max(round(left), 0) : max(round(right), 0)]
            if mask[inside].size == 0:
                raise InputsError(
                    f"{OBJECTS}: the box on line {box.line} covers no pixel of {picture}, which has {width} x {height} "
                    "upright: correct its sides or remove the line."
                )
            mask[inside] = self.classes.index(box.label)
        return mask


def read_object_labels(directory: Path, wanted: Sequence[str], known: Sequence[str]) -> ObjectLabels:
    """Read the masks and boxes of a directory.

    Parameters
    ----------
    wanted : sequence of str
        Pictures whose labels are needed, by their path in the directory.
    known : sequence of str
        All its pictures, including those that are not used: labels of these are not an error.

    Raises
    ------
    InputsError
        If a mask or table cannot be read, a row names no picture of the directory, a picture has both, or there are too
        many classes.
    """
    available, warnings = _find_masks(directory, known)
    masks = {name: available[_stem(name)] for name in wanted if _stem(name) in available}
    found: set[int] = set()
    for path in masks.values():
        found.update(int(number) for number in np.unique(_read_mask(path)))
    names = _class_names(directory / CLASSES)
    boxes = _read_boxes(directory / OBJECTS, known)
    for name in boxes.keys() & masks.keys():
        raise InputsError(f"{directory / name} has both a mask and a row in {OBJECTS}: keep one of them.")
    named = {number: names.get(number, f"class {number}") for number in sorted(found)}
    kept = frozenset(wanted)
    used = [*named.values(), *(box.label for name in boxes if name in kept for box in boxes[name])]
    classes = tuple(dict.fromkeys([BACKGROUND, *used])) if used else ()
    if len(classes) > _MAX_CLASSES:
        raise InputsError(f"{directory} has {len(classes)} object classes; use at most {_MAX_CLASSES}.")
    numbers = {number: classes.index(name) for number, name in named.items()}
    return ObjectLabels(classes, masks, numbers, boxes, warnings)


def _stem(name: str) -> str:
    """Return a path without its ending, which a picture and its mask share."""
    return PurePosixPath(name).with_suffix("").as_posix()


def _find_masks(directory: Path, known: Sequence[str]) -> tuple[dict[str, Path], tuple[str, ...]]:
    """Return masks by the stem of their picture, and warnings about masks without a picture."""
    root = directory / MASKS
    files = {path.relative_to(root).as_posix(): path for path in sorted(root.rglob("*")) if path.is_file()}
    pictures = {
        name: path
        for name, path in files.items()
        if path.suffix.lower() in (*ENDINGS, *OTHER_ENDINGS) and not name.startswith(".") and "/." not in name
    }
    # b.png is sorted after b.PNG, so it is taken where both are there.
    masks = {_stem(name): name for name, path in pictures.items() if path.suffix.lower() == ".png"}
    taken = {stem: masks[stem] for stem in map(_stem, known) if stem in masks}
    unused = sorted(pictures.keys() - taken.values())
    return {stem: files[name] for stem, name in taken.items()}, _unused_masks(unused, known, taken.keys())


def _unused_masks(unused: Sequence[str], known: Sequence[str], taken: Collection[str]) -> tuple[str, ...]:
    if not unused:
        return ()
    first = f"{MASKS}/{unused[0]}"
    what = (
        f"{first} belongs to no picture and is ignored"
        if len(unused) == 1
        else f"{len(unused)} masks belong to no picture and are ignored, such as {first}"
    )
    unmasked = [name for name in known if _stem(name) not in taken]
    alike = [name for name in unmasked if PurePosixPath(name).stem == PurePosixPath(unused[0]).stem]
    meant = next(iter((*alike, *unmasked)), None)
    due = "" if meant is None else f": the mask of {meant} would be {MASKS}/{_stem(meant)}.png"
    return (printable_name(f"{what}{due}."),)


def _read_mask(path: Path) -> Mask:
    try:
        with PIL.Image.open(path, formats=("PNG",)) as image:
            if image.mode not in {"L", "P", "1"}:
                raise InputsError(
                    f"{path} is not a mask: save it as a gray or palette PNG whose pixels are class numbers."
                )
            return np.asarray(image).astype(np.uint8)
    except (OSError, SyntaxError, ValueError, PIL.Image.DecompressionBombError) as error:
        raise InputsError(f"{path} cannot be read as a PNG mask: replace it or remove it.") from error


def _class_names(path: Path) -> dict[int, str]:
    names = {0: BACKGROUND}
    if not path.is_file():
        return names
    for line, row in _rows(path, ("class", "name")):
        number = row["class"]
        if not (number.isascii() and number.isdigit() and int(number) < _MAX_CLASSES and row["name"]):
            raise InputsError(f"{path}: line {line} needs a class from 0 to {_MAX_CLASSES - 1} and a name.")
        names[int(number)] = row["name"]
    return names


def _read_boxes(path: Path, known: Sequence[str]) -> dict[str, tuple[Box, ...]]:
    names = {printable_name(name): name for name in known}
    boxes: dict[str, tuple[Box, ...]] = {}
    if not path.is_file():
        return boxes
    for line, row in _rows(path, ("image", "label")):
        if not row["label"]:
            raise InputsError(f"{path}: line {line} has no label: add one.")
        name = names.get(PurePosixPath(row["image"]).as_posix())
        if name is None:
            raise InputsError(
                f"{path}: line {line} names {row['image']!r}, which is not a picture of the directory: "
                f"write a path such as {next(iter(names))!r}."
            )
        boxes[name] = (*boxes.get(name, ()), Box(row["label"], _sides(path, line, row), line))
    return boxes


def _sides(path: Path, line: int, row: Mapping[str, str]) -> tuple[float, float, float, float] | None:
    cells = [row.get(side, "") for side in _SIDES]
    if not any(cells):
        return None
    try:
        left, top, right, bottom = (float(cell) for cell in cells)
    except ValueError:
        raise InputsError(f"{path}: line {line} needs four numbers, {', '.join(_SIDES)}, or none.") from None
    if not (left < right and top < bottom and all(map(math.isfinite, (left, top, right, bottom)))):
        raise InputsError(f"{path}: the box on line {line} is empty: correct or remove it.")
    return left, top, right, bottom


def _rows(path: Path, required: tuple[str, ...]) -> Iterator[tuple[int, dict[str, str]]]:
    """Yield line numbers and stripped cells by column of a table with a header."""
    reader = csv.reader(io.StringIO(read_utf8(path), newline=""), strict=True)
    try:
        header = [cell.strip() for cell in next(reader, [])]
        if not set(required) <= set(header):
            raise InputsError(f"{path} needs the columns {', '.join(required)}; it has {', '.join(header) or 'none'}.")
        for cells in reader:
            if cells:
                padded = [*cells, *[""] * (len(header) - len(cells))]
                row = {name: printable_name(cell.strip()) for name, cell in zip(header, padded, strict=False)}
                yield reader.line_num, row
    except csv.Error as error:
        raise InputsError(f"{path}: line {reader.line_num} is not valid CSV: check its quotes.") from error
