"""Train the tiny GPT-2 of the demo from scratch, on the CPU, and write it with its tokenizer and model card.

``python -m scripts.train_tiny_gpt2 --out precompute/data/tiny-gpt2``
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers
from torch.nn import functional
from transformers import GPT2Config, GPT2LMHeadModel, PreTrainedTokenizerFast

from scripts.descent import descend, prepare, training_parser
from scripts.head_scores import head_scores
from scripts.tiny_card import TrainingReport, model_card
from scripts.tiny_language import PADDING, UNKNOWN, Ids, repeated_segments, sentence, vocabulary

log = logging.getLogger(__name__)

N_POSITIONS = 48
SHORTEST_SEGMENT = 6
SCORED_SEGMENTS = (8, 12, 16, 20, 24)
IGNORED = -100


@dataclass(frozen=True)
class TrainingPlan:
    """Hyperparameters; with the versions of the libraries they determine the weights.

    Attributes
    ----------
    steps, batch_size : int
        Updates, and rows of 48 words in each.
    random_share : float
        Share of random segments in a batch; a quarter of the rest is passages that repeat.
    learning_rate : float
        Maximum; warmed up over the first 5 % of the steps, then lowered linearly to 0.
    seed : int
        Of the initial weights and the data.
    """

    n_layers: int = 2
    n_heads: int = 4
    d_model: int = 128
    steps: int = 4500
    batch_size: int = 32
    random_share: float = 0.625
    learning_rate: float = 3e-3
    seed: int = 0


def build_tokenizer() -> PreTrainedTokenizerFast:
    """Return the word-level tokenizer: lower case, words and punctuation marks, otherwise ``<unk>``."""
    ids = {word: number for number, word in enumerate(vocabulary())}
    tokenizer = Tokenizer(models.WordLevel(ids, unk_token=UNKNOWN))
    tokenizer.normalizer = normalizers.Lowercase()
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [pre_tokenizers.WhitespaceSplit(), pre_tokenizers.Punctuation("isolated")]
    )
    return PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, unk_token=UNKNOWN, pad_token=PADDING, model_max_length=N_POSITIONS
    )


def build_model(plan: TrainingPlan) -> GPT2LMHeadModel:
    """Return an untrained GPT-2."""
    torch.manual_seed(plan.seed)
    words = vocabulary()
    return GPT2LMHeadModel(
        GPT2Config(
            vocab_size=len(words),
            n_positions=N_POSITIONS,
            n_embd=plan.d_model,
            n_inner=2 * plan.d_model,
            n_layer=plan.n_layers,
            n_head=plan.n_heads,
            resid_pdrop=0.0,
            embd_pdrop=0.0,
            attn_pdrop=0.0,
            bos_token_id=None,
            eos_token_id=None,
            pad_token_id=words.index(PADDING),
        )
    )


def batches(rng: np.random.Generator, batch_size: int, random_share: float) -> Iterator[tuple[Ids, Ids]]:
    """Yield training batches without end.

    Half of the rows of random segments repeats a segment to the end, the other half reads a segment twice within
    running text. The first copy is unpredictable and does not count. A quarter of the other rows is repeated passages,
    the rest running text.

    Yields
    ------
    ids, labels : int64 [batch_size, 48]
        A label is the next word's id, or -100 where it does not count.
    """
    ids_of = {word: number for number, word in enumerate(vocabulary())}
    text = np.array([ids_of[word] for _ in range(20_000) for word in sentence(rng)])
    n_random = round(batch_size * random_share)
    n_passages = (batch_size - n_random) // 4
    row_length = N_POSITIONS + 1
    while True:
        rows = np.empty((batch_size, row_length), dtype=np.int64)
        counts = np.ones(rows.shape, dtype=bool)
        for row in range(batch_size):
            start = int(rng.integers(len(text) - row_length))
            rows[row] = text[start : start + row_length]
            segment = int(rng.integers(SHORTEST_SEGMENT, N_POSITIONS // 2 + 1))
            if row < n_random:
                length = row_length if row % 2 else 2 * segment
                begin = int(rng.integers(row_length - length + 1))
                distinct = row % 4 < 2
                random = repeated_segments(rng, 1, segment, length, len(ids_of), distinct=distinct)[0]
                rows[row, begin : begin + length] = random
                counts[row, begin : begin + segment] = False
            elif row < n_random + n_passages:
                rows[row] = np.resize(rows[row, :segment], row_length)
        yield rows[:, :-1].copy(), np.where(counts, rows, IGNORED)[:, 1:]


def train(
    plan: TrainingPlan, on_step: Callable[[int, float, GPT2LMHeadModel], None] | None = None
) -> tuple[GPT2LMHeadModel, list[float]]:
    """Train a model; the same plan yields the same weights on the same machine.

    Parameters
    ----------
    on_step : callable, optional
        Called with the step, its loss and the model.

    Returns
    -------
    model : GPT2LMHeadModel
        In evaluation mode.
    losses : list of float
        Mean cross-entropy of every step, in nats per word.
    """
    model = build_model(plan).train()
    optimizer = torch.optim.AdamW(
        model.parameters(), lr=plan.learning_rate, betas=(0.9, 0.98), weight_decay=0.01, fused=True
    )
    data = batches(np.random.default_rng(plan.seed), plan.batch_size, plan.random_share)

    def next_loss() -> torch.Tensor:
        ids, labels = (torch.from_numpy(array) for array in next(data))
        logits = model(ids, attention_mask=torch.ones_like(ids)).logits
        return functional.cross_entropy(logits.flatten(0, 1), labels.flatten(), ignore_index=IGNORED)

    def record(step: int, loss: float) -> None:
        if on_step is not None:
            on_step(step, loss, model)

    losses = descend(model, optimizer, plan.steps, next_loss, record)
    return model.eval(), losses


def save(model: GPT2LMHeadModel, directory: Path) -> None:
    """Write weights, configuration and tokenizer as a directory that ``from_pretrained`` reads without a network."""
    model.save_pretrained(directory)
    (directory / "generation_config.json").unlink(missing_ok=True)
    build_tokenizer().save_pretrained(directory)


def main() -> None:
    """Train and write the model's directory."""
    defaults = TrainingPlan()
    options = training_parser(__doc__, steps=defaults.steps, seed=defaults.seed).parse_args()
    prepare(options.threads)
    plan = replace(defaults, steps=options.steps, seed=options.seed)

    def show(step: int, loss: float, model: GPT2LMHeadModel) -> None:
        if step % 500 == 0:
            scores = head_scores(model, n_rows=32)
            best = scores.previous_token.max(), scores.induction.max()
            log.info("step %d of %d: loss %.3f, previous token %.3f, induction %.3f", step, plan.steps, loss, *best)

    began = time.perf_counter()
    model, losses = train(plan, show)
    seconds = time.perf_counter() - began
    save(model, options.out)
    report = TrainingReport(
        n_positions=N_POSITIONS,
        d_model=plan.d_model,
        n_parameters=model.num_parameters(),
        steps=plan.steps,
        batch_size=plan.batch_size,
        learning_rate=plan.learning_rate,
        random_share=plan.random_share,
        seed=plan.seed,
        threads=options.threads,
        seconds=seconds,
        first_loss=losses[0],
        last_loss=float(np.mean(losses[-100:])),
    )
    by_length = {segment: head_scores(model, segment=segment) for segment in SCORED_SEGMENTS}
    card = model_card(report, by_length, head_scores(model, distinct=False))
    (options.out / "README.md").write_text(card, encoding="utf-8")


if __name__ == "__main__":
    main()
