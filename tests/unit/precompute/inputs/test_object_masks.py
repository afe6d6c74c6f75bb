"""Masks that a segmentation model makes for pictures."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import PIL.Image
import pytest
import torch
from transformers import (
    MobileNetV2ImageProcessor,
    SegformerConfig,
    SegformerForSemanticSegmentation,
    SegformerImageProcessor,
)

from precompute.cli.app import run
from precompute.errors import InputsError, UnknownModelError, UnsupportedModelError
from precompute.inputs import ImageInputs, load_inputs
from precompute.inputs.object_masks import write_masks
from precompute.models.segmentation import load_segmenter

CLASSES = ("wall", "sky", "tree")
WIDTH, HEIGHT = 52, 36


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Save a tiny network with random weights as a hub would have it."""
    directory = tmp_path_factory.mktemp("segformer")
    torch.manual_seed(3)
    config = SegformerConfig(
        num_encoder_blocks=2,
        depths=[1, 1],
        sr_ratios=[2, 1],
        hidden_sizes=[8, 16],
        patch_sizes=[7, 3],
        strides=[4, 2],
        num_attention_heads=[1, 2],
        mlp_ratios=[2, 2],
        decoder_hidden_size=16,
        id2label=dict(enumerate(CLASSES)),
    )
    SegformerForSemanticSegmentation(config).save_pretrained(directory)
    SegformerImageProcessor(size={"height": 32, "width": 32}).save_pretrained(directory)
    return directory


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    directory = tmp_path / "pictures"
    (directory / "walk").mkdir(parents=True)
    noise = np.random.default_rng(0).integers(0, 256, (HEIGHT, WIDTH, 3), np.uint8)
    PIL.Image.fromarray(noise).save(directory / "walk" / "a.png")
    PIL.Image.new("RGB", (20, 20), "blue").save(directory / "b.jpg")
    return directory


def halves(image: PIL.Image.Image) -> np.ndarray[tuple[int, int], np.dtype[np.uint8]]:
    """Class 1 on the left, 2 on the right."""
    return np.tile((1 + (np.arange(image.width) >= image.width // 2)).astype(np.uint8), (image.height, 1))


def load(directory: Path) -> ImageInputs:
    inputs = load_inputs(str(directory))
    assert isinstance(inputs, ImageInputs)
    return inputs


def test_masks_become_the_labels_of_the_pictures(pictures: Path) -> None:
    assert sorted(write_masks(pictures, CLASSES, halves)) == [("b.jpg", True), ("walk/a.png", True)]
    inputs = load(pictures)
    assert inputs.classes == ("background", "sky", "tree")
    mask = inputs.mask(inputs.names.index("walk/a.png"))
    assert mask is not None
    np.testing.assert_array_equal(mask, np.repeat([[1, 2]], WIDTH // 2, axis=1).repeat(HEIGHT, axis=0))


def test_labels_that_are_there_stay_and_an_interrupted_call_goes_on(pictures: Path) -> None:
    first = write_masks(pictures, CLASSES, halves)
    done, _ = next(first)
    first.close()
    kept = {path: path.read_bytes() for path in (pictures / "masks").rglob("*.png")}
    assert len(kept) == 1
    rest = dict(write_masks(pictures, CLASSES, lambda image: halves(image) * 0))
    assert rest.pop(done) is False
    assert list(rest.values()) == [True]
    assert {path: path.read_bytes() for path in kept} == kept


def test_masks_of_another_model_are_not_mixed(pictures: Path) -> None:
    list(write_masks(pictures, CLASSES, halves))
    with pytest.raises(InputsError, match="names other classes: move the directory masks away"):
        list(write_masks(pictures, ("road",), halves))


def test_every_pixel_has_the_class_of_the_highest_logit(model: Path, pictures: Path) -> None:
    segmenter = load_segmenter(str(model))
    assert segmenter.classes == CLASSES
    with PIL.Image.open(pictures / "walk" / "a.png") as image:
        mask = segmenter.mask(image.convert("RGB"))
        logits = segmenter.logits(image.convert("RGB"))
    assert mask.shape == (HEIGHT, WIDTH)
    assert mask.dtype == np.uint8
    rows, columns = logits.shape[1:]
    for y, x in ((0, 0), (HEIGHT - 1, WIDTH - 1), (17, 30), (5, 44)):
        down, right = ((y + 0.5) * rows / HEIGHT - 0.5, (x + 0.5) * columns / WIDTH - 0.5)
        down, right = (min(max(at, 0.0), most - 1.0) for at, most in ((down, rows), (right, columns)))
        top, left = int(down), int(right)
        below, beside = min(top + 1, rows - 1), min(left + 1, columns - 1)
        upper = torch.lerp(logits[:, top, left], logits[:, top, beside], right - left)
        lower = torch.lerp(logits[:, below, left], logits[:, below, beside], right - left)
        assert mask[y, x] == int(torch.lerp(upper, lower, down - top).argmax())


def test_a_mask_covers_the_whole_picture_even_of_a_model_that_crops(
    model: Path, pictures: Path, tmp_path: Path
) -> None:
    cropping = tmp_path / "cropping"
    shutil.copytree(model, cropping)
    size, crop = {"shortest_edge": 32}, {"height": 16, "width": 16}
    MobileNetV2ImageProcessor(size=size, crop_size=crop, do_center_crop=True).save_pretrained(cropping)
    with PIL.Image.open(pictures / "walk" / "a.png") as image:
        logits = load_segmenter(str(cropping)).logits(image.convert("RGB"))
    assert logits.shape == (len(CLASSES), 32 // 4, -(-WIDTH * 32 // HEIGHT // 4))


def test_the_command_labels_a_directory(model: Path, pictures: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["segment", str(pictures), "--model", str(model)]) == 0
    assert "Labeled 2 pictures" in capsys.readouterr().err
    assert load(pictures).mask(0) is not None
    assert run(["segment", str(pictures), "--model", str(model)]) == 0
    assert "b.jpg (kept its labels)" in capsys.readouterr().err


def test_models_that_cannot_label_are_refused(model: Path, tmp_path: Path) -> None:
    with pytest.raises(UnknownModelError, match="neither a directory nor a Hub id"):
        load_segmenter("../nowhere")
    headless = tmp_path / "headless"
    shutil.copytree(model, headless)
    SegformerForSemanticSegmentation.from_pretrained(model).segformer.save_pretrained(headless)
    with pytest.raises(UnsupportedModelError, match="lacks"):
        load_segmenter(str(headless))
    (headless / "model.safetensors").rename(headless / "pytorch_model.bin")
    with pytest.raises(UnsupportedModelError, match="could run code"):
        load_segmenter(str(headless))
