"""The tiny ViT matches its card, and its script makes such a model."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import timm
import torch

from precompute.capture import capture_instances
from precompute.capture.runnable import Prepared
from precompute.inputs import ImageInputs, load_inputs
from precompute.metrics.layer_measure import layer_metrics
from precompute.models.source import resolve_model
from precompute.models.vision import VisionModel
from precompute.numeric import Float32
from precompute.tokens.features import token_features
from scripts.tiny_vit_card import TEMPLATE
from scripts.tiny_vit_data import (
    GRID,
    KINDS,
    QUESTIONS,
    SIZE,
    UNASKED,
    Dataset,
    brightness_likeness,
    dataset,
    hue_likeness,
)
from scripts.tiny_vit_scores import accuracy_of, score
from scripts.train_tiny_vit import (
    ASKED_LAYER,
    BRIGHTNESS_HEAD,
    HELD_OUT_SEED,
    HUE_HEAD,
    TrainingPlan,
    divergence,
    pixels_of,
    save,
    train,
)
from tests.support.heads import layer_of

DIRECTORY = Path(__file__).parents[4] / "precompute" / "data" / "tiny-vit"
SHORT = TrainingPlan(n_layers=2, n_heads=2, d_model=16, examples=24, steps=12, batch_size=12)


@pytest.fixture(scope="module", autouse=True)
def one_thread() -> Iterator[None]:
    """Models this small lose more time waiting for a second thread than it saves."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture(scope="module")
def examples() -> Dataset:
    """Draw the first of the card's held-out pictures."""
    return dataset(np.random.default_rng(HELD_OUT_SEED), 120)


@pytest.fixture(scope="module")
def model() -> VisionModel:
    loaded = resolve_model("tiny-vit").load()
    assert isinstance(loaded, VisionModel)
    return loaded


@pytest.fixture(scope="module")
def scores(model: VisionModel) -> dict[str, Float32]:
    """Measure every head on the pictures of the demo, float32 [L, H] by metric."""
    inputs = load_inputs("gallery")
    assert isinstance(inputs, ImageInputs)
    prepared = model.prepare(inputs)
    return measure(model, prepared)


def measure(model: VisionModel, prepared: Prepared) -> dict[str, Float32]:
    instances = list(capture_instances(model, prepared))
    tokens = token_features(prepared.table, np.stack(prepared.rows))
    offsets = np.asarray(prepared.table.offsets, np.int32)
    found: dict[str, list[Float32]] = {}
    for layer, scale in enumerate(instances[0].scales):
        queries = np.concatenate([instance.queries[layer] for instance in instances], axis=1)
        keys = np.concatenate([instance.keys[layer] for instance in instances], axis=1)
        norms = np.linalg.norm(queries, axis=2), np.linalg.norm(keys, axis=2)
        attention = layer_of(queries, keys, scale, offsets).attention()
        for info, values in layer_metrics(attention, tokens, *norms, kind="image").items():
            found.setdefault(info.name, []).append(values)
    return {name: np.stack(layers) for name, layers in found.items()}


def card_percent(pattern: str) -> float:
    match = re.search(pattern, (DIRECTORY / "README.md").read_text(encoding="utf-8"))
    assert match is not None
    return float(match[1])


def test_answers_are_as_right_as_the_card_says(examples: Dataset) -> None:
    network = timm.create_model(f"local-dir:{DIRECTORY}", pretrained=True).eval()
    with torch.inference_mode():
        logits = network(pixels_of(examples.pictures)).numpy()
    for question, share in accuracy_of(examples, logits).items():
        stated = card_percent(rf"\| {question} \| \d+ \| [\d.]+ \| ([\d.]+) \|") / 100
        n_asked = int((examples.answers[:, list(QUESTIONS).index(question)] != UNASKED).sum())
        assert abs(share - stated) < 0.02 + 3 * (stated * (1 - stated) / n_asked) ** 0.5, question


def test_taught_heads_are_found_by_their_metric(scores: dict[str, Float32]) -> None:
    best = {name: np.unravel_index(scores[name].argmax(), scores[name].shape) for name in ("hue", "brightness")}
    assert best == {"hue": (ASKED_LAYER, HUE_HEAD), "brightness": (ASKED_LAYER, BRIGHTNESS_HEAD)}
    assert scores["hue"].max() > 0.6
    assert scores["brightness"].max() > 0.6


def test_model_reads_the_drawn_pictures_without_cropping(model: VisionModel) -> None:
    inputs = load_inputs("probes", limit=1)
    assert isinstance(inputs, ImageInputs)
    (picture,) = model.prepare(inputs).rows
    assert picture.shape == (SIZE, SIZE, 3)
    assert (model.layout.n_prefix, model.layout.rows, model.layout.columns) == (1, GRID, GRID)
    exact = np.asarray(inputs.open(0).resize((SIZE, SIZE), resample=3))
    assert np.abs(picture.astype(int) - exact).max() <= 1


def test_files_are_small_and_say_whose_they_are() -> None:
    assert sum(path.stat().st_size for path in DIRECTORY.iterdir()) < 2**22
    configuration = json.loads((DIRECTORY / "config.json").read_text(encoding="utf-8"))
    assert configuration["pretrained_cfg"]["license"] == "mit"
    answers = [f"{question}: {answer}" for question, possible in QUESTIONS.items() for answer in possible]
    assert configuration["label_names"] == answers


def test_card_is_the_template_filled_in() -> None:
    card = (DIRECTORY / "README.md").read_text(encoding="utf-8")
    fixed = [part for part in re.split(r"\{[^}]*\}", TEMPLATE.read_text(encoding="utf-8")) if part.strip()]
    assert [part for part in fixed if part not in card] == []


def test_examples_are_of_all_kinds_and_answer_what_makes_sense(examples: Dataset) -> None:
    np.testing.assert_array_equal(examples.answers[:, 0], np.arange(120) % len(KINDS))
    asked = {kind: set() for kind in KINDS}
    for row in examples.answers:
        asked[KINDS[row[0]]] |= {question for question, answer in zip(QUESTIONS, row, strict=True) if answer != UNASKED}
    assert asked == {
        "hue gradient": {"kind", "direction"},
        "brightness gradient": {"kind", "direction"},
        "sinusoid": {"kind", "wave angle", "frequency"},
        "shapes": {"kind", "largest shape"},
        "hue mosaic": {"kind"},
        "brightness mosaic": {"kind"},
    }
    with_objects = examples.objects.any(axis=1)
    assert {KINDS[kind] for kind in examples.answers[with_objects, 0]} == {"shapes"}


def test_likeness_is_a_distribution_over_other_patches_that_favors_equals() -> None:
    values = np.full((1, GRID**2), np.nan, np.float32)
    values[0, :4] = 0.99, 0.01, 0.2, 0.2
    hue = hue_likeness(values)[0]
    np.testing.assert_allclose(hue.sum(axis=1), [1, 1, 1, 1, *[0] * (GRID**2 - 4)], atol=1e-6)
    assert hue[0, 1] > 0.99
    assert hue[2, 3] > 0.99
    assert (np.diag(hue) == 0).all()
    brightness = brightness_likeness(values)[0]
    assert brightness[0].sum() == 0
    assert brightness[2, 3] > 0.99


def test_divergence_is_0_for_the_wanted_attention_and_positive_for_another(examples: Dataset) -> None:
    wanted = brightness_likeness(examples.brightness)
    assert float(divergence(torch.from_numpy(wanted), wanted)) == pytest.approx(0, abs=1e-5)
    even = torch.full(wanted.shape, 1 / wanted.shape[1])
    assert float(divergence(even, wanted)) > 0.3


def test_scores_of_perfect_and_even_attention(examples: Dataset) -> None:
    n, patches = examples.objects.shape
    answers = sum(map(len, QUESTIONS.values()))
    even = np.full((n, patches, patches), 1 / (patches + 1), np.float32)
    objects = np.eye(6, dtype=np.float32)[examples.objects]
    found = score(examples, np.zeros((n, answers), np.float32), objects, hue_likeness(examples.hue), even)
    assert found.objects == 1
    assert found.hue > 0.9 > found.even_hue
    assert found.brightness == pytest.approx(found.even_brightness)


def test_script_makes_the_same_model_again(tmp_path: Path) -> None:
    data = dataset(np.random.default_rng(SHORT.seed), SHORT.examples)
    pupils = [train(SHORT, data) for _ in range(2)]
    assert pupils[0][1] == pupils[1][1]
    assert np.mean(pupils[0][1][-3:]) < pupils[0][1][0]
    save(pupils[0][0].network, tmp_path)
    read = timm.create_model(f"local-dir:{tmp_path}", pretrained=True)
    for name, values in pupils[1][0].network.state_dict().items():
        torch.testing.assert_close(read.state_dict()[name], values, rtol=0, atol=0)
