"""Vision models in directories, as transformers and timm write them."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import save_model
from transformers import (
    CLIPConfig,
    CLIPImageProcessor,
    CLIPModel,
    PreTrainedModel,
    ViTImageProcessor,
    ViTMAEConfig,
    ViTMAEForPreTraining,
    ViTMAEModel,
)

from precompute.capture import capture_instances
from precompute.errors import UnsupportedModelError
from precompute.models.source import resolve_model
from tests.contract.comparison import recomputed_patterns
from tests.contract.tiny_vision import IMAGES, TIMM, timm_model, timm_network, transformers_network

SMALL = {"hidden_size": 32, "num_hidden_layers": 2, "num_attention_heads": 4, "intermediate_size": 48}


@pytest.fixture
def timm_directory(tmp_path: Path) -> Path:
    """Write a network of timm in its hub format."""
    network = timm_network("vit")
    save_model(network, str(tmp_path / "model.safetensors"))
    name, arguments, _ = TIMM["vit"]
    configuration = {
        "architecture": name,
        "num_classes": 1000,
        "model_args": {"embed_dim": 32, "depth": 3, "num_heads": 4, **arguments},
        "pretrained_cfg": {**network.pretrained_cfg, "input_size": [3, 64, 64]},
    }
    (tmp_path / "config.json").write_text(json.dumps(configuration))
    return tmp_path


def test_timm_directory(timm_directory: Path) -> None:
    source = resolve_model(str(timm_directory))
    assert (source.library, source.kind) == ("timm", "image")
    loaded, expected = source.load(), timm_model("vit")
    instances = zip(
        capture_instances(loaded, loaded.prepare(IMAGES)),
        capture_instances(expected, expected.prepare(IMAGES)),
        strict=True,
    )
    for found, wanted in instances:
        for layer in range(3):
            np.testing.assert_array_equal(found.queries[layer], wanted.queries[layer])


def test_timm_directory_that_does_not_fit_its_weights(timm_directory: Path) -> None:
    configuration = json.loads((timm_directory / "config.json").read_text())
    configuration["model_args"]["depth"] = 4
    (timm_directory / "config.json").write_text(json.dumps(configuration))
    with pytest.raises(UnsupportedModelError, match="timm cannot load"):
        resolve_model(str(timm_directory)).load()


def test_transformers_directory(tmp_path: Path) -> None:
    network = transformers_network("vit")
    assert isinstance(network, PreTrainedModel)
    network.save_pretrained(tmp_path)
    ViTImageProcessor(size={"height": 32, "width": 32}).save_pretrained(tmp_path)
    model = resolve_model(str(tmp_path)).load()
    prepared = model.prepare(IMAGES)
    assert prepared.table.grid == (4, 4)
    assert [instance.index for instance in capture_instances(model, prepared)] == [0, 1, 2]


def test_vision_tower_of_an_image_text_model(tmp_path: Path) -> None:
    torch.manual_seed(0)
    configuration = CLIPConfig(
        text_config={**SMALL, "vocab_size": 20}, vision_config={**SMALL, "image_size": 32, "patch_size": 16}
    )
    CLIPModel(configuration).save_pretrained(tmp_path)
    size = {"shortest_edge": 32}
    CLIPImageProcessor(size=size, crop_size={"height": 32, "width": 32}).save_pretrained(tmp_path)
    source = resolve_model(str(tmp_path))
    assert source.kind == "image"
    model = source.load()
    (instance, *_) = capture_instances(model, model.prepare(IMAGES))
    assert len(instance.queries) == 2
    assert instance.queries[0].shape == (4, 5, 8)


def test_masked_autoencoder_sees_every_patch_in_its_place(tmp_path: Path) -> None:
    torch.manual_seed(0)
    configuration = ViTMAEConfig(**SMALL, image_size=32, patch_size=8, initializer_range=0.3)
    ViTMAEForPreTraining(configuration).save_pretrained(tmp_path)
    ViTImageProcessor(size={"height": 32, "width": 32}).save_pretrained(tmp_path)
    model = resolve_model(str(tmp_path)).load()
    prepared = model.prepare(IMAGES)
    (batch,) = model.batches(prepared, 3)
    own = ViTMAEModel.from_pretrained(tmp_path, attn_implementation="eager", mask_ratio=0.0).eval()
    with torch.no_grad():
        unshuffled = torch.arange(16.0).expand(3, -1)
        eager = own(batch.tensors["pixels"], noise=unshuffled, output_attentions=True).attentions
    assert prepared.table.grid == (4, 4)
    assert len(eager) == 2
    for instance in capture_instances(model, prepared):
        for layer, attention in enumerate(eager):
            expected = attention[instance.index].numpy()
            np.testing.assert_allclose(recomputed_patterns(instance, layer), expected, atol=1e-5)


def test_directory_without_image_processor(tmp_path: Path) -> None:
    network = transformers_network("vit")
    assert isinstance(network, PreTrainedModel)
    network.save_pretrained(tmp_path)
    with pytest.raises(UnsupportedModelError, match=r"preprocessor_config\.json"):
        resolve_model(str(tmp_path)).load()


def test_selected_pictures_keep_their_tokens() -> None:
    prepared = timm_model("vit").prepare(IMAGES)
    selected = prepared.select([2])
    assert selected.table.instances == ("three.png",)
    assert selected.table.grid == prepared.table.grid
    assert selected.table.offsets == (0, 17)
    np.testing.assert_array_equal(selected.rows[0], prepared.rows[2])
