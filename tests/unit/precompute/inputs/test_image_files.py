"""Directories of pictures: every kind of file is read as a person sees it, or refused by name."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import PIL.Image
import pytest
from numpy.typing import NDArray

from precompute.errors import InputsError
from precompute.inputs import ImageInputs, check_inputs, load_inputs, picture_file

ORIENTATION = 0x0112


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    made = tmp_path / "My Photos"
    made.mkdir()
    return made


def colors(height: int = 12, width: int = 16) -> NDArray[np.uint8]:
    return np.random.default_rng(0).integers(0, 256, (height, width, 3), dtype=np.uint8)


def save(path: Path, image: PIL.Image.Image | None = None, **options: object) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    (image or PIL.Image.fromarray(colors())).save(path, **options)  # type: ignore[arg-type]
    return path


def load(directory: Path, limit: int | None = None) -> ImageInputs:
    inputs = load_inputs(str(directory), limit=limit)
    assert isinstance(inputs, ImageInputs)
    return inputs


def only(directory: Path) -> NDArray[np.uint8]:
    inputs = load(directory)
    image = inputs.open(0)
    assert (len(inputs.names), image.mode) == (1, "RGB")
    return np.asarray(image)


def test_directory_is_read_in_natural_order(directory: Path) -> None:
    for name in ("img10.png", "img2.PNG", "Img1.jpeg", "img3.webp"):
        save(directory / name)
    inputs = load(directory)
    check_inputs(str(directory))
    assert inputs.names == ("Img1.jpeg", "img2.PNG", "img3.webp", "img10.png")
    assert (inputs.name, inputs.slug, inputs.kind, inputs.warnings) == ("My Photos", "my-photos", "image", ())
    assert (dict(inputs.columns), inputs.classes, inputs.mask(0)) == ({}, (), None)
    np.testing.assert_array_equal(np.asarray(inputs.open(1)), colors())


def test_sub_folders_become_a_column(directory: Path) -> None:
    for name in ("cats/a.png", "dogs/big/b.png", "c.png", ".hidden/d.png", ".e.png"):
        save(directory / name)
    inputs = load(directory)
    assert inputs.names == ("c.png", "cats/a.png", "dogs/big/b.png")
    assert inputs.columns == {"folder": ("", "cats", "dogs/big")}
    assert load(directory, limit=2).columns == {"folder": ("", "cats")}


def test_hash_follows_content_and_names(directory: Path) -> None:
    path = save(directory / "a.png")
    first = load(directory).sha256
    assert load(directory).sha256 == first
    renamed = path.rename(directory / "b.png")
    second = load(directory).sha256
    save(renamed, PIL.Image.fromarray(255 - colors()))
    assert len({first, second, load(directory).sha256}) == 3


@pytest.mark.parametrize("orientation", range(1, 9))
def test_exif_orientation_is_applied(directory: Path, orientation: int) -> None:
    exif = PIL.Image.Exif()
    exif[ORIENTATION] = orientation
    save(directory / "a.png", exif=exif)
    turned = {
        1: lambda a: a,
        2: np.fliplr,
        3: lambda a: np.rot90(a, 2),
        4: np.flipud,
        5: lambda a: np.swapaxes(a, 0, 1),
        6: lambda a: np.rot90(a, -1),
        7: lambda a: np.rot90(np.swapaxes(a, 0, 1), 2),
        8: np.rot90,
    }[orientation]
    np.testing.assert_array_equal(only(directory), turned(colors()))


def test_gray_is_gray_in_rgb(directory: Path) -> None:
    gray = colors()[..., 0]
    save(directory / "a.png", PIL.Image.fromarray(gray))
    np.testing.assert_array_equal(only(directory), np.repeat(gray[..., None], 3, axis=2))


def test_gray_of_16_bits_keeps_its_upper_8(directory: Path) -> None:
    gray = np.arange(0, 65536, 256, dtype=np.uint16).reshape(16, 16) + 7
    save(directory / "a.png", PIL.Image.fromarray(gray))
    np.testing.assert_array_equal(only(directory)[..., 0].ravel(), np.arange(256))


def test_transparent_pixels_lie_on_white(directory: Path) -> None:
    layers = np.dstack([colors(), np.zeros((12, 16), np.uint8)])
    layers[:6, :, 3] = 255
    save(directory / "a.png", PIL.Image.fromarray(layers))
    found = only(directory)
    np.testing.assert_array_equal(found[:6], colors()[:6])
    assert (found[6:] == 255).all()


def test_transparent_palette_lies_on_white(directory: Path) -> None:
    image = PIL.Image.new("P", (8, 8), 1)
    image.putpalette([255, 0, 0, 0, 0, 255])
    image.paste(0, (0, 0, 4, 8))
    save(directory / "a.png", image, transparency=0)
    found = only(directory)
    assert (found[:, :4] == 255).all()
    assert (found[:, 4:] == (0, 0, 255)).all()


def test_cmyk_is_converted(directory: Path) -> None:
    save(directory / "a.jpg", PIL.Image.new("CMYK", (16, 16), (0, 255, 255, 0)), quality=100)
    assert np.abs(only(directory).astype(int) - (255, 0, 0)).max() <= 4


@pytest.mark.parametrize("name", ["a.webp", "a.png"])
def test_animation_gives_its_first_frame_and_a_warning(directory: Path, name: str) -> None:
    frames = [PIL.Image.new("RGB", (16, 16), color) for color in ("red", "lime")]
    save(directory / name, frames[0], save_all=True, append_images=frames[1:], lossless=True)
    assert np.abs(only(directory).astype(int) - (255, 0, 0)).max() <= 4
    (warning,) = load(directory).warnings
    assert warning == f"{directory / name} is animated: only its first frame is used."


def test_pictures_in_other_formats_are_left_out_aloud(directory: Path) -> None:
    save(directory / "a.png")
    save(directory / "b.gif")
    save(directory / "c.tiff")
    (directory / "notes.txt").write_text("no picture", encoding="utf-8")
    inputs = load(directory)
    assert inputs.names == ("a.png",)
    assert inputs.warnings == ("2 pictures in other formats are ignored, such as b.gif.",)


@pytest.mark.parametrize("content", [b"", b"not a picture", b"GIF89a", b"\x89PNG\r\n\x1a\n"])
def test_files_that_are_no_pictures_are_refused_by_name(directory: Path, content: bytes) -> None:
    save(directory / "a.png")
    (directory / "broken.jpg").write_bytes(content)
    with pytest.raises(InputsError, match=r"broken\.jpg cannot be read as a JPEG, PNG or WebP picture"):
        load(directory)


@pytest.mark.parametrize("name", ["a.png", "a.jpg", "a.webp"])
def test_truncated_pictures_are_refused_by_name(directory: Path, name: str) -> None:
    path = save(directory / name, PIL.Image.fromarray(colors(200, 200)))
    path.write_bytes(path.read_bytes()[:-4000])
    with pytest.raises(InputsError, match=rf"{name}"):
        load(directory).open(0)


def test_huge_pictures_are_refused_by_name(directory: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    save(directory / "a.png")
    monkeypatch.setattr(picture_file, "MAX_PIXELS", 16 * 12 - 1)
    with pytest.raises(InputsError, match=r"a\.png has 16 x 12 pixels: shrink it"):
        load(directory)


def test_bombs_are_refused_by_name(directory: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    save(directory / "a.png")
    monkeypatch.setattr(PIL.Image, "MAX_IMAGE_PIXELS", 50)
    with pytest.raises(InputsError, match=r"a\.png has too many pixels"):
        load(directory)


def test_strips_are_refused_by_name(directory: Path) -> None:
    save(directory / "a.png", PIL.Image.new("RGB", (1000, 8)))
    with pytest.raises(InputsError, match=r"a\.png is 1000 x 8 pixels, more than 20 times as long as wide"):
        load(directory)


def test_directory_without_pictures_is_refused(directory: Path) -> None:
    with pytest.raises(InputsError, match=r"has no picture that ends in \.jpg, \.jpeg, \.png, \.webp"):
        load(directory)


def test_file_that_vanished_is_refused_by_name(directory: Path) -> None:
    path = save(directory / "a.png")
    inputs = load(directory)
    path.unlink()
    with pytest.raises(InputsError, match=r"a\.png"):
        inputs.open(0)
    with pytest.raises(InputsError, match=r"a\.png cannot be read"):
        _ = inputs.sha256
