"""A run from a directory of pictures: the whole pipeline on a vision transformer of a few thousand random weights."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import PIL.Image
import pytest
import timm
import torch
from timm.models import save_for_hf

from precompute.build import BuildRequest, ExecutionOptions, build
from precompute.errors import InputsError
from precompute.format.manifest import Recipe
from precompute.inputs.drawing import Shape, brightness_gradient, draw_shapes, hue_gradient
from precompute.run.run import Run
from precompute.run.verify import verify_run
from precompute.store.store import Store
from precompute.tokens.patches import patch_features

SIZE, PATCH, GRID = 32, 8, 4
N = 1 + GRID * GRID


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Save a random ViT of 2 layers x 2 heads."""
    directory = tmp_path_factory.mktemp("models") / "random-vit"
    torch.manual_seed(0)
    shape = {"img_size": SIZE, "patch_size": PATCH, "embed_dim": 16, "depth": 2, "num_heads": 2, "num_classes": 3}
    network = timm.create_model("vit_tiny_patch16_224", **shape)
    arguments = {name: value for name, value in shape.items() if name != "num_classes"}
    preprocessing = {"input_size": (3, SIZE, SIZE), "crop_pct": 1.0, "interpolation": "bicubic"}
    configuration = {"model_args": arguments, "pretrained_cfg": preprocessing}
    save_for_hf(network, str(directory), model_config=configuration, safe_serialization=True)
    return directory


@pytest.fixture(scope="module")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("inputs") / "pictures"
    (directory / "masks" / "shapes").mkdir(parents=True)
    (directory / "shapes").mkdir()
    square, mask = draw_shapes(64, [Shape("square", 0.25, 0.25, 0.36, 0, (1.0, 0.0, 0.0))], np.ones(3, np.float32))
    PIL.Image.fromarray(brightness_gradient(SIZE, 0)).save(directory / "a.png")
    PIL.Image.fromarray(hue_gradient(SIZE, 90)).save(directory / "b.webp", lossless=True)
    PIL.Image.fromarray(square).save(directory / "shapes" / "c.png")
    PIL.Image.fromarray(mask).save(directory / "masks" / "shapes" / "c.png")
    (directory / "masks" / "classes.csv").write_text("class,name\n2,red square\n", encoding="utf-8")
    return directory


@pytest.fixture(scope="module")
def run(model: Path, pictures: Path, tmp_path_factory: pytest.TempPathFactory) -> Run:
    store = Store(tmp_path_factory.mktemp("store"))
    request = BuildRequest(str(model), str(pictures), recipe=Recipe(projections=("pca",), dims=(2,)))
    outcome = build(request, store, ExecutionOptions(1))
    assert build(request, store, ExecutionOptions(1)).reused
    assert verify_run(store, outcome.run) == []
    assert store.unneeded_parts() == []
    return Run(store, store.manifest(outcome.run))


def test_manifest_says_what_was_run(run: Run) -> None:
    manifest = run.manifest
    assert manifest.run.startswith("random-vit-pictures-")
    assert (manifest.inputs.kind, manifest.inputs.n_instances, manifest.inputs.n_tokens) == ("image", 3, 3 * N)
    assert (manifest.model.library, manifest.model.n_layers, manifest.model.n_heads) == ("timm", 2, 2)


def test_pictures_are_kept_as_the_model_saw_them(run: Run, pictures: Path) -> None:
    kept = run.array("pictures")
    assert (kept.dtype, kept.shape) == (np.uint8, (3, SIZE, SIZE, 3))
    for index, name in enumerate(("a.png", "b.webp")):
        np.testing.assert_array_equal(kept[index], np.asarray(PIL.Image.open(pictures / name)))


def test_tokens_are_patches_with_labels(run: Run) -> None:
    table = run.tokens
    assert (table.grid, table.instances) == ((GRID, GRID), ("a.png", "b.webp", "shapes/c.png"))
    assert table.columns == {"folder": ("", "", "shapes")}
    unlabeled = ("CLS", *[""] * 16)
    top = ("red square", "red square", "background", "background")
    assert table.labels == (*unlabeled, *unlabeled, "CLS", *top, *top, *["background"] * 8)


def test_encodings_follow_the_pictures(run: Run) -> None:
    names = {info.name for info in run.manifest.encodings}
    assert {"patch", "object", "row", "hue", "brightness", "image", "type", "norm", "column.folder"} <= names
    features = patch_features(run.array("pictures"), run.tokens)
    np.testing.assert_array_equal(run.encoding("brightness"), features.brightness)
    ramp = run.encoding("brightness")[1:N].reshape(GRID, GRID)
    np.testing.assert_allclose(ramp, np.tile((np.arange(GRID) + 0.5) / GRID, (GRID, 1)), atol=0.01)


def test_heads_have_the_metrics_of_pictures_alone(run: Run) -> None:
    names = {info.name for info in run.manifest.metrics}
    assert {"hue", "brightness", "frequency", "row", "column", "self", "cls", "neighbour"} <= names
    assert names.isdisjoint({"previous_token", "induction", "punctuation"})
    assert np.isfinite(run.metric("hue")).all()


def test_sentences_for_a_vision_model_are_refused(model: Path, tmp_path: Path) -> None:
    with pytest.raises(InputsError, match="random-vit reads pictures, but sentences are sentences"):
        build(BuildRequest(str(model), "sentences"), Store(tmp_path))


def test_limit_and_max_tokens_keep_whole_pictures(model: Path, pictures: Path, tmp_path: Path) -> None:
    store = Store(tmp_path)
    recipe = Recipe(projections=("pca",), dims=(2,), max_tokens=2 * N + 1)
    outcome = build(BuildRequest(str(model), str(pictures), recipe=recipe), store, ExecutionOptions(1))
    kept = Run(store, store.manifest(outcome.run))
    assert kept.tokens.instances == ("a.png", "shapes/c.png")
    assert kept.array("pictures").shape[0] == 2
    assert len(kept.tokens.labels) == 2 * N
