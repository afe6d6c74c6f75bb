"""Real models over a few sentences and images: a store that is built in seconds."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from precompute.build.build import build
from precompute.build.request import BuildRequest
from precompute.format.manifest import Recipe
from precompute.store.store import Store

_RECIPE = Recipe(projections=("pca", "tsne"), dims=(2, 3), limit=12)

REQUESTS: Mapping[str, BuildRequest] = {
    "vit": BuildRequest("tiny-vit", "gallery", "A ViT", _RECIPE),
    "gpt2": BuildRequest("tiny-gpt2", "tiny-words", "A causal model", _RECIPE),
    "bert": BuildRequest("minilm", "sentences", "A BERT", _RECIPE),
}
"""By short name, in the order they are built: BERT is the newest, so it opens by itself."""


def build_demo_store(directory: Path) -> dict[str, str]:
    """Build the runs that are not there yet.

    Parameters
    ----------
    directory : Path
        Of the store.

    Returns
    -------
    dict of str to str
        Identifier of each run by the names of ``REQUESTS``.
    """
    with Store(directory) as store:
        return {name: build(request, store).run for name, request in REQUESTS.items()}
