"""Probe pictures: drawings in which one known quantity varies."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import cached_property, partial

import numpy as np
import PIL.Image

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
from precompute.inputs.images import ImageInputs
from precompute.inputs.text import Column
from precompute.numeric import Float32
from precompute.tokens.color import rgb_of_hsv

SIDE = 224
"""Pixels; the input size of most vision transformers, so that no resizing blurs the picture."""

TILES = (8, 7)
"""Tiles per side of the mosaics: patch grids of 8 x 8 and 16 x 16, or 7 x 7 and 14 x 14, cut no tile."""

CLASSES = ("background", *SHAPES)


@dataclass(frozen=True)
class DrawnImage:
    """A picture that a function draws.

    Attributes
    ----------
    draw : callable
        Returns the picture, uint8 [height, width, 3], and its mask or None. Deterministic and picklable.
    columns : mapping of str to str
        Varied quantities: ``probe``, ``angle`` and ``frequency``.
    """

    name: str
    draw: Callable[[], tuple[Picture, Mask | None]]
    columns: dict[str, str] = field(default_factory=dict)

    @cached_property
    def _drawn(self) -> tuple[Picture, Mask | None]:
        return self.draw()

    @property
    def sha256(self) -> str:
        """Hash of the pixels and the mask."""
        picture, mask = self._drawn
        return hashlib.sha256(picture.tobytes() + (b"" if mask is None else mask.tobytes())).hexdigest()

    def open(self) -> PIL.Image.Image:
        """Draw the picture."""
        return PIL.Image.fromarray(self._drawn[0])

    def mask(self) -> Mask | None:
        """Return the shape at every pixel, for probes with shapes."""
        return self._drawn[1]


def load_probes(name: str, limit: int | None) -> ImageInputs:
    """Return the probes as inputs."""
    drawn = probes()[:limit]
    classes = CLASSES if any(probe.mask() is not None for probe in drawn) else ()
    return ImageInputs(name, name, drawn, probe_columns(drawn), classes)


def probe_columns(drawn: Iterable[DrawnImage]) -> dict[str, Column]:
    """Return the varied quantities of each probe as columns; empty where a column does not apply."""
    rows = [probe.columns for probe in drawn]
    return {name: tuple(row.get(name, "") for row in rows) for name in ("probe", "angle", "frequency")}


def probes() -> tuple[DrawnImage, ...]:
    """Return all probes, kind by kind.

    Hue and brightness gradients in eight directions, mosaics that scatter the same hues or grays (to separate color
    from position), sinusoids of four frequencies and four angles, and shapes with masks.
    """
    return (
        *(_gradient("hue gradient", hue_gradient, angle) for angle in range(0, 360, 45)),
        *(_mosaic("hue mosaic", _hue_mosaic, tiles) for tiles in TILES),
        *(_gradient("brightness gradient", brightness_gradient, angle) for angle in range(0, 360, 45)),
        *(_mosaic("brightness mosaic", _gray_mosaic, tiles) for tiles in TILES),
        *(_sinusoid(cycles, angle) for cycles in (2, 4, 8, 16) for angle in range(0, 180, 45)),
        *(DrawnImage(f"shapes {k + 1}", partial(_shapes, k), {"probe": "shapes"}) for k in range(8)),
    )


def _gradient(kind: str, paint: Callable[[int, float], Picture], angle: int) -> DrawnImage:
    return _plain(f"{kind} {angle}°", partial(paint, SIDE, angle), {"probe": kind, "angle": f"{angle}°"})


def _sinusoid(cycles: int, angle: int) -> DrawnImage:
    columns = {"probe": "sinusoid", "angle": f"{angle}°", "frequency": f"{cycles} cycles"}
    return _plain(f"sinusoid {cycles} cycles {angle}°", partial(sinusoid, SIDE, cycles, angle), columns)


def _mosaic(kind: str, paint: Callable[[int], Picture], tiles: int) -> DrawnImage:
    return _plain(f"{kind} {tiles} x {tiles}", partial(paint, tiles), {"probe": kind})


def _plain(name: str, paint: Callable[[], Picture], columns: dict[str, str]) -> DrawnImage:
    return DrawnImage(name, partial(_without_mask, paint), columns)


def _without_mask(paint: Callable[[], Picture]) -> tuple[Picture, None]:
    return paint(), None


def _scattered(tiles: int, n_values: int) -> Float32:
    """Return evenly spaced values in 0..1 on tiles in random order, each about equally often."""
    values = np.resize(np.arange(n_values) / n_values, tiles * tiles)
    return np.random.default_rng(tiles).permutation(values).reshape(tiles, tiles).astype(np.float32)


def _hue_mosaic(tiles: int) -> Picture:
    return mosaic(SIDE, rgb_of_hsv(_scattered(tiles, 8), 0.85, 0.9))


def _gray_mosaic(tiles: int) -> Picture:
    return mosaic(SIDE, rgb_of_hsv(0.0, 0.0, _scattered(tiles, 8) * np.float32(8 / 7)))


def _shapes(seed: int) -> tuple[Picture, Mask]:
    """Draw three different shapes in a ring around the center, each in its own hue, on a plain ground."""
    rng = np.random.default_rng(100 + seed)
    kinds = rng.permutation(SHAPES)[:3]
    hues = (rng.random() + np.arange(4) / 4) % 1
    bearings = rng.random() + np.arange(3) / 3
    shapes = [
        Shape(
            str(kind),
            float(0.5 + 0.26 * np.cos(2 * np.pi * bearing)),
            float(0.5 + 0.26 * np.sin(2 * np.pi * bearing)),
            float(rng.uniform(0.17, 0.21)),
            float(rng.uniform(0, 360)),
            _rgb(hue, 0.8, 0.9),
        )
        for kind, bearing, hue in zip(kinds, bearings, hues[1:], strict=True)
    ]
    return draw_shapes(SIDE, shapes, np.array(_rgb(hues[0], 0.25, 0.45), np.float32))


def _rgb(hue: float, saturation: float, value: float) -> tuple[float, float, float]:
    red, green, blue = rgb_of_hsv(hue, saturation, value)
    return float(red), float(green), float(blue)
