"""The built-in pictures: what they are, and that they stay the same."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter

import numpy as np
import pytest

from precompute.errors import InputsError
from precompute.inputs import ImageInputs, load_inputs, photos
from precompute.inputs.drawing import SHAPES
from precompute.inputs.photos import GALLERY
from precompute.tokens.patches import cut_patches


def images(name: str, limit: int | None = None) -> ImageInputs:
    inputs = load_inputs(name, limit=limit)
    assert isinstance(inputs, ImageInputs)
    return inputs


def test_probes_are_of_every_kind() -> None:
    inputs = images("probes")
    assert Counter(inputs.columns["probe"]) == {
        "hue gradient": 8,
        "hue mosaic": 2,
        "brightness gradient": 8,
        "brightness mosaic": 2,
        "sinusoid": 16,
        "shapes": 8,
    }
    assert len(set(inputs.names)) == len(inputs.names)
    drawn = [inputs.open(i) for i in range(len(inputs.names))]
    assert {(image.mode, image.size) for image in drawn} == {("RGB", (224, 224))}
    assert len({image.tobytes() for image in drawn}) == len(drawn)


def test_probes_are_the_same_in_another_process() -> None:
    code = "from precompute.inputs import load_inputs; print(load_inputs('probes').sha256)"
    other = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert other.stdout.strip() == images("probes").sha256


def test_shapes_have_masks_and_the_others_none() -> None:
    inputs = images("probes")
    assert inputs.classes == ("background", *SHAPES)
    for i, kind in enumerate(inputs.columns["probe"]):
        mask = inputs.mask(i)
        if kind != "shapes":
            assert mask is None
        else:
            assert mask is not None
            assert len(np.unique(mask)) == 4
            assert 0.1 < (mask > 0).mean() < 0.5


def test_mosaics_scatter_the_same_values_over_the_picture() -> None:
    inputs = images("probes")
    for i, kind in enumerate(inputs.columns["probe"]):
        if "mosaic" in kind:
            side = int(inputs.names[i].split()[-1])
            tiles = cut_patches(np.asarray(inputs.open(i)), side, side).reshape(side**2, -1, 3)
            assert (tiles == tiles[:, :1]).all()
            counts = Counter(map(tuple, tiles[:, 0]))
            assert (len(counts), max(counts.values()) - min(counts.values()) <= 1) == (8, True)


def test_columns_are_empty_where_they_do_not_apply() -> None:
    inputs = images("probes")
    for kind, angle, frequency in zip(*inputs.columns.values(), strict=True):
        assert bool(angle) == (kind in {"hue gradient", "brightness gradient", "sinusoid"})
        assert bool(frequency) == (kind == "sinusoid")


def test_limit_keeps_the_first() -> None:
    few = images("probes", limit=3)
    assert few.names == images("probes").names[:3]
    assert (few.classes, len(few.columns["probe"])) == ((), 3)
    assert few.sha256 != images("probes").sha256
    assert len(images("photos", limit=1).names) == 1
    assert len(images("gallery", limit=2).columns["probe"]) == 2


def test_photos_are_two_wholes_and_their_details() -> None:
    inputs = images("photos")
    assert inputs.names[:2] == ("china", "flower")
    assert len(inputs.names) == 10
    whole, detail = (np.asarray(inputs.open(inputs.names.index(name))) for name in ("china", "china, detail 4"))
    assert detail.shape == (213, 213, 3)
    np.testing.assert_array_equal(detail, whole[213:426, -213:])
    assert len({inputs.open(i).tobytes() for i in range(10)}) == 10


def test_gallery_has_every_kind_of_probe_and_the_photos() -> None:
    inputs = images("gallery")
    assert inputs.names == (*(name for name in images("probes").names if name in GALLERY), "china", "flower")
    assert len(inputs.names) == len(GALLERY) + 2
    assert set(inputs.columns["probe"]) == {*images("probes").columns["probe"], "photo"}


def test_photos_without_the_package_say_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(photos, "find_spec", lambda _: None)
    with pytest.raises(InputsError, match="run make setup"):
        load_inputs("photos")


def test_serving_hosts_read_names_without_pillow() -> None:
    code = "import sys; from precompute.inputs import check_inputs; check_inputs('probes'); print('PIL' in sys.modules)"
    other = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert other.stdout.strip() == "False"
