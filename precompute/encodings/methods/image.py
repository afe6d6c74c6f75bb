"""Encodings of patches: position, appearance and content. NaN if a token has no such value."""

from __future__ import annotations

import numpy as np

from precompute.encodings.registry import Encoded, EncodingSource, encoding
from precompute.inputs.columns import MAX_CATEGORIES
from precompute.numeric import Float32
from precompute.tokens.patches import patch_index


@encoding(
    "patch",
    label="original patch",
    kind="patch",
    inputs=("image",),
    help="Every point is drawn as its patch of the picture.",
    categories=("query", "key"),
)
def original_patch(source: EncodingSource) -> Encoded:
    """Index of the token's patch among the patches of all pictures, row by row; NaN for prefix tokens."""
    index = patch_index(source.table)
    return Encoded(np.where(index >= 0, index, np.nan).astype(np.float32))


@encoding(
    "object",
    label="object",
    kind="categorical",
    inputs=("image",),
    help="The object that covers most of a patch.",
)
def object_label(source: EncodingSource) -> Encoded | None:
    """Class that covers most of the patch; NaN for unlabeled patches and prefix tokens. None without labels."""
    if not source.table.labels:
        return None
    labels = np.where(source.table.special, "", source.table.labels)
    categories = tuple(sorted(set(labels.tolist()) - {""}))
    values = np.where(labels == "", np.nan, np.searchsorted(categories, labels)).astype(np.float32)
    return Encoded(values, categories=categories)


@encoding("row", label="row", kind="sequential", inputs=("image",), help="Row of a patch, from the top to the bottom.")
def row(source: EncodingSource) -> Encoded:
    """Row of the patch on the grid, from 0 at the top."""
    return _counted(source.patches.row, source.grid[0] - 1)


@encoding(
    "column",
    label="column",
    kind="sequential",
    inputs=("image",),
    help="Column of a patch, from the left to the right.",
)
def column(source: EncodingSource) -> Encoded:
    """Column of the patch on the grid, from 0 at the left."""
    return _counted(source.patches.column, source.grid[1] - 1)


@encoding(
    "position",
    label="position",
    kind="sequential",
    inputs=("image",),
    help="Position of a patch in reading order, from the top left to the bottom right.",
    low_label="start",
    high_label="end",
)
def position(source: EncodingSource) -> Encoded:
    """Position of the patch in reading order, 0 (top left) to 1 (bottom right)."""
    rows, columns = source.grid
    order = (source.patches.row * columns + source.patches.column) / np.float32(max(rows * columns - 1, 1))
    return Encoded(order.astype(np.float32))


@encoding(
    "centre-distance",  # stored in runs and named in links: keeps its spelling
    label="distance from center",
    kind="sequential",
    inputs=("image",),
    help="Distance of a patch from the middle of its picture.",
    low_label="middle",
    high_label="corner",
)
def center_distance(source: EncodingSource) -> Encoded:
    """Distance of the patch from the middle of the grid: 0 is the middle, 1 a corner."""
    rows, columns = source.grid
    down, right = source.patches.row - (rows - 1) / 2, source.patches.column - (columns - 1) / 2
    corner = max(float(np.hypot(rows - 1, columns - 1)) / 2, 0.5)
    distance: Float32 = (np.hypot(down, right) / corner).astype(np.float32)
    return Encoded(distance)


@encoding(
    "hue",
    label="hue",
    kind="cyclic",
    inputs=("image",),
    help="Hue of a patch's mean color; gray patches have none.",
    low_label="0°",
    high_label="360°",
)
def hue(source: EncodingSource) -> Encoded:
    """Hue of the patch's mean color in turns; NaN for gray."""
    return Encoded(source.patches.hue)


@encoding(
    "saturation",
    label="saturation",
    kind="sequential",
    inputs=("image",),
    help="Saturation of a patch's mean color.",
    low_label="gray",
    high_label="vivid",
)
def saturation(source: EncodingSource) -> Encoded:
    """HSV saturation of the patch's mean color."""
    return Encoded(source.patches.saturation.astype(np.float32))


@encoding(
    "brightness",
    label="brightness",
    kind="sequential",
    inputs=("image",),
    help="Brightness of a patch's mean color.",
    palette="light-is-more",
    low_label="dark",
    high_label="bright",
)
def brightness(source: EncodingSource) -> Encoded:
    """Luma of the patch's mean color."""
    return Encoded(source.patches.brightness.astype(np.float32))


@encoding(
    "frequency",
    label="frequency",
    kind="sequential",
    inputs=("image",),
    help="How fine the pattern in a patch is, in waves per patch; plain patches have none.",
    low_label="coarse",
    high_label="fine",
)
def frequency(source: EncodingSource) -> Encoded:
    """Mean spatial frequency of the patch in cycles per patch; NaN for plain patches."""
    values = source.patches.frequency.astype(np.float32)
    known = values[~np.isnan(values)]
    return Encoded(values, high=float(known.max()) if len(known) else 1.0)


@encoding(
    "angle",
    label="angle",
    kind="cyclic",
    inputs=("image",),
    help="Direction in which a patch's brightness changes: 0° is from left to right, 90° upwards.",
    low_label="0°",
    high_label="180°",
)
def angle(source: EncodingSource) -> Encoded:
    """Direction in degrees in which brightness changes most in the patch; NaN if there is none."""
    return Encoded(source.patches.angle, high=180.0)


@encoding("image", label="image", kind="categorical", inputs=("image",), help="The picture that a patch belongs to.")
def image(source: EncodingSource) -> Encoded:
    """Index of the token's picture, from 0; sequential if there are more pictures than categories."""
    names = source.table.instances
    values = np.repeat(np.arange(len(names)), np.diff(source.table.offsets)).astype(np.float32)
    if len(names) > MAX_CATEGORIES:
        last = len(names) - 1
        return Encoded(values, high=last, low_label="first", high_label="last", kind="sequential")
    return Encoded(values, categories=names)


def _counted(values: Float32, last: int) -> Encoded:
    return Encoded(values.astype(np.float32), high=last, low_label="0", high_label=str(last))
