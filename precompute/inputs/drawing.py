"""Drawn pictures: gradients, gratings, mosaics and shapes with known masks."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from precompute.numeric import Float32
from precompute.tokens.color import rgb_of_hsv, to_bytes

Picture = NDArray[np.uint8]
Mask = NDArray[np.uint8]
Inside = NDArray[np.bool_]


def along(size: int, angle: float) -> Float32:
    """Return the position of every pixel along a direction, float32 [size, size], from 0 (first corner) to 1 (last).

    Parameters
    ----------
    size : int
        Side of the picture in pixels.
    angle : float
        Direction in degrees, counter-clockwise from rightwards: 90 is upwards.
    """
    x, y = _centered(size)
    cosine, sine = np.cos(np.deg2rad(angle)), np.sin(np.deg2rad(angle))
    place: Float32 = ((x * cosine + y * sine) / (abs(cosine) + abs(sine)) + 0.5).astype(np.float32)
    return place


def hue_gradient(
    size: int, angle: float, *, first: float = 0.0, span: float = 1.0, saturation: float = 0.9, value: float = 0.9
) -> Picture:
    """Return hue that runs from ``first`` over ``span`` turns along a direction, at one saturation and value."""
    return to_bytes(rgb_of_hsv(first + span * along(size, angle), saturation, value))


def brightness_gradient(size: int, angle: float, *, low: float = 0.0, high: float = 1.0) -> Picture:
    """Return gray that runs from ``low`` to ``high`` along a direction."""
    return gray(low + (high - low) * along(size, angle))


def sinusoid(size: int, cycles: float, angle: float, *, phase: float = 0.0, contrast: float = 1.0) -> Picture:
    """Return a gray grating of ``cycles`` per side, its waves in the direction ``angle`` (degrees); phase in turns."""
    x, y = _centered(size)
    distance = x * np.cos(np.deg2rad(angle)) + y * np.sin(np.deg2rad(angle))
    return gray((0.5 + 0.5 * contrast * np.sin(2 * np.pi * (cycles * distance + phase))).astype(np.float32))


def mosaic(size: int, colors: Float32) -> Picture:
    """Return square tiles, one per color of float32 [rows, columns, 3] in 0..1."""
    rows, columns = (np.arange(size) * count // size for count in colors.shape[:2])
    return to_bytes(colors[rows[:, None], columns])


def gray(brightness: Float32) -> Picture:
    """Return the picture of float32 [height, width] in 0..1."""
    return to_bytes(np.repeat(brightness[..., None], 3, axis=-1))


@dataclass(frozen=True)
class Shape:
    """A shape in a picture.

    Attributes
    ----------
    kind : str
        One of ``SHAPES``.
    x, y : float
        Center: 0, 0 is the top left corner of the picture, 1, 1 the bottom right.
    radius : float
        Of the circle around the shape, in sides of the picture.
    turn : float
        Degrees, counter-clockwise.
    color : tuple of float
        Red, green and blue in 0..1.
    """

    kind: str
    x: float
    y: float
    radius: float
    turn: float
    color: tuple[float, float, float]


def draw_shapes(size: int, shapes: Sequence[Shape], background: Float32) -> tuple[Picture, Mask]:
    """Draw shapes, later ones over earlier ones.

    Parameters
    ----------
    size : int
        Side of the picture in pixels.
    background : float32 [3] or [size, size, 3]
        In 0..1.

    Returns
    -------
    picture : uint8 [size, size, 3]
    mask : uint8 [size, size]
        0 is background, k the k-th of ``SHAPES``, counted from 1.
    """
    colors = np.array(np.broadcast_to(background, (size, size, 3)), np.float32)
    mask = np.zeros((size, size), np.uint8)
    x, y = _centered(size)
    for shape in shapes:
        across, up = x - (shape.x - 0.5), y - (0.5 - shape.y)
        cosine, sine = np.cos(np.deg2rad(shape.turn)), np.sin(np.deg2rad(shape.turn))
        inside = _INSIDE[shape.kind](
            (across * cosine + up * sine) / shape.radius, (up * cosine - across * sine) / shape.radius
        )
        colors[inside] = shape.color
        mask[inside] = SHAPES.index(shape.kind) + 1
    return to_bytes(colors), mask


def _triangle(x: Float32, y: Float32) -> Inside:
    inside: Inside = (y >= -0.5) & (y <= 1 - np.sqrt(3) * np.abs(x))
    return inside


def _square(x: Float32, y: Float32) -> Inside:
    inside: Inside = np.maximum(np.abs(x), np.abs(y)) <= np.sqrt(0.5)
    return inside


def _cross(x: Float32, y: Float32) -> Inside:
    long, short = np.maximum(np.abs(x), np.abs(y)), np.minimum(np.abs(x), np.abs(y))
    inside: Inside = (long <= 0.95) & (short <= 0.3)
    return inside


_INSIDE: Mapping[str, Callable[[Float32, Float32], Inside]] = {
    "disc": lambda x, y: np.hypot(x, y) <= 1,
    "square": _square,
    "triangle": _triangle,
    "ring": lambda x, y: np.abs(np.hypot(x, y) - 0.78) <= 0.22,
    "cross": _cross,
}

SHAPES = tuple(_INSIDE)
"""Names of the shapes that can be drawn."""


def _centered(size: int) -> tuple[Float32, Float32]:
    """Return pixel centers, float32 [size, size]: x rightwards, y upwards, from -0.5 to 0.5 between the edges."""
    at = ((np.arange(size) + 0.5) / size - 0.5).astype(np.float32)
    x, y = np.meshgrid(at, -at)
    return x, y
