"""Training data of the tiny ViT: random pictures of the probes' kinds, with questions and answers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from precompute.inputs.drawing import (
    SHAPES,
    Mask,
    Picture,
    Shape,
    brightness_gradient,
    draw_shapes,
    hue_gradient,
    mosaic,
    sinusoid,
)
from precompute.numeric import Float32
from precompute.tokens.color import rgb_of_hsv
from precompute.tokens.patches import cut_patches, patch_appearance

SIZE = 64
PATCH = 8
GRID = SIZE // PATCH

DIRECTIONS = tuple(range(0, 360, 45))
WAVE_ANGLES = tuple(range(0, 180, 45))
CYCLES = (2, 4, 8, 16)

HUE_TOLERANCE = 0.05
"""Turns between the hues of patches that count as alike; standard deviation of the likeness."""

BRIGHTNESS_TOLERANCE = 0.05
"""The same for brightness, 0 to 1."""

LEAST_LIKENESS = 0.5
"""A patch with less than half an equal in the whole picture is not asked for its equals."""

UNASKED = -100
"""Answer to a question that makes no sense for a picture."""

_NOISE = 0.015


@dataclass(frozen=True)
class Example:
    """A picture and its answers.

    Attributes
    ----------
    picture : uint8 [SIZE, SIZE, 3]
    answers : mapping of str to int
        By question, one of ``QUESTIONS``; missing questions have no answer.
    mask : uint8 [SIZE, SIZE]
        Shape of every pixel, 0 for none.
    """

    picture: Picture
    answers: Mapping[str, int]
    mask: Mask


@dataclass(frozen=True)
class Dataset:
    """Examples as arrays.

    Attributes
    ----------
    pictures : uint8 [n, SIZE, SIZE, 3]
    answers : int64 [n, n_questions]
        In the order of ``QUESTIONS``; ``UNASKED`` where a question does not apply.
    objects : int64 [n, patches]
        The most common class of each patch.
    hue, brightness : float32 [n, patches]
        Of the patches' mean colors; the hue of gray patches is NaN.
    """

    pictures: NDArray[np.uint8]
    answers: NDArray[np.int64]
    objects: NDArray[np.int64]
    hue: Float32
    brightness: Float32


def dataset(rng: np.random.Generator, n: int) -> Dataset:
    """Draw `n` examples, kinds in turn."""
    examples = [_DRAW[KINDS[i % len(KINDS)]](rng) for i in range(n)]
    pictures = np.stack([_noisy(rng, example.picture) for example in examples])
    answers = np.full((n, len(QUESTIONS)), UNASKED, np.int64)
    for i, example in enumerate(examples):
        answers[i, 0] = i % len(KINDS)
        for question, answer in example.answers.items():
            answers[i, list(QUESTIONS).index(question)] = answer
    appearance = np.stack([patch_appearance(cut_patches(picture, GRID, GRID)) for picture in pictures])
    objects = np.stack([_most_common(example.mask) for example in examples])
    return Dataset(pictures, answers, objects, hue=appearance[:, 0], brightness=appearance[:, 2])


def hue_likeness(hue: Float32) -> Float32:
    """Return the similarity in hue of every pair of patches.

    Parameters
    ----------
    hue : float32 [n, patches]
        In turns; NaN for gray.

    Returns
    -------
    float32 [n, patches, patches]
        Rows sum to 1 over the other patches, highest for the nearest hue; 0 for a patch without hue or equals.
    """
    return _likeness(((_apart(hue) + 0.5) % 1 - 0.5) / HUE_TOLERANCE)


def brightness_likeness(brightness: Float32) -> Float32:
    """Return the same for brightness, float32 [n, patches]."""
    return _likeness(_apart(brightness) / BRIGHTNESS_TOLERANCE)


def _likeness(deviation: Float32) -> Float32:
    alike = np.nan_to_num(np.exp(-0.5 * deviation**2))
    alike[:, range(GRID**2), range(GRID**2)] = 0
    total = alike.sum(axis=-1, keepdims=True)
    likeness: Float32 = np.divide(alike, total, out=np.zeros_like(alike), where=total > LEAST_LIKENESS)
    return likeness


def _apart(values: Float32) -> Float32:
    return values[:, :, None] - values[:, None, :]


def _noisy(rng: np.random.Generator, picture: Picture) -> Picture:
    noise = rng.normal(0, 255 * _NOISE, picture.shape)
    return np.clip(np.rint(picture + noise), 0, 255).astype(np.uint8)


def _most_common(mask: Mask) -> NDArray[np.int64]:
    patches = cut_patches(mask, GRID, GRID).reshape(GRID * GRID, -1)
    counts = (patches[..., None] == np.arange(len(SHAPES) + 1)).sum(axis=1)
    return counts.argmax(axis=1).astype(np.int64)


def _direction(rng: np.random.Generator, step: int, count: int) -> tuple[int, float]:
    """Draw one of ``count`` directions, and an angle near it."""
    chosen = int(rng.integers(count))
    return chosen, step * chosen + rng.uniform(-10, 10)


def _hue_gradient(rng: np.random.Generator) -> Example:
    direction, angle = _direction(rng, 45, len(DIRECTIONS))
    shades = {"saturation": rng.uniform(0.5, 1), "value": rng.uniform(0.5, 1)}
    picture = hue_gradient(SIZE, angle, first=rng.random(), span=rng.uniform(0.4, 0.9), **shades)
    return Example(picture, {"direction": direction}, _nothing())


def _brightness_gradient(rng: np.random.Generator) -> Example:
    direction, angle = _direction(rng, 45, len(DIRECTIONS))
    picture = brightness_gradient(SIZE, angle, low=rng.uniform(0, 0.4), high=rng.uniform(0.6, 1))
    return Example(picture, {"direction": direction}, _nothing())


def _sinusoid(rng: np.random.Generator) -> Example:
    chosen, angle = _direction(rng, 45, len(WAVE_ANGLES))
    frequency = int(rng.integers(len(CYCLES)))
    cycles = CYCLES[frequency] * 2 ** rng.uniform(-0.25, 0.25)
    picture = sinusoid(SIZE, cycles, angle, phase=rng.random(), contrast=rng.uniform(0.4, 1))
    return Example(picture, {"wave angle": chosen, "frequency": frequency}, _nothing())


def _shapes(rng: np.random.Generator) -> Example:
    count = int(rng.integers(1, 4))
    radii = np.sort(rng.uniform(0.14, 0.24, count)) + np.eye(count)[-1] * rng.uniform(0.02, 0.08)
    kinds = rng.integers(len(SHAPES), size=count)
    shapes = [
        Shape(SHAPES[kind], *rng.uniform(0.25, 0.75, 2), radius, rng.uniform(0, 360), _color(rng))
        for kind, radius in zip(kinds, radii, strict=True)
    ]
    picture, mask = draw_shapes(SIZE, shapes, np.array(_color(rng), np.float32))
    return Example(picture, {"largest shape": int(kinds[-1])}, mask)


def _color(rng: np.random.Generator) -> tuple[float, float, float]:
    red, green, blue = rgb_of_hsv(rng.random(), rng.uniform(0, 1), rng.uniform(0.2, 1))
    return float(red), float(green), float(blue)


def _tiles(rng: np.random.Generator) -> NDArray[np.float64]:
    """Draw a few values in 0..1 and lay them on tiles at random, with a little jitter."""
    side, few = int(rng.choice([4, 8])), rng.random(int(rng.integers(4, 13)))
    return rng.choice(few, (side, side)) + rng.normal(0, 0.01, (side, side))


def _hue_mosaic(rng: np.random.Generator) -> Example:
    colors = rgb_of_hsv(_tiles(rng), rng.uniform(0.5, 1), rng.uniform(0.5, 1))
    return Example(mosaic(SIZE, colors), {}, _nothing())


def _brightness_mosaic(rng: np.random.Generator) -> Example:
    return Example(mosaic(SIZE, np.repeat(_tiles(rng)[..., None], 3, axis=-1).astype(np.float32)), {}, _nothing())


def _nothing() -> Mask:
    return np.zeros((SIZE, SIZE), np.uint8)


_DRAW: Mapping[str, Callable[[np.random.Generator], Example]] = {
    "hue gradient": _hue_gradient,
    "brightness gradient": _brightness_gradient,
    "sinusoid": _sinusoid,
    "shapes": _shapes,
    "hue mosaic": _hue_mosaic,
    "brightness mosaic": _brightness_mosaic,
}

KINDS = tuple(_DRAW)

QUESTIONS: Mapping[str, tuple[str, ...]] = {
    "kind": KINDS,
    "direction": tuple(f"{angle}°" for angle in DIRECTIONS),
    "wave angle": tuple(f"{angle}°" for angle in WAVE_ANGLES),
    "frequency": tuple(f"{cycles} cycles" for cycles in CYCLES),
    "largest shape": SHAPES,
}
"""Questions about a whole picture, and their possible answers. The first is always used."""
