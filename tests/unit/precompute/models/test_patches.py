"""Object classes of patches, through resizing and cropping."""

from __future__ import annotations

import numpy as np
import PIL.Image
import pytest
from numpy.typing import NDArray

from precompute.models.patches import patch_classes, prefix_names


def as_it_is(image: PIL.Image.Image) -> NDArray[np.uint8]:
    return np.asarray(image)


def halved_and_cropped(image: PIL.Image.Image) -> NDArray[np.uint8]:
    """Halve the picture, then cut off its left half."""
    small = image.resize((image.width // 2, image.height // 2), PIL.Image.Resampling.BICUBIC)
    return np.asarray(small)[:, small.width // 2 :]


def most_common(mask: NDArray[np.uint8], rows: int, columns: int) -> NDArray[np.int64]:
    height, width = mask.shape[0] // rows, mask.shape[1] // columns
    return np.array(
        [
            np.bincount(mask[r * height : (r + 1) * height, c * width : (c + 1) * width].ravel()).argmax()
            for r in range(rows)
            for c in range(columns)
        ]
    )


@pytest.mark.parametrize("n_classes", [1, 2, 3, 4, 7, 256])
def test_class_is_the_most_common_one(n_classes: int) -> None:
    rng = np.random.default_rng(n_classes)
    mask = rng.integers(0, n_classes, (6, 8), dtype=np.uint8)
    np.testing.assert_array_equal(patch_classes(as_it_is, mask, 2, 2), most_common(mask, 2, 2))


def test_equal_shares_go_to_the_lowest_class() -> None:
    mask = np.array([[9, 4], [4, 9]], np.uint8)
    np.testing.assert_array_equal(patch_classes(as_it_is, mask, 1, 1), [4])


def test_masks_go_the_way_of_the_picture() -> None:
    blocks = np.array([[1, 1, 200, 3], [1, 1, 3, 5]], np.uint8)
    mask = np.kron(blocks, np.ones((16, 16), np.uint8))
    np.testing.assert_array_equal(patch_classes(halved_and_cropped, mask, 2, 2), [200, 3, 3, 5])


def test_prefix_tokens_are_named_after_their_parameters() -> None:
    registers = [("cls_token", (1, 1, 8)), ("embeddings.register_tokens", (1, 2, 8)), ("blocks.0.weight", (8, 8))]
    assert prefix_names(registers, 3) == ("[CLS]", "[REG 1]", "[REG 2]")
    assert prefix_names([("vision_model.embeddings.class_embedding", (8,))], 1) == ("[CLS]",)
    assert prefix_names([("dist_token", (1, 1, 8)), ("cls_token", (1, 1, 8))], 2) == ("[CLS]", "[DIST]")
    assert prefix_names([("query_tokens", (1, 2, 8))], 2) == ("[PREFIX 1]", "[PREFIX 2]")
    assert prefix_names([], 0) == ()
