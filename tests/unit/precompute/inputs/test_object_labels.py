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
    made = tmp_path / "pictures"
    for name in ("pets/a.jpg", "b.png"):
        (made / name).parent.mkdir(parents=True, exist_ok=True)
        PIL.Image.new("RGB", (8, 6), "red").save(made / name)
    return made


def load(directory: Path, limit: int | None = None) -> ImageInputs:
    inputs = load_inputs(str(directory), limit=limit)
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


@pytest.mark.parametrize("name", ["./b.png", "b.png/", ".//b.png", "b.png/."])
def test_other_spellings_of_a_path_name_the_same_picture(directory: Path, name: str) -> None:
    write(directory, "objects.csv", "image,label,left,top,right,bottom", f"{name},dog,0,0,4,6", "b.png,cat,4,0,8,6")
    inputs = load(directory)
    assert inputs.classes == ("background", "dog", "cat")
    mask = inputs.mask(0)
    assert mask is not None
    np.testing.assert_array_equal(mask, [[1, 1, 1, 1, 2, 2, 2, 2]] * 6)


@pytest.mark.parametrize(
    "sides",
    ["8,0,12,6", "-5,0,0,6", "0,6,8,9", "0,-9,8,-1", "3.1,0,3.4,6"],
    ids=["right", "left", "below", "above", "between pixels"],
)
def test_box_without_a_pixel_is_refused_by_line(directory: Path, sides: str) -> None:
    write(directory, "objects.csv", "image,label,left,top,right,bottom", "b.png,dog,0,0,4,6", f"b.png,cat,{sides}")
    with pytest.raises(InputsError, match=r"box on line 3 covers no pixel of b\.png, which has 8 x 6 upright: correct"):
        load(directory).mask(0)


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


def test_color_mask_is_refused_by_name(directory: Path) -> None:
    (directory / "masks").mkdir()
    PIL.Image.new("RGB", (8, 6)).save(directory / "masks" / "b.png")
    with pytest.raises(InputsError, match=r"b\.png is not a mask"):
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
        (["image,label", "b.png,dog", "c.png,dog"], "line 3 names 'c.png', which is not a picture .* such as 'b.png'"),
        (["image,label", "notes.txt,dog"], "line 2 names 'notes.txt', which is not a picture"),
        (["image,label", "masks/pets/a.png,dog"], "line 2 names 'masks/pets/a.png', which is not a picture"),
        (["image,label", "pets/../b.png,dog"], r"line 2 names 'pets/\.\./b.png', which is not a picture"),
        (["image,label", "../b.png,dog"], r"line 2 names '\.\./b.png', which is not a picture"),
        (["image,label", ",dog"], "line 2 names '', which is not a picture"),
        (["image,label", "b.png,"], "line 2 has no label"),
        (["image,label,left", "b.png,dog,3"], "line 2 needs four numbers"),
        (["image,label,left,top,right,bottom", "b.png,dog,3,x,5,6"], "line 2 needs four numbers"),
        (["image,label,left,top,right,bottom", "b.png,dog,5,1,5,6"], "the box on line 2 is empty"),
        (["image,label,left,top,right,bottom", "b.png,dog,nan,1,5,6"], "the box on line 2 is empty"),
        (["image,label", 'b.png,"dog'], "line 2 is not valid CSV"),
    ],
)
def test_tables_that_make_no_sense_are_refused(directory: Path, lines: list[str], problem: str) -> None:
    write_mask(directory)
    write(directory, "notes.txt", "a dog")
    PIL.Image.new("RGB", (8, 6)).save(directory.parent / "b.png")
    write(directory, "objects.csv", *lines)
    with pytest.raises(InputsError, match=problem):
        load(directory)


def test_labels_of_pictures_that_are_left_out_are_no_mistake(directory: Path) -> None:
    PIL.Image.new("RGB", (8, 6)).save(directory / "c.tif")
    PIL.Image.new("RGB", (8, 6)).save(directory / "d.gif")
    write_mask(directory)
    PIL.Image.new("L", (8, 6)).save(directory / "masks" / "d.png")
    write(directory, "objects.csv", "image,label,left,top,right,bottom", "c.tif,dog,100,0,200,10", "b.png,sky,,,,")
    limited = load(directory, limit=1)
    assert (limited.names, limited.classes) == (("b.png",), ("background", "sky"))
    assert limited.warnings == ("2 pictures in other formats are ignored, such as c.tif.",)
    write(directory, "objects.csv", "image,label", "pets/a.jpg,dog")
    (directory / "masks" / "pets" / "a.png").unlink()
    assert load(directory, limit=1).classes == ()


@pytest.mark.parametrize("ending", [".PNG", ".Png"])
def test_ending_of_a_mask_may_have_any_case(directory: Path, ending: str) -> None:
    write_mask(directory)
    mask = directory / "masks" / "pets" / "a.png"
    mask.rename(mask.with_suffix(ending))
    inputs = load(directory)
    assert (inputs.classes, inputs.warnings) == (("background", "class 3", "class 7"), ())
    assert inputs.mask(1) is not None


def test_mask_named_as_it_should_be_comes_first(directory: Path) -> None:
    write_mask(directory)
    PIL.Image.new("L", (8, 6), 9).save(directory / "masks" / "pets" / "a.PNG", "PNG")
    inputs = load(directory)
    assert inputs.classes == ("background", "class 3", "class 7")
    assert inputs.warnings[0].startswith("masks/pets/a.PNG belongs to no picture and is ignored")


@pytest.mark.parametrize(
    ("name", "picture", "due"),
    [
        ("masks/a.png", "pets/a.jpg", "masks/pets/a.png"),
        ("masks/b.jpg", "b.png", "masks/b.png"),
        ("masks/pets/a.png.png", "b.png", "masks/b.png"),
        ("masks/pets/b.PNG", "b.png", "masks/b.png"),
    ],
)
def test_mask_of_no_picture_is_named_in_a_warning(directory: Path, name: str, picture: str, due: str) -> None:
    (directory / name).parent.mkdir(parents=True)
    PIL.Image.new("L", (8, 6), 1).save(directory / name)
    write(directory, "masks/classes.csv", "class,name", "1,dog")
    write(directory, "masks/notes.txt", "no mask")
    write(directory, "masks/.b.png.123", "unfinished")
    inputs = load(directory)
    assert inputs.classes == ()
    assert inputs.warnings == (f"{name} belongs to no picture and is ignored: the mask of {picture} would be {due}.",)


def test_masks_of_no_picture_are_counted(directory: Path) -> None:
    write_mask(directory)
    for name in ("b.png", "d.png", "c.png"):
        PIL.Image.new("L", (8, 6), 1).save(directory / "masks" / name)
    assert load(directory).warnings == ("2 masks belong to no picture and are ignored, such as masks/c.png.",)


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
