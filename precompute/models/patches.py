"""Prefix token names, and the object class of every patch."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import numpy as np
import PIL.Image
from numpy.typing import NDArray

from precompute.tokens.patches import cut_patches

Picture = NDArray[np.uint8]


def patch_classes(
    picture: Callable[[PIL.Image.Image], Picture], mask: NDArray[np.uint8], rows: int, columns: int
) -> NDArray[np.int64]:
    """Return the class that covers most of each patch, int64 [rows * columns], row by row; the lowest on ties.

    Class numbers cannot be interpolated. Each class is therefore painted as a layer of its own, resized and cropped
    like the picture, and the brightest layer wins.

    Parameters
    ----------
    picture : callable
        The model's preprocessing: RGB image to uint8 [height, width, 3].
    mask : uint8 [height, width]
        Class of every pixel before preprocessing.
    rows, columns : int
        Of patches.
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


def prefix_names(parameter_shapes: Iterable[tuple[str, tuple[int, ...]]], n_prefix: int) -> tuple[str, ...]:
    """Return the names of the prefix tokens, after the parameters that hold them.

    Parameters
    ----------
    parameter_shapes : iterable of (name, shape)
        Of the network's parameters.
    n_prefix : int
        Number of prefix tokens found.

    Returns
    -------
    tuple of str
        ``[CLS]``, ``[DIST]``, ``[REG 1]`` ..., in this order; ``[PREFIX 1]`` ... if the parameters do not add up.
    """
    counts = dict.fromkeys(("CLS", "DIST", "REG"), 0)
    for name, shape in parameter_shapes:
        label = _PREFIX_PARAMETERS.get(name.rpartition(".")[2])
        if label is not None:
            counts[label] = shape[-2] if len(shape) > 1 else 1
    names = [
        f"[{label}]" if label != "REG" else f"[REG {i + 1}]" for label, count in counts.items() for i in range(count)
    ]
    return tuple(names) if len(names) == n_prefix else tuple(f"[PREFIX {i + 1}]" for i in range(n_prefix))


_PREFIX_PARAMETERS = {
    "cls_token": "CLS",
    "class_token": "CLS",
    "class_embedding": "CLS",
    "dist_token": "DIST",
    "distillation_token": "DIST",
    "reg_token": "REG",
    "register_tokens": "REG",
}
