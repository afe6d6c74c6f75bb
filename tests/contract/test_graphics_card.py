"""A graphics card captures the same as the processor: every family, and a network of the usual size."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
import torch
from transformers import ViTConfig, ViTImageProcessor, ViTModel

from precompute.build.model_process import CaptureOrder, ModelProcess
from precompute.build.request import ignore_progress
from precompute.build.run_model import capture_run
from precompute.capture import CapturedInstance, capture_instances
from precompute.inputs import load_inputs
from precompute.models import timm_vision, transformers_vision
from precompute.models.loaded import torch_device
from precompute.models.source import resolve_model
from precompute.models.transformers_text import TextModel
from precompute.models.vision import VisionModel
from precompute.store.store import Store
from tests.contract.tiny_text import FAMILIES, SENTENCES, network, word_tokenizer
from tests.contract.tiny_vision import IMAGES, TIMM, TRANSFORMERS, timm_network, transformers_network

CARD = "cuda"
TOLERANCE = 1e-4
"""Of the largest value: sums are taken in another order, but in float32 throughout."""

pytestmark = pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a graphics card that torch can use")


def text_model(family: str, device: str) -> TextModel:
    return TextModel(network(family), word_tokenizer(), torch_device(device))


def timm_model(family: str, device: str) -> VisionModel:
    return timm_vision.vision_model(timm_network(family), torch_device(device))


def transformers_model(family: str, device: str) -> VisionModel:
    expected = TRANSFORMERS[family][1]
    processor = ViTImageProcessor(size={"height": 8 * expected.rows, "width": 8 * expected.columns})
    return transformers_vision.vision_model(transformers_network(family), processor, torch_device(device))


def base_vit(device: str) -> VisionModel:
    """Make a ViT-B/16, whose convolution over patches is large enough for a card's short cuts."""
    torch.manual_seed(0)
    made = ViTModel(ViTConfig(), add_pooling_layer=False).train(False)
    return transformers_vision.vision_model(made, ViTImageProcessor(), torch_device(device))


def assert_equal(here: Iterator[CapturedInstance], there: Iterator[CapturedInstance]) -> None:
    for one, other in zip(here, there, strict=True):
        assert (one.index, one.scales, one.masks) == (other.index, other.scales, other.masks)
        for name in ("queries", "keys", "value_norms"):
            for layer, (ours, theirs) in enumerate(zip(getattr(one, name), getattr(other, name), strict=True)):
                assert np.abs(ours - theirs).max() <= TOLERANCE * np.abs(ours).max(), (name, layer)


@pytest.mark.parametrize("family", FAMILIES)
def test_sentences(family: str) -> None:
    here, there = (text_model(family, device) for device in ("cpu", CARD))
    prepared = here.prepare(SENTENCES)
    assert_equal(capture_instances(here, prepared), capture_instances(there, prepared))


@pytest.mark.parametrize(
    ("make", "family"),
    [
        *(pytest.param(transformers_model, name, id=f"hf-{name}") for name in TRANSFORMERS),
        *(pytest.param(timm_model, name, id=f"timm-{name}") for name in TIMM),
    ],
)
def test_images(make: Callable[[str, str], VisionModel], family: str) -> None:
    here, there = (make(family, device) for device in ("cpu", CARD))
    prepared = here.prepare(IMAGES)
    assert_equal(capture_instances(here, prepared), capture_instances(there, prepared))


def test_images_by_a_network_of_the_usual_size() -> None:
    here, there = base_vit("cpu"), base_vit(CARD)
    prepared = here.prepare(IMAGES)
    assert_equal(capture_instances(here, prepared), capture_instances(there, prepared))


def test_a_process_of_its_own_can_use_the_card(tmp_path: Path) -> None:
    source, inputs = resolve_model("tiny-gpt2"), load_inputs("tiny-words", limit=5)
    with Store(tmp_path / "store") as store:
        expected = capture_run(source, inputs, store, max_tokens=None, device="cpu", on_progress=ignore_progress)
        with ModelProcess(store) as process:
            found = process.capture(CaptureOrder(source, inputs, None, CARD), ignore_progress)
        for name in ("queries", "keys"):
            ours, theirs = store.array(found.arrays[name]), store.array(expected.arrays[name])
            assert np.abs(ours - theirs).max() <= TOLERANCE * np.abs(theirs).max()
