"""The object class of every patch, whatever a model's preprocessing does to the picture."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import PIL.Image
from numpy.typing import NDArray

from precompute.tokens.patches import cut_patches

Picture = NDArray[np.uint8]


def patch_classes(
    picture: Callable[[PIL.Image.Image], Picture], mask: NDArray[np.uint8], rows: int, columns: int
) -> NDArray[np.int64]:
    """Find the class that covers most of each patch.

    Class numbers cannot be resized: between 1 and 3 lies no 2. So every class is painted as a layer of its own, goes
    through the same resizing and cropping as the picture, and the patch belongs to the layer that is brightest there.

    Parameters
    ----------
    picture : callable
        The model's own way from an RGB image to the uint8 [height, width, 3] that it sees.
    mask : uint8 [height, width]
        Class of every pixel, before that.
    rows, columns : int
        Of patches.

    Returns
    -------
    int64 [rows * columns]
        Classes, row by row; the lowest where two cover a patch equally.
    """
    classes = np.unique(mask)
    covers = []
    for first in range(0, len(classes), 3):
        three = np.zeros((*mask.shape, 3), np.uint8)
        for channel, number in enumerate(classes[first : first + 3]):
            three[..., channel] = np.where(mask == number, 255, 0)
        seen = cut_patches(picture(PIL.Image.fromarray(three)), rows, columns)
        covers.append(seen.mean(axis=(1, 2)))
    cover = np.concatenate(covers, axis=1)[:, : len(classes)]
    most: NDArray[np.int64] = classes[cover.argmax(axis=1)].astype(np.int64)
    return most
