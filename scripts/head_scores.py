"""Previous-token and induction scores of a language model's heads."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from transformers import GPT2LMHeadModel

from scripts.tiny_language import repeated_segments


@dataclass(frozen=True)
class HeadScores:
    """Scores of all heads, from 0 (never) to 1 (always); see :func:`head_scores`.

    Attributes
    ----------
    previous_token, induction : float32 [n_layers, n_heads]
    copied : float
        Share of the words of the second copy, except its first, that the model predicts.
    """

    previous_token: NDArray[np.float32]
    induction: NDArray[np.float32]
    copied: float


def head_scores(
    model: GPT2LMHeadModel, *, segment: int = 24, n_rows: int = 256, seed: int = 0, distinct: bool = True
) -> HeadScores:
    """Measure the heads on random segments that are read twice.

    The previous-token score is the mean attention from position i to i - 1, for i >= 1. The induction score is the mean
    attention from position i of the second copy to i - ``segment`` + 1, the position after the same word's previous
    occurrence (Olsson et al. 2022, "In-context Learning and Induction Heads").

    Parameters
    ----------
    segment, n_rows : int
        Words in a segment and number of rows; 2 ``segment`` must not exceed the model's positions.
    distinct : bool
        Whether the words of a segment all differ, so that a word's previous occurrence is unique.
    """
    rows = repeated_segments(
        np.random.default_rng(seed), n_rows, segment, 2 * segment, model.config.vocab_size, distinct=distinct
    )
    ids = torch.from_numpy(rows)
    implementation = model.config._attn_implementation
    model.eval()
    model.set_attn_implementation("eager")
    try:
        with torch.inference_mode():
            output = model(ids, attention_mask=torch.ones_like(ids), output_attentions=True)
    finally:
        model.set_attn_implementation(implementation)
    pattern = torch.stack(output.attentions).mean(dim=1)
    predicted = output.logits[:, segment:-1].argmax(-1)
    return HeadScores(
        previous_token=pattern.diagonal(-1, 2, 3).mean(-1).numpy(),
        induction=pattern.diagonal(1 - segment, 2, 3)[..., 1:].mean(-1).numpy(),
        copied=float((predicted == ids[:, segment + 1 :]).float().mean()),
    )
