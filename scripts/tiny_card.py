"""Model card of the tiny GPT-2."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from scripts.head_scores import HeadScores
from scripts.tiny_language import vocabulary

TEMPLATE = Path(__file__).with_name("tiny_card.md")


@dataclass(frozen=True)
class TrainingReport:
    """Plan and outcome of a training.

    Attributes
    ----------
    seconds : float
        Wall-clock time of the training alone.
    first_loss, last_loss : float
        Of the first step, and the mean of the last 100 steps, in nats per word.
    """

    n_positions: int
    d_model: int
    n_parameters: int
    steps: int
    batch_size: int
    learning_rate: float
    random_share: float
    seed: int
    threads: int
    seconds: float
    first_loss: float
    last_loss: float


def model_card(report: TrainingReport, by_length: Mapping[int, HeadScores], drawn: HeadScores) -> str:
    """Return the card as Markdown.

    Parameters
    ----------
    by_length : mapping of int to HeadScores
        By the number of words in a segment, all of which differ. The longest fills the main table.
    drawn : HeadScores
        Measured on segments whose words are drawn with replacement.
    """
    distinct = by_length[max(by_length)]
    n_layers, n_heads = distinct.previous_token.shape
    n_words = len(vocabulary())
    return TEMPLATE.read_text(encoding="utf-8").format(
        n_layers=n_layers,
        n_heads=n_heads,
        n_words=n_words,
        n_plain=n_words - 7,
        d_model=report.d_model,
        d_head=report.d_model // n_heads,
        n_positions=report.n_positions,
        n_parameters=report.n_parameters,
        steps=report.steps,
        batch_size=report.batch_size,
        learning_rate=report.learning_rate,
        random_percent=100 * report.random_share,
        seed=report.seed,
        threads=report.threads,
        seconds=report.seconds,
        first_loss=report.first_loss,
        last_loss=report.last_loss,
        rows="\n".join(
            f"| {layer} | {head} | {distinct.previous_token[layer, head]:.3f} | {distinct.induction[layer, head]:.3f} |"
            for layer, head in np.ndindex(n_layers, n_heads)
        ),
        lengths="\n".join(
            f"| {length} | {_best(scores.previous_token)} | {_best(scores.induction)} |"
            for length, scores in by_length.items()
        ),
        copied=100 * distinct.copied,
        previous_drawn=drawn.previous_token.max(),
        induction_drawn=drawn.induction.max(),
        copied_drawn=100 * drawn.copied,
    )


def _best(scores: NDArray[np.float32]) -> str:
    layer, head = np.unravel_index(scores.argmax(), scores.shape)
    return f"{scores[layer, head]:.3f} (layer {layer} head {head})"
