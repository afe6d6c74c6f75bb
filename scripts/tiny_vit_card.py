"""Model card of the tiny ViT."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path

from scripts.tiny_vit_data import GRID, PATCH, QUESTIONS, SIZE
from scripts.tiny_vit_scores import Scores

TEMPLATE = Path(__file__).with_name("tiny_vit_card.md")


@dataclass(frozen=True)
class TrainingReport:
    """Plan and outcome of a training.

    Attributes
    ----------
    seconds : float
        Wall-clock time of the training alone.
    first_loss, last_loss : float
        Of the first step, and the mean of the last 100 steps.
    asked_layer, hue_head, brightness_head : int
        Heads whose attention is trained directly.
    held_out_seed, n_held_out : int
        Seed and number of the pictures for the scores.
    """

    n_layers: int
    n_heads: int
    d_model: int
    n_parameters: int
    examples: int
    steps: int
    batch_size: int
    learning_rate: float
    seed: int
    threads: int
    seconds: float
    first_loss: float
    last_loss: float
    asked_layer: int
    hue_head: int
    brightness_head: int
    held_out_seed: int
    n_held_out: int


def model_card(report: TrainingReport, scores: Scores) -> str:
    """Return the card as Markdown; scores are of held-out pictures."""
    return TEMPLATE.read_text(encoding="utf-8").format(
        **asdict(report),
        d_head=report.d_model // report.n_heads,
        size=SIZE,
        patch=PATCH,
        grid=GRID,
        n_answers=sum(map(len, QUESTIONS.values())),
        rows="\n".join(
            f"| {question} | {len(QUESTIONS[question])} | {100 / len(QUESTIONS[question]):.1f} | {100 * share:.1f} |"
            for question, share in scores.accuracy.items()
        ),
        objects=100 * scores.objects,
        hue=100 * scores.hue,
        even_hue=100 * scores.even_hue,
        brightness=100 * scores.brightness,
        even_brightness=100 * scores.even_brightness,
    )
