"""Encodings of patches, beside values worked out by hand."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from precompute.encodings import EncodingSource, encodings_of
from precompute.format.manifest import EncodingInfo, TokenTable
from precompute.numeric import Float32

NAN = float("nan")
ONE = ("[CLS]", "patch 0,0", "patch 0,1", "patch 0,2", "patch 1,0", "patch 1,1", "patch 1,2")
TABLE = TokenTable(
    tokens=ONE * 2,
    texts=ONE * 2,
    special=(True, *[False] * 6) * 2,
    offsets=(0, 7, 14),
    instances=("sea.jpg", "land.jpg"),
    columns={"folder": ("a", "b")},
    grid=(2, 3),
    labels=("CLS", *["sea"] * 4, "boat", "boat", "CLS", *[""] * 6),
)
RED, DARK_CYAN, WHITE = (255, 0, 0), (0, 128, 128), (255, 255, 255)


@pytest.fixture
def pictures() -> NDArray[np.uint8]:
    """Draw a picture of red, dark cyan and white patches, and a black one."""
    made = np.zeros((2, 8, 12, 3), np.uint8)
    made[0, :, :4], made[0, :, 4:8], made[0, :, 8:] = RED, DARK_CYAN, WHITE
    return made


def encoded(pictures: NDArray[np.uint8], table: TokenTable = TABLE) -> dict[str, tuple[EncodingInfo, Float32]]:
    n = len(table.tokens)
    norms = np.ones((1, 2, n), np.float32)
    return {info.name: (info, values) for info, values in encodings_of(EncodingSource(table, norms, norms, pictures))}


def test_images_have_all_encodings_in_the_order_of_the_menu(pictures: NDArray[np.uint8]) -> None:
    assert list(encoded(pictures)) == [
        "patch",
        "object",
        "row",
        "column",
        "position",
        "centre-distance",
        "hue",
        "saturation",
        "brightness",
        "frequency",
        "angle",
        "image",
        "type",
        "norm",
        "column.folder",
    ]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("patch", [NAN, 0, 1, 2, 3, 4, 5]),
        ("row", [NAN, 0, 0, 0, 1, 1, 1]),
        ("column", [NAN, 0, 1, 2, 0, 1, 2]),
        ("position", [NAN, 0, 0.2, 0.4, 0.6, 0.8, 1]),
        ("centre-distance", [NAN, 1, 1 / 5**0.5, 1, 1, 1 / 5**0.5, 1]),
        ("hue", [NAN, 0, 0.5, NAN, 0, 0.5, NAN]),
        ("saturation", [NAN, 1, 1, 0, 1, 1, 0]),
        ("brightness", [NAN, 0.299, 0.3519, 1, 0.299, 0.3519, 1]),
        ("frequency", [NAN] * 7),
        ("angle", [NAN] * 7),
        ("image", [0] * 7),
    ],
)
def test_values_of_the_first_picture(pictures: NDArray[np.uint8], name: str, expected: list[float]) -> None:
    info, values = encoded(pictures)[name]
    assert (values.dtype, values.shape) == (np.float32, (14,))
    np.testing.assert_allclose(values[:7], expected, atol=1e-3)
    if info.kind in {"sequential", "cyclic"}:
        assert info.low <= np.nanmin([*values, info.low])
        assert np.nanmax([*values, info.high]) <= info.high


def test_patches_are_counted_through_all_pictures(pictures: NDArray[np.uint8]) -> None:
    np.testing.assert_array_equal(encoded(pictures)["patch"][1][7:], [NAN, 6, 7, 8, 9, 10, 11])


def test_objects_are_categories_that_prefix_tokens_and_unlabeled_patches_lack(pictures: NDArray[np.uint8]) -> None:
    info, values = encoded(pictures)["object"]
    assert info.categories == ("boat", "sea")
    np.testing.assert_array_equal(values, [NAN, 1, 1, 1, 1, 0, 0, *[NAN] * 7])


def test_inputs_without_labels_have_no_objects(pictures: NDArray[np.uint8]) -> None:
    assert "object" not in encoded(pictures, replace(TABLE, labels=()))


def test_hue_is_cyclic_and_angle_repeats_after_half_a_turn(pictures: NDArray[np.uint8]) -> None:
    found = {name: encoded(pictures)[name][0] for name in ("hue", "angle")}
    assert {name: (info.kind, info.low, info.high) for name, info in found.items()} == {
        "hue": ("cyclic", 0, 1),
        "angle": ("cyclic", 0, 180),
    }


def test_stripes_have_frequency_and_angle(pictures: NDArray[np.uint8]) -> None:
    pictures[1, :, ::2] = 255
    found = encoded(pictures)
    np.testing.assert_allclose(found["frequency"][1][8:], 2, atol=1e-5)
    assert found["frequency"][0].high == pytest.approx(2)


def test_few_images_are_categories_and_many_a_ramp(pictures: NDArray[np.uint8]) -> None:
    info, _ = encoded(pictures)["image"]
    assert (info.kind, info.categories) == ("categorical", TABLE.instances)
    many = TokenTable(("p",) * 100, ("p",) * 100, (False,) * 100, tuple(range(101)), ("i",) * 100, grid=(1, 1))
    info, values = encoded(np.zeros((100, 4, 4, 3), np.uint8), many)["image"]
    assert (info.kind, info.high) == ("sequential", 99)
    np.testing.assert_array_equal(values, np.arange(100))


def test_sources_without_pictures_say_so() -> None:
    norms = np.ones((1, 2, 14), np.float32)
    with pytest.raises(ValueError, match="no pictures"):
        _ = EncodingSource(TABLE, norms, norms).patches
    with pytest.raises(ValueError, match="no patches"):
        _ = EncodingSource(replace(TABLE, grid=None), norms, norms).grid
