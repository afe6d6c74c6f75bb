"""Every family of vision models: grid and picture are found, and the capture reproduces the model's attention."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
import pytest
import torch
from timm.data.config import resolve_model_data_config
from timm.data.transforms_factory import create_transform
from transformers import (
    BeitImageProcessor,
    BitImageProcessor,
    CLIPImageProcessor,
    DeiTImageProcessor,
    SiglipImageProcessor,
    ViTImageProcessor,
)

from precompute.capture import capture_instances
from precompute.models import timm_vision, transformers_vision
from precompute.models.families.transformers_vision import VISION_TOWERS
from precompute.models.vision import VisionModel
from tests.contract.comparison import recomputed_patterns
from tests.contract.tiny_vision import (
    IMAGES,
    TIMM,
    TRANSFORMERS,
    Expected,
    timm_model,
    timm_network,
    transformers_model,
    transformers_network,
)

Make = Callable[[str], VisionModel]

PROCESSORS: Mapping[str, Callable[[], transformers_vision.ImageProcessor]] = {
    "beit": BeitImageProcessor,
    "bit": BitImageProcessor,
    "clip": CLIPImageProcessor,
    "deit": DeiTImageProcessor,
    "siglip": SiglipImageProcessor,
    "vit": ViTImageProcessor,
}

every_model = pytest.mark.parametrize(
    ("make", "family", "expected"),
    [
        *(pytest.param(transformers_model, name, found, id=f"hf-{name}") for name, (_, found) in TRANSFORMERS.items()),
        *(pytest.param(timm_model, name, found, id=f"timm-{name}") for name, (_, _, found) in TIMM.items()),
    ],
)


def check_against(model: VisionModel, attentions: list[torch.Tensor]) -> None:
    assert len(attentions) == 3
    instances = list(capture_instances(model, model.prepare(IMAGES), batch_size=2))
    assert [instance.index for instance in instances] == [0, 1, 2]
    for instance in instances:
        for layer, attention in enumerate(attentions):
            expected = attention[instance.index].numpy()
            assert expected.shape == (4, model.layout.n_tokens, model.layout.n_tokens)
            np.testing.assert_allclose(recomputed_patterns(instance, layer), expected, atol=1e-5)


def pixels_of(model: VisionModel) -> torch.Tensor:
    (batch,) = model.batches(model.prepare(IMAGES), 3)
    return batch.tensors["pixels"]


@pytest.mark.parametrize("family", sorted(TRANSFORMERS))
def test_transformers_pattern_equals_eager_attention(family: str) -> None:
    model = transformers_model(family)
    eager = transformers_network(family, "eager")
    with torch.no_grad():
        attentions = eager(pixel_values=pixels_of(model), output_attentions=True).attentions
    check_against(model, list(attentions))


def test_every_registered_tower_is_held_to_its_eager_attention() -> None:
    held = {type(transformers_network(family)).__name__ for family in TRANSFORMERS}
    assert held == set(VISION_TOWERS.values())


@pytest.mark.parametrize("family", sorted(TIMM))
def test_timm_pattern_equals_unfused_attention(family: str) -> None:
    model, unfused = timm_model(family), timm_network(family)
    attentions: list[torch.Tensor] = []
    for name, module in unfused.named_modules():
        if hasattr(module, "fused_attn") and name.startswith("blocks."):
            module.fused_attn = False
            module.attn_drop.register_forward_hook(lambda _module, _inputs, output: attentions.append(output))
    with torch.no_grad():
        unfused.forward_features(pixels_of(model))
    check_against(model, attentions)


@every_model
def test_grid_and_prefix_are_found(make: Make, family: str, expected: Expected) -> None:
    model = make(family)
    table = model.prepare(IMAGES).table
    n_tokens = len(expected.prefix) + expected.rows * expected.columns
    assert table.grid == (expected.rows, expected.columns)
    assert table.offsets == (0, n_tokens, 2 * n_tokens, 3 * n_tokens)
    assert table.tokens[: len(expected.prefix)] == expected.prefix
    assert table.tokens[len(expected.prefix) :][: expected.columns + 1][-1] == "patch 1,0"
    assert sum(table.special) == 3 * len(expected.prefix)
    assert model.max_positions == n_tokens


@every_model
def test_picture_is_what_the_network_reads(make: Make, family: str, expected: Expected) -> None:
    model = make(family)
    prepared = model.prepare(IMAGES)
    for row in prepared.rows:
        assert row.dtype == np.uint8
        assert row.shape[0] * expected.columns == row.shape[1] * expected.rows
    assert pixels_of(model).shape == (3, 3, *prepared.rows[0].shape[:2])


@pytest.mark.parametrize("family", PROCESSORS)
def test_pixels_equal_the_image_processors(family: str) -> None:
    processor = PROCESSORS[family]()
    preprocessing = transformers_vision.preprocessing_of(processor)
    for index in range(len(IMAGES.names)):
        image = IMAGES.open(index)
        expected = processor(image, return_tensors="pt")["pixel_values"]
        found = preprocessing.normalize(preprocessing.picture(image)[None])
        torch.testing.assert_close(found, expected, atol=1e-6, rtol=0)


def test_pixels_equal_timms_transform() -> None:
    network = timm_network("vit")
    configuration = {**resolve_model_data_config(network), "input_size": (3, 64, 64)}
    transform = create_transform(**configuration, is_training=False)
    preprocessing = timm_vision.preprocessing_of(network)
    for index in range(len(IMAGES.names)):
        image = IMAGES.open(index)
        found = preprocessing.normalize(preprocessing.picture(image)[None])[0]
        torch.testing.assert_close(found, transform(image), atol=1e-5, rtol=0)
