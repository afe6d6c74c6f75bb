"""Masks and boxes beside pictures."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import PIL.Image
import pytest

from precompute.errors import InputsError
from precompute.inputs import ImageInputs, load_inputs


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    for name in ("pets/a.jpg", "b.png"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        PIL.Image.new("RGB", (8, 6), "red").save(tmp_path / name)
    return tmp_path


def load(directory: Path) -> ImageInputs:
    inputs = load_inputs(str(directory))
    assert isinstance(inputs, ImageInputs)
    return inputs


def write_mask(directory: Path, mode: str = "L", size: tuple[int, int] = (8, 6)) -> None:
    mask = PIL.Image.new(mode, size)
    if mode == "P":
        mask.putpalette(bytes(range(256)) * 3)
    mask.paste(7, (2, 0, 8, 6))
    mask.paste(3, (6, 0, 8, 6))
    (directory / "masks" / "pets").mkdir(parents=True, exist_ok=True)
    mask.save(directory / "masks" / "pets" / "a.png")


def write(directory: Path, name: str, *lines: str) -> None:
    (directory / name).parent.mkdir(exist_ok=True)
    (directory / name).write_text("\n".join(lines), encoding="utf-8")


@pytest.mark.parametrize("mode", ["L", "P"])
def test_mask_pixels_are_class_numbers(directory: Path, mode: str) -> None:
    write_mask(directory, mode)
    write(directory, "masks/classes.csv", "class,name", "7,dog", "99,unused")
    inputs = load(directory)
    assert inputs.names == ("b.png", "pets/a.jpg")
    assert inputs.classes == ("background", "class 3", "dog")
    assert inputs.mask(0) is None
    mask = inputs.mask(1)
    assert mask is not None
    np.testing.assert_array_equal(mask, [[0, 0, 2, 2, 2, 2, 1, 1]] * 6)


def test_boxes_lie_over_each_other_in_order(directory: Path) -> None:
    write(
        directory,
        "objects.csv",
        "label, image ,left,top,right,bottom",
        "sky,b.png,,,,",
        "dog,b.png,1,2,5,100",
        "cat,b.png,4,-3,6,3",
    )
    inputs = load(directory)
    assert inputs.classes == ("background", "sky", "dog", "cat")
    mask = inputs.mask(0)
    assert mask is not None
    np.testing.assert_array_equal(mask[0], [1, 1, 1, 1, 3, 3, 1, 1])
    np.testing.assert_array_equal(mask[2], [1, 2, 2, 2, 3, 3, 1, 1])
    np.testing.assert_array_equal(mask[5], [1, 2, 2, 2, 2, 1, 1, 1])
    assert inputs.mask(1) is None


def test_labels_are_part_of_the_hash(directory: Path) -> None:
    hashes = {load(directory).sha256}
    write(directory, "objects.csv", "image,label", "b.png,dog")
    hashes.add(load(directory).sha256)
    write(directory, "objects.csv", "image,label", "b.png,cat")
    hashes.add(load(directory).sha256)
    write_mask(directory)
    hashes.add(load(directory).sha256)
    assert len(hashes) == 4


def test_mask_of_another_size_is_refused_by_name(directory: Path) -> None:
    write_mask(directory, size=(8, 7))
    with pytest.raises(InputsError, match=r"a\.png has 8 x 7 pixels, its upright picture has 8 x 6"):
        load(directory).mask(1)


def test_colour_mask_is_refused_by_name(directory: Path) -> None:
    (directory / "masks").mkdir()
    PIL.Image.new("RGB", (8, 6)).save(directory / "masks" / "b.png")
    with pytest.raises(InputsError, match=r"b\.png is no mask"):
        load(directory)


def test_broken_mask_is_refused_by_name(directory: Path) -> None:
    write(directory, "masks/b.png", "no picture")
    with pytest.raises(InputsError, match=r"b\.png cannot be read as a PNG mask"):
        load(directory)


@pytest.mark.parametrize(
    ("lines", "problem"),
    [
        (["image,name", "b.png,dog"], "needs the columns image, label; it has image, name"),
        ([""], "it has none"),
        (["image,label", "c.png,dog"], "line 2 names 'c.png', which is not in the directory"),
        (["image,label", "b.png,"], "line 2 has no label"),
        (["image,label,left", "b.png,dog,3"], "line 2 needs four numbers"),
        (["image,label,left,top,right,bottom", "b.png,dog,3,x,5,6"], "line 2 needs four numbers"),
        (["image,label,left,top,right,bottom", "b.png,dog,5,1,5,6"], "the box on line 2 is empty"),
        (["image,label,left,top,right,bottom", "b.png,dog,nan,1,5,6"], "the box on line 2 is empty"),
        (["image,label", 'b.png,"dog'], "line 2 is not regular CSV"),
    ],
)
def test_tables_that_make_no_sense_are_refused(directory: Path, lines: list[str], problem: str) -> None:
    write(directory, "objects.csv", *lines)
    with pytest.raises(InputsError, match=problem):
        load(directory)


def test_class_without_a_number_is_refused(directory: Path) -> None:
    write_mask(directory)
    write(directory, "masks/classes.csv", "class,name", "dog,7")
    with pytest.raises(InputsError, match="line 2 needs a class from 0 to 255 and a name"):
        load(directory)


def test_picture_with_mask_and_boxes_is_refused(directory: Path) -> None:
    write_mask(directory)
    write(directory, "objects.csv", "image,label", "pets/a.jpg,dog")
    with pytest.raises(InputsError, match=r"a\.jpg has both a mask and a row"):
        load(directory)
