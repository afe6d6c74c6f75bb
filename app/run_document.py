"""Metadata of a run for the browser."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from layouts.colors.encodings import TRUST, color_encodings
from layouts.colors.palettes import palette_for
from layouts.colors.tokens import VARIANTS
from layouts.nouns import nouns_of
from layouts.state.resolution import projection_choices
from precompute.format.manifest import EncodingInfo
from precompute.format.schema import is_served
from precompute.run.run import Run


def run_document(run: Run) -> dict[str, Any]:
    """Return the JSON object described in docs/architecture.md, section "The browser"."""
    manifest = run.manifest
    arrays = {name: asdict(info) for name, info in manifest.arrays.items() if is_served(name)}
    return {
        "run": manifest.run,
        "name": manifest.name,
        "model": asdict(manifest.model),
        "inputs": asdict(manifest.inputs),
        "nouns": asdict(nouns_of(manifest)),
        "masks": manifest.masks,
        "sinkLogits": run.layers_with_sink_logits,
        "nTokens": manifest.inputs.n_tokens,
        "projections": [asdict(choice) for choice in projection_choices(manifest)],
        "encodings": [_encoding(info) for info in color_encodings(manifest)],
        "metrics": [asdict(info) for info in manifest.metrics],
        "arrays": arrays,
    }


def _encoding(info: EncodingInfo) -> dict[str, Any]:
    palettes = {variant: asdict(palette_for(info, variant)) for variant in VARIANTS}
    return {**asdict(info), "by_layout": info == TRUST, "palettes": palettes}
