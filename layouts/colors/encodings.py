"""Encodings that a run can be colored by: those of its manifest, and the trust of its layouts."""

from __future__ import annotations

from precompute.format.manifest import EncodingInfo, LayoutKey, Manifest

SHARES = "shares"
"""Palette of an encoding whose bytes are shares as of ``precompute.format.shares``."""

TRUST = EncodingInfo(
    name="trust",
    label="trust",
    kind="sequential",
    description="Share of a point's ten strongest partners that are among its ten nearest here: keys of a query, "
    "queries of a key. It differs between projections; with quality best, attention layouts show the mean of two "
    "starts.",
    per_head=True,
    low_label="0 %",
    high_label="100 %",
    palette=SHARES,
)


def trust_array(layout: LayoutKey) -> str:
    """Return the name of the array with the trust of a layout's points."""
    return f"trust.{layout.name}"


def has_trust(manifest: Manifest) -> bool:
    """Whether all layouts of a run have trust; runs of version 0.1.0 do not."""
    return all(trust_array(layout) in manifest.arrays for layout in manifest.recipe.layouts)


def color_encodings(manifest: Manifest) -> tuple[EncodingInfo, ...]:
    """Return the encodings of a run in the order of the menu."""
    return (*manifest.encodings, TRUST) if has_trust(manifest) else manifest.encodings


def encoding_named(manifest: Manifest, name: str) -> EncodingInfo:
    """Return an encoding of :func:`color_encodings`; StopIteration if there is none of this name."""
    return next(info for info in color_encodings(manifest) if info.name == name)
