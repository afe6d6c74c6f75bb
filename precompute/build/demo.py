"""Runs that ``make demo`` builds."""

from __future__ import annotations

from precompute.build.request import BuildRequest
from precompute.format.manifest import Recipe

_PROJECTIONS = ("attention-tsne", "tsne", "umap", "pca")

DEMO: tuple[BuildRequest, ...] = (
    BuildRequest(
        model="tiny-gpt2",
        inputs="tiny-words",
        name="Tiny GPT-2 · small language",
        recipe=Recipe(projections=_PROJECTIONS, max_tokens=900),
    ),
    BuildRequest(
        model="tiny-vit",
        inputs="gallery",
        name="Tiny ViT · probes and photos",
        recipe=Recipe(projections=_PROJECTIONS),
    ),
    BuildRequest(
        model="minilm",
        inputs="short-sentences",
        name="MiniLM (BERT) · short sentences",
        recipe=Recipe(projections=_PROJECTIONS),
    ),
)
"""The last one is the newest run, so it opens first."""
