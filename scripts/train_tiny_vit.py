"""Train the tiny ViT of the demo from scratch, on the CPU, and write it with its model card.

``python -m scripts.train_tiny_vit --out precompute/data/tiny-vit``
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, cast

import numpy as np
import timm
import torch
from numpy.typing import NDArray
from timm.models import VisionTransformer, save_for_hf
from torch import nn
from torch.nn import functional

from precompute.inputs.drawing import SHAPES
from precompute.numeric import Float32
from scripts.descent import descend, prepare, training_parser
from scripts.tiny_vit_card import TrainingReport, model_card
from scripts.tiny_vit_data import (
    GRID,
    PATCH,
    QUESTIONS,
    SIZE,
    UNASKED,
    Dataset,
    brightness_likeness,
    dataset,
    hue_likeness,
)
from scripts.tiny_vit_scores import Scores, question_slices, score

log = logging.getLogger(__name__)

ARCHITECTURE = "vit_tiny_patch16_224"
MEAN = STD = 0.5
HELD_OUT_SEED = 10_000

ASKED_LAYER, HUE_HEAD, BRIGHTNESS_HEAD = 1, 0, 1
"""Heads whose attention is an answer: which other patches have the hue, the brightness of this one?"""


@dataclass(frozen=True)
class TrainingPlan:
    """Hyperparameters; with the versions of the libraries they determine the weights.

    Attributes
    ----------
    examples : int
        Different pictures, drawn before the training begins.
    steps, batch_size : int
        Updates, and pictures in each.
    learning_rate : float
        Maximum; warmed up over the first 5 % of the steps, then lowered linearly to 0.
    seed : int
        Of the initial weights and the data.
    """

    n_layers: int = 4
    n_heads: int = 4
    d_model: int = 64
    examples: int = 12_000
    steps: int = 2600
    batch_size: int = 48
    learning_rate: float = 2e-3
    seed: int = 0


class Pupil(nn.Module):
    """The network with its training targets: questions per picture, classes per patch, attention of two heads.

    The readout of the patches' classes is not part of the saved model. The attention of two heads is itself an answer
    (a pointer: Vinyals et al. 2015, arXiv 1506.03134).
    """

    def __init__(self, plan: TrainingPlan) -> None:
        super().__init__()
        self.network = cast(
            VisionTransformer,
            timm.create_model(
                ARCHITECTURE,
                img_size=SIZE,
                patch_size=PATCH,
                embed_dim=plan.d_model,
                depth=plan.n_layers,
                num_heads=plan.n_heads,
                num_classes=sum(map(len, QUESTIONS.values())),
            ),
        )
        self.objects = nn.Linear(plan.d_model, len(SHAPES) + 1)
        attention = cast(Any, self.network.blocks[ASKED_LAYER]).attn
        attention.fused_attn = False
        attention.attn_drop.register_forward_hook(self._keep)
        self._pattern = torch.empty(0)

    def _keep(self, _module: nn.Module, _inputs: object, pattern: torch.Tensor) -> None:
        self._pattern = pattern

    def forward(self, pixels: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor, torch.Tensor]:
        """Return logits [n, answers] and [n, patches, classes], and two heads' attention [n, patches, patches]."""
        tokens = self.network.forward_features(pixels)
        between = self._pattern[:, :, 1:, 1:]
        return (
            self.network.forward_head(tokens),
            self.objects(tokens[:, 1:]),
            between[:, HUE_HEAD],
            between[:, BRIGHTNESS_HEAD],
        )


def pixels_of(pictures: NDArray[np.uint8]) -> torch.Tensor:
    """Normalize pictures [n, height, width, 3] for the network."""
    return (torch.from_numpy(pictures).permute(0, 3, 1, 2).float() / 255 - MEAN) / STD


def loss_of(pupil: Pupil, data: Dataset, chosen: NDArray[np.int64]) -> torch.Tensor:
    """Return the sum of all cross-entropies and of the divergence of two heads' attention."""
    logits, objects, hue, brightness = pupil(pixels_of(data.pictures[chosen]))
    answers = torch.from_numpy(data.answers[chosen])
    loss = functional.cross_entropy(objects.flatten(0, 1), torch.from_numpy(data.objects[chosen]).flatten())
    for i, part in enumerate(question_slices()):
        loss = loss + functional.cross_entropy(logits[:, part], answers[:, i], ignore_index=UNASKED)
    return (
        loss
        + divergence(hue, hue_likeness(data.hue[chosen]))
        + divergence(brightness, brightness_likeness(data.brightness[chosen]))
    )


def divergence(attention: torch.Tensor, likeness: Float32) -> torch.Tensor:
    """Return the KL divergence of a head's attention from the similarity of patches, mean over patches with equals.

    Parameters
    ----------
    attention, likeness : float32 [n, patches, patches]
        Rows of attention sum to less than 1: [CLS] has the rest. Rows of likeness sum to 1, or to 0 without equals.
    """
    wanted = torch.from_numpy(likeness)
    asked = wanted.sum(dim=-1) > 0
    apart = functional.kl_div(attention[asked].clamp_min(1e-9).log(), wanted[asked], reduction="sum")
    return apart / asked.sum()


def train(
    plan: TrainingPlan, data: Dataset, on_step: Callable[[int, float, Pupil], None] | None = None
) -> tuple[Pupil, list[float]]:
    """Train a model; the same plan and data yield the same weights on the same machine.

    Parameters
    ----------
    on_step : callable, optional
        Called with the step, its loss and the model.

    Returns
    -------
    pupil : Pupil
        In evaluation mode.
    losses : list of float
        Of every step.
    """
    torch.manual_seed(plan.seed)
    pupil = Pupil(plan).train()
    optimizer = torch.optim.AdamW(pupil.parameters(), lr=plan.learning_rate, betas=(0.9, 0.98), weight_decay=0.02)
    rng = np.random.default_rng(plan.seed)

    def next_loss() -> torch.Tensor:
        return loss_of(pupil, data, rng.integers(len(data.pictures), size=plan.batch_size))

    def record(step: int, loss: float) -> None:
        if on_step is not None:
            on_step(step, loss, pupil)

    losses = descend(pupil, optimizer, plan.steps, next_loss, record)
    return pupil.eval(), losses


def save(network: VisionTransformer, directory: Path) -> None:
    """Write weights and configuration as a directory that timm loads without a network."""
    preprocessing = {
        "input_size": (3, SIZE, SIZE),
        "interpolation": "bicubic",
        "crop_pct": 1.0,
        "crop_mode": "center",
        "mean": (MEAN,) * 3,
        "std": (STD,) * 3,
        "tag": "probes",
        "license": "mit",
    }
    configuration = {
        "pretrained_cfg": preprocessing,
        "label_names": [f"{question}: {answer}" for question, answers in QUESTIONS.items() for answer in answers],
    }
    save_for_hf(network, str(directory), model_config=configuration, safe_serialization=True)
    (directory / "model.safetensors").chmod(0o644)


def main() -> None:
    """Train and write the model's directory."""
    defaults = TrainingPlan()
    parser = training_parser(__doc__, steps=defaults.steps, seed=defaults.seed)
    parser.add_argument("--examples", type=int, default=defaults.examples)
    options = parser.parse_args()
    prepare(options.threads)
    plan = replace(defaults, steps=options.steps, examples=options.examples, seed=options.seed)
    held_out = dataset(np.random.default_rng(HELD_OUT_SEED), 1200)
    data = dataset(np.random.default_rng(plan.seed), plan.examples)
    log.info("drew %d pictures of %d x %d patches", plan.examples, GRID, GRID)

    def scores(pupil: Pupil, examples: Dataset) -> Scores:
        with torch.inference_mode():
            answers = pupil.eval()(pixels_of(examples.pictures))
        pupil.train()
        return score(examples, *(answer.numpy() for answer in answers))

    def show(step: int, loss: float, pupil: Pupil) -> None:
        if step % 250 == 0:
            log.info("step %d of %d: loss %.2f, %s", step, plan.steps, loss, scores(pupil, held_out).summary())

    began = time.perf_counter()
    pupil, losses = train(plan, data, show)
    seconds = time.perf_counter() - began
    save(pupil.network, options.out)
    report = TrainingReport(
        n_layers=plan.n_layers,
        n_heads=plan.n_heads,
        d_model=plan.d_model,
        n_parameters=sum(parameter.numel() for parameter in pupil.network.parameters()),
        examples=plan.examples,
        steps=plan.steps,
        batch_size=plan.batch_size,
        learning_rate=plan.learning_rate,
        seed=plan.seed,
        threads=options.threads,
        seconds=seconds,
        first_loss=losses[0],
        last_loss=float(np.mean(losses[-100:])),
        asked_layer=ASKED_LAYER,
        hue_head=HUE_HEAD,
        brightness_head=BRIGHTNESS_HEAD,
        held_out_seed=HELD_OUT_SEED,
        n_held_out=len(held_out.pictures),
    )
    card = model_card(report, scores(pupil, held_out))
    (options.out / "README.md").write_text(card, encoding="utf-8")
    log.info("%s", scores(pupil, held_out).summary())


if __name__ == "__main__":
    main()
