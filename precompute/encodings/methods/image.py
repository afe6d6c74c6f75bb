"""Encodings of patches: where they are, what they look like, what they show. NaN where a token has no such value."""

from __future__ import annotations

import numpy as np

from precompute.encodings.registry import Encoded, EncodingSource, register_encoding
from precompute.format.manifest import EncodingInfo
from precompute.inputs.columns import MAX_CATEGORIES
from precompute.numeric import Float32
from precompute.tokens.patches import patch_index


@register_encoding("image")
def original_patch(source: EncodingSource) -> Encoded:
    """Index of the token's patch among the patches of all pictures, row by row; NaN for prefix tokens."""
    index = patch_index(source.table)
    info = EncodingInfo(
        name="patch",
        label="original patch",
        kind="patch",
        description="Every point is the piece of the picture that its token stands for.",
        categories=("query", "key"),
    )
    return info, np.where(index >= 0, index, np.nan).astype(np.float32)


@register_encoding("image")
def object_label(source: EncodingSource) -> Encoded | None:
    """Class that covers most of the patch; NaN where nobody labeled and for prefix tokens. None without any label."""
    if not source.table.labels:
        return None
    labels = np.where(source.table.special, "", source.table.labels)
    categories = tuple(sorted(set(labels.tolist()) - {""}))
    info = EncodingInfo(
        name="object",
        label="object",
        kind="categorical",
        description="The object that covers most of a patch.",
        categories=categories,
    )
    return info, np.where(labels == "", np.nan, np.searchsorted(categories, labels)).astype(np.float32)


@register_encoding("image")
def row(source: EncodingSource) -> Encoded:
    """Row of the patch on the grid, from 0 at the top."""
    last = source.grid[0] - 1
    text = "Row of a patch, from the top to the bottom."
    return _sequential("row", text, source.patches.row, (0, last), ("0", str(last)))


@register_encoding("image")
def column(source: EncodingSource) -> Encoded:
    """Column of the patch on the grid, from 0 at the left."""
    last = source.grid[1] - 1
    text = "Column of a patch, from the left to the right."
    return _sequential("column", text, source.patches.column, (0, last), ("0", str(last)))


@register_encoding("image")
def position(source: EncodingSource) -> Encoded:
    """Place of the patch in reading order, 0 (top left) to 1 (bottom right)."""
    rows, columns = source.grid
    place = (source.patches.row * columns + source.patches.column) / np.float32(max(rows * columns - 1, 1))
    text = "Place of a patch in reading order, from the top left to the bottom right."
    return _sequential("position", text, place, (0, 1), ("start", "end"))


@register_encoding("image")
def center_distance(source: EncodingSource) -> Encoded:
    """Distance of the patch from the middle of the grid: 0 is the middle, 1 a corner."""
    rows, columns = source.grid
    down, right = source.patches.row - (rows - 1) / 2, source.patches.column - (columns - 1) / 2
    corner = max(float(np.hypot(rows - 1, columns - 1)) / 2, 0.5)
    distance: Float32 = (np.hypot(down, right) / corner).astype(np.float32)
    text = "How far a patch lies from the middle of its picture."
    return _sequential("centre-distance", text, distance, (0, 1), ("middle", "corner"), label="distance from center")


@register_encoding("image")
def hue(source: EncodingSource) -> Encoded:
    """Hue of the patch's mean color in turns; NaN for gray."""
    info = EncodingInfo(
        name="hue",
        label="hue",
        kind="cyclic",
        description="Hue of a patch's mean color; gray patches have none.",
        low_label="0°",
        high_label="360°",
    )
    return info, source.patches.hue


@register_encoding("image")
def saturation(source: EncodingSource) -> Encoded:
    """HSV saturation of the patch's mean color."""
    text = "How colorful a patch is on average."
    return _sequential("saturation", text, source.patches.saturation, (0, 1), ("gray", "vivid"))


@register_encoding("image")
def brightness(source: EncodingSource) -> Encoded:
    """Luma of the patch's mean color."""
    text = "How bright a patch is on average."
    return _sequential("brightness", text, source.patches.brightness, (0, 1), ("dark", "bright"))


@register_encoding("image")
def frequency(source: EncodingSource) -> Encoded:
    """Mean spatial frequency of the patch in cycles a patch; NaN for plain patches."""
    values = source.patches.frequency
    known = values[~np.isnan(values)]
    high = float(known.max()) if len(known) else 1.0
    text = "How fine the pattern in a patch is, in waves a patch; plain patches have none."
    return _sequential("frequency", text, values, (0, high), ("coarse", "fine"))


@register_encoding("image")
def angle(source: EncodingSource) -> Encoded:
    """Direction in degrees in which brightness changes most in the patch; NaN where there is none."""
    info = EncodingInfo(
        name="angle",
        label="angle",
        kind="cyclic",
        description="Direction in which a patch's brightness changes: 0° is from left to right, 90° upwards.",
        high=180.0,
        low_label="0°",
        high_label="180°",
    )
    return info, source.patches.angle


@register_encoding("image")
def image(source: EncodingSource) -> Encoded:
    """Which picture the token belongs to, counted from 0."""
    names = source.table.instances
    values = np.repeat(np.arange(len(names)), np.diff(source.table.offsets)).astype(np.float32)
    text = "Which picture a patch belongs to."
    if len(names) > MAX_CATEGORIES:
        return _sequential("image", text, values, (0, len(names) - 1), ("first", "last"))
    return EncodingInfo("image", "image", "categorical", text, categories=names), values


def _sequential(
    name: str,
    description: str,
    values: Float32,
    ends: tuple[float, float],
    words: tuple[str, str],
    *,
    label: str | None = None,
) -> Encoded:
    info = EncodingInfo(
        name=name,
        label=label or name,
        kind="sequential",
        description=description,
        low=float(ends[0]),
        high=float(ends[1]),
        low_label=words[0],
        high_label=words[1],
    )
    return info, values.astype(np.float32)
