"""A capture and its run have the same heads; a layout has one name."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from precompute.build.capture import Capture, CaptureRecord
from precompute.format.manifest import LayoutKey, Recipe
from precompute.run.run import Run
from precompute.store.store import Store
from tests.support.small_run import small_run


def test_the_heads_of_a_capture_are_those_of_its_run(tmp_path: Path) -> None:
    with Store(tmp_path / "store") as store:
        manifest = small_run(store).manifest
        model, run = manifest.model, Run(store, manifest)
        shape = (model.n_layers, model.n_heads, model.n_kv_heads, model.d_head)
        capture = Capture(CaptureRecord(*shape, manifest.masks, manifest.arrays), store)
        for layer, index in np.ndindex(model.n_layers, model.n_heads):
            own, read = capture.head(layer, index), run.head(layer, index)
            assert (own.scale, own.causal, own.name) == (read.scale, read.causal, read.name)
            for name in ("queries", "keys", "offsets", "positions"):
                np.testing.assert_array_equal(getattr(own, name), getattr(read, name))
            np.testing.assert_array_equal(own.attention(0), run.pattern(layer, index, 0))


def test_a_layout_is_named_by_projection_and_dimensions() -> None:
    assert LayoutKey("tsne", 2).name == "tsne.2"
    layouts = Recipe(projections=("tsne", "pca"), dims=(2, 3)).layouts
    assert [layout.name for layout in layouts] == ["tsne.2", "tsne.3", "pca.2", "pca.3"]
    assert LayoutKey("pca", 3) in layouts
