"""Scores of the tiny ViT on held-out pictures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from precompute.numeric import Float32
from scripts.tiny_vit_data import (
    BRIGHTNESS_TOLERANCE,
    HUE_TOLERANCE,
    QUESTIONS,
    UNASKED,
    Dataset,
    brightness_likeness,
    hue_likeness,
)


@dataclass(frozen=True)
class Scores:
    """Accuracy of answers and attention.

    Attributes
    ----------
    accuracy : mapping of str to float
        By question: share of right answers where the question applies.
    objects : float
        Share of patches whose class is right, in pictures with shapes.
    hue, brightness : float
        Share of the trained head's attention on other patches of about the same hue or brightness (within twice the
        tolerance), mean over the patches that have some.
    even_hue, even_brightness : float
        The same for a head that attends evenly to all tokens.
    """

    accuracy: Mapping[str, float]
    objects: float
    hue: float
    even_hue: float
    brightness: float
    even_brightness: float

    def summary(self) -> str:
        """Return all scores in one line."""
        parts = [f"{question} {share:.3f}" for question, share in self.accuracy.items()]
        hue = f"hue {self.hue:.2f} (even {self.even_hue:.2f})"
        brightness = f"brightness {self.brightness:.2f} (even {self.even_brightness:.2f})"
        return ", ".join([*parts, f"objects {self.objects:.3f}", hue, brightness])


def question_slices() -> list[slice]:
    """Return the logits of each question."""
    ends = np.cumsum([0, *map(len, QUESTIONS.values())])
    return [slice(int(start), int(end)) for start, end in pairwise(ends)]


def accuracy_of(examples: Dataset, logits: Float32) -> dict[str, float]:
    """Return the share of right answers to every question; logits are float32 [n, answers]."""
    shares = {}
    for i, (question, part) in enumerate(zip(QUESTIONS, question_slices(), strict=True)):
        asked = examples.answers[:, i] != UNASKED
        shares[question] = float((logits[asked, part].argmax(axis=1) == examples.answers[asked, i]).mean())
    return shares


def score(examples: Dataset, logits: Float32, objects: Float32, hue: Float32, brightness: Float32) -> Scores:
    """Compare answers with the truth.

    Parameters
    ----------
    logits : float32 [n, answers]
    objects : float32 [n, patches, classes]
    hue, brightness : float32 [n, patches, patches]
        Attention between patches in the hue head and the brightness head.
    """
    with_shapes = examples.objects.any(axis=1)
    right = objects.argmax(axis=2) == examples.objects
    equal_hue = hue_likeness(examples.hue) > 0
    equal_brightness = brightness_likeness(examples.brightness) > 0
    near_hue = equal_hue & (np.abs((_apart(examples.hue) + 0.5) % 1 - 0.5) <= 2 * HUE_TOLERANCE)
    near_brightness = equal_brightness & (np.abs(_apart(examples.brightness)) <= 2 * BRIGHTNESS_TOLERANCE)
    return Scores(
        accuracy_of(examples, logits),
        float(right[with_shapes].mean()),
        *_share(hue, near_hue),
        *_share(brightness, near_brightness),
    )


def _share(attention: Float32, near: NDArray[np.bool_]) -> tuple[float, float]:
    """Return attention on near patches, and the same for even attention, mean over the patches that have some."""
    asked = near.any(axis=2)
    n_tokens = near.shape[2] + 1
    return float((attention * near).sum(axis=2)[asked].mean()), float(near.sum(axis=2)[asked].mean() / n_tokens)


def _apart(values: Float32) -> Float32:
    difference: Float32 = values[:, :, None] - values[:, None, :]
    return difference
