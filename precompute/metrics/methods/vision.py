"""Metrics of heads that compare patches: by color, brightness, texture or position."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from precompute.metrics.confounders import place_tally
from precompute.metrics.registry import AttentionView, Float64, Tally, metric, tally, target_metric
from precompute.numeric import Float32
from precompute.tokens.features import Bool, TokenFeatures
from precompute.tokens.patches import PatchFeatures

Distance = Callable[[PatchFeatures], Float32]
"""Distances between the patches of an instance, float32 [n, n]; NaN where either has no value."""


def content_metric(name: str, *, label: str, quantity: str, version: int = 2) -> Callable[[Distance], Distance]:
    """Register the decorated distance between patches as a metric of heads that keep it short, beyond place.

    With d the distance, a the attention and m_i the mean distance of patch i to all other patches that it sees, the
    gain is the sum over i and j of a_ij (m_i - d_ij). What the head's mean attention over the other images gains with
    this image's values is subtracted, from it and from the gain of a head whose every patch attends only to its nearest
    other patch (:class:`precompute.metrics.confounders.PlaceTally`). Attention to prefix tokens, to the patch itself
    and to patches without a value gains 0, as a uniform choice. ``quantity`` completes the help.
    """
    text = (
        f"How much closer in {quantity} the attended patches are than place alone explains: 0 = as place, "
        "1 = as close as possible."
    )
    return _registered(name, label, text, version, place_tally)


def place_metric(name: str, *, label: str, quantity: str, version: int = 1) -> Callable[[Distance], Distance]:
    """Register the decorated distance as a metric of heads that keep it short; see :func:`content_metric`.

    Place itself is measured, so nothing is subtracted: 0 is a uniform choice.
    """
    text = f"How much closer in {quantity} the attended patches are than a uniform choice: 1 is as close as possible."

    def measure(view: AttentionView, gain: Float32, best: Float64) -> Tally:
        return tally((view.pattern * gain).sum(axis=(-2, -1), dtype=np.float64), best)

    return _registered(name, label, text, version, measure)


def _registered(
    name: str, label: str, text: str, version: int, sums: Callable[[AttentionView, Float32, Float64], Tally]
) -> Callable[[Distance], Distance]:
    def register(distance: Distance) -> Distance:
        def measure(view: AttentionView) -> Tally:
            patches = view.tokens.patches
            n = view.pattern.shape[-1]
            if patches is None:
                return sums(view, np.zeros((1, n, n), np.float32), np.zeros(1))
            return sums(view, *gain_of(view, distance(patches)))

        measure.__module__ = distance.__module__
        metric(name, label=label, help=text, inputs=("image",), version=version)(measure)
        return distance

    return register


def gain_of(view: AttentionView, distance: Float32) -> tuple[Float32, Float64]:
    """Return the gain of each pair of patches and that of a perfect head, by distance float32 [n, n] (NaN: none).

    Float32 [1 or H, n, n] and float64 [1 or H].
    """
    others = view.visible & ~np.isnan(distance) & ~np.eye(len(distance), dtype=bool)
    n_others = others.sum(axis=-1, keepdims=True)
    known = np.where(others, distance, 0).astype(np.float32)
    mean = known.sum(axis=-1, keepdims=True) / np.maximum(n_others, 1)
    gain = np.where(others, mean - known, 0).astype(np.float32)
    return gain, gain.max(axis=-1).sum(axis=-1, dtype=np.float64)


@content_metric("hue", label="Hue", quantity="hue")
def hue(patches: PatchFeatures) -> Float32:
    """Shorter way around the circle of hues, in turns; gray patches have no hue."""
    return _around(patches.hue)


@content_metric("brightness", label="Brightness", quantity="brightness")
def brightness(patches: PatchFeatures) -> Float32:
    """Difference of mean luma."""
    return np.abs(_apart(patches.brightness))


@content_metric("frequency", label="Frequency", quantity="spatial frequency")
def frequency(patches: PatchFeatures) -> Float32:
    """Octaves between the mean spatial frequencies; plain patches have none."""
    return np.abs(_apart(np.log2(patches.frequency)))


@content_metric("angle", label="Angle", quantity="the direction of their stripes and edges")
def angle(patches: PatchFeatures) -> Float32:
    """Shorter way around the half circle of directions; plain patches have none."""
    return _around(patches.angle / np.float32(180))


@place_metric("row", label="Row", quantity="their rows")
def row(patches: PatchFeatures) -> Float32:
    """Rows between the patches."""
    return np.abs(_apart(patches.row))


@place_metric("column", label="Column", quantity="their columns")
def column(patches: PatchFeatures) -> Float32:
    """Columns between the patches."""
    return np.abs(_apart(patches.column))


@target_metric(
    "neighbour",  # stored in runs and named in links: keeps its spelling
    label="Neighbor",
    help="Share of attention on the patches that touch a patch, corners included: 0 = spread evenly, 1 = "
    "all attention.",
    inputs=("image",),
)
def neighbor(tokens: TokenFeatures) -> Bool:
    """Keys that are at most one row and one column away, and not the query itself."""
    if tokens.patches is None:
        return np.zeros((len(tokens.ids), len(tokens.ids)), bool)
    steps = np.fmax(np.abs(_apart(tokens.patches.row)), np.abs(_apart(tokens.patches.column)))
    touching: Bool = steps == 1
    return touching


def _apart(values: Float32) -> Float32:
    difference: Float32 = values[:, None] - values[None, :]
    return difference


def _around(turns: Float32) -> Float32:
    difference: Float32 = np.abs((_apart(turns) + np.float32(0.5)) % 1 - np.float32(0.5))
    return difference
