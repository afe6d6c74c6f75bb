"""Palettes of encodings, for queries and keys, standard and color-blind safe.

Ramps are uniform B-splines through ColorBrewer's nine-color schemes (Brewer 2003), cut to 0.25..1 so that
the palest points stay visible; darker means more. Categories follow the published AttentionViz.
"""

from __future__ import annotations

import colorsys
from dataclasses import dataclass
from functools import cache

from layouts.colors.encodings import SHARES
from layouts.colors.tokens import Variant, color_token
from precompute.format.manifest import EncodingInfo
from precompute.format.shares import SHARE_STEPS

RAMP_LENGTH = 255
"""Colors of a continuous palette, one per byte except ``NO_VALUE_BYTE``."""

NO_VALUE_BYTE = 255
"""Color byte of a point without a value."""

NO_VALUE = color_token("no-value")
"""Gray that no palette contains, distinct from white and from black."""

_YLGN = "ffffe5f7fcb9d9f0a3addd8e78c67941ab5d238443006837004529"
_PURD = "f7f4f9e7e1efd4b9dac994c7df65b0e7298ace125698004367001f"
_BLUES = "f7fbffdeebf7c6dbef9ecae16baed64292c62171b508519c08306b"
_ORANGES = "fff5ebfee6cefdd0a2fdae6bfd8d3cf16913d94801a636037f2704"

_RAMPS = {"standard": (_YLGN, _PURD), "safe": (_BLUES, _ORANGES)}
_MOD_5 = {
    "standard": (
        ("#E3378F", "#EDB50E", "#5FB96C", "#528DDB", "#A144DB"),
        ("#F5C0CA", "#F0D6A5", "#C4D6B8", "#C8DDED", "#D6BAE3"),
    ),
    "safe": (
        ("#D55E00", "#E69F00", "#009E73", "#0072B2", "#AA4499"),
        ("#F2BF99", "#F5D999", "#99D8C7", "#99C7E0", "#DDB4D6"),
    ),
}
_BOOLEAN = {
    "standard": (("#F39226", "#5FB96C"), ("#E3378F", "#2E93D9")),
    "safe": (("#E69F00", "#009E73"), ("#D55E00", "#56B4E9")),
}
_QUALITATIVE = {
    "standard": (
        "#E3378F",
        "#528DDB",
        "#EDB50E",
        "#5FB96C",
        "#A144DB",
        "#F07B3F",
        "#2BB3B1",
        "#8C6D4F",
        "#C2455E",
        "#6B7F3A",
    ),
    "safe": ("#0072B2", "#D55E00", "#009E73", "#E69F00", "#AA4499", "#56B4E9", "#882255", "#999933"),
}

LIGHT_IS_MORE = "light-is-more"
"""Palette of encodings whose high values are light themselves: its ramp runs from dark to light."""

FIVE = "five"
"""Palette of five categories, as the published AttentionViz colors positions mod 5."""


@dataclass(frozen=True)
class Palette:
    """Colors of one encoding.

    Attributes
    ----------
    query, key : tuple of str
        ``#rrggbb``, indexed by the color byte.
    none : str
        Color of ``NO_VALUE_BYTE``.
    """

    query: tuple[str, ...]
    key: tuple[str, ...]
    none: str = NO_VALUE


def _to_hex(red: float, green: float, blue: float) -> str:
    return "#" + "".join(f"{round(min(max(channel, 0.0), 255.0)):02x}" for channel in (red, green, blue))


def _to_rgb(color: str) -> tuple[int, int, int]:
    digits = color.removeprefix("#")
    return int(digits[0:2], 16), int(digits[2:4], 16), int(digits[4:6], 16)


def spline_color(scheme: str, t: float) -> str:
    """Evaluate a uniform cubic B-spline through the colors of a scheme.

    Parameters
    ----------
    scheme : str
        Hexadecimal colors of six digits each, concatenated.
    t : float
        From 0 (first color) to 1 (last color).
    """
    colors = [_to_rgb(scheme[start : start + 6]) for start in range(0, len(scheme), 6)]
    spans = len(colors) - 1
    span = min(int(max(t, 0.0) * spans), spans - 1)
    u = t * spans - span
    channels = []
    for channel in range(3):
        here, following = colors[span][channel], colors[span + 1][channel]
        before = colors[span - 1][channel] if span > 0 else 2 * here - following
        after = colors[span + 2][channel] if span < spans - 1 else 2 * following - here
        channels.append(
            (
                (1 - u) ** 3 * before
                + (4 - 6 * u**2 + 3 * u**3) * here
                + (1 + 3 * u + 3 * u**2 - 3 * u**3) * following
                + u**3 * after
            )
            / 6
        )
    return _to_hex(channels[0], channels[1], channels[2])


@cache
def ramp(scheme: str, length: int = RAMP_LENGTH) -> tuple[str, ...]:
    """Return ``length`` colors of a scheme from 0.25 to 1."""
    return tuple(spline_color(scheme, 0.25 + 0.75 * step / (length - 1)) for step in range(length))


def _lighter(color: str, share: float) -> str:
    red, green, blue = _to_rgb(color)
    return _to_hex(*(channel + (255 - channel) * share for channel in (red, green, blue)))


@cache
def _hue_circle(saturation: float, value: float) -> tuple[str, ...]:
    steps = (colorsys.hsv_to_rgb(step / RAMP_LENGTH, saturation, value) for step in range(RAMP_LENGTH))
    return tuple(_to_hex(red * 255, green * 255, blue * 255) for red, green, blue in steps)


def _qualitative(variant: Variant, n_categories: int) -> Palette:
    base = _QUALITATIVE[variant]
    query = tuple(base[index % len(base)] for index in range(n_categories))
    return Palette(query, tuple(_lighter(color, 0.5) for color in query))


def palette_for(encoding: EncodingInfo, variant: Variant = "standard") -> Palette:
    """Return the colors of an encoding.

    Parameters
    ----------
    encoding : EncodingInfo
        The kind selects the palette: a ramp or hue circle of ``RAMP_LENGTH`` colors, or one color per category.
    variant : {"standard", "safe"}
        ``safe`` is distinct under the common color vision deficiencies.
    """
    if encoding.kind in {"type", "patch"}:
        query, key = (color_token(side, variant=variant) for side in ("query", "key"))
        return Palette((query,), (key,))
    if encoding.kind == "sequential":
        step = -1 if encoding.palette == LIGHT_IS_MORE else 1
        query_scheme, key_scheme = _RAMPS[variant]
        length = SHARE_STEPS + 1 if encoding.palette == SHARES else RAMP_LENGTH
        return Palette(ramp(query_scheme, length)[::step], ramp(key_scheme, length)[::step])
    if encoding.kind == "cyclic":
        return Palette(_hue_circle(0.75, 0.85), _hue_circle(0.45, 0.95))
    if encoding.kind == "boolean":
        return Palette(*_BOOLEAN[variant])
    if encoding.palette == FIVE:
        return Palette(*_MOD_5[variant])
    return _qualitative(variant, max(len(encoding.categories), 1))
