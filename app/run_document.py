"""The JSON that tells the browser what a run is and which arrays it can fetch."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from layouts.colors.palettes import VARIANTS, palette_for
from layouts.nouns import nouns_of
from layouts.projections import projection_choices
from precompute.format.manifest import EncodingInfo
from precompute.run.run import Run

SERVED_PREFIXES = ("coords.", "extent.", "preservation.", "encoding.")
SERVED_NAMES = frozenset(
    {
        "offsets",
        "positions",
        "draw_order",
        "query_norms",
        "key_norms",
        "head_metrics",
        "aggregate",
        "aggregate_counts",
        "offset_profile",
        "strongest_pairs",
        "strongest_pair_weights",
        "strongest_pairs_without_sinks",
        "strongest_pair_weights_without_sinks",
        "pictures",
    }
)


def is_served(name: str) -> bool:
    """Whether the browser may fetch an array: queries, keys and masks stay on the server."""
    return name in SERVED_NAMES or name.startswith(SERVED_PREFIXES)


def run_document(run: Run) -> dict[str, Any]:
    """Return the JSON object described in docs/architecture.md, section "The browser"."""
    manifest = run.manifest
    arrays = {name: asdict(info) for name, info in manifest.arrays.items() if is_served(name)}
    lengths = [end - start for start, end in zip(run.tokens.offsets, run.tokens.offsets[1:], strict=False)]
    return {
        "run": manifest.run,
        "name": manifest.name,
        "model": asdict(manifest.model),
        "inputs": asdict(manifest.inputs),
        "nouns": asdict(nouns_of(manifest)),
        "masks": manifest.masks,
        "nTokens": manifest.inputs.n_tokens,
        "nPoints": 2 * manifest.inputs.n_tokens,
        "maxLength": max(lengths),
        "projections": [asdict(choice) for choice in projection_choices(manifest)],
        "encodings": [_encoding(info) for info in manifest.encodings],
        "metrics": [asdict(info) for info in manifest.metrics],
        "arrays": arrays,
    }


def _encoding(info: EncodingInfo) -> dict[str, Any]:
    palettes = {variant: asdict(palette_for(info, variant)) for variant in VARIANTS}
    return {**asdict(info), "palettes": palettes}
