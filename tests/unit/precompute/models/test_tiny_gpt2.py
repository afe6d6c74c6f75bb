"""The tiny GPT-2 matches its card, and its script makes such a model."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
import torch
from transformers import AutoModel, AutoModelForCausalLM, AutoTokenizer, GPT2LMHeadModel, PreTrainedTokenizerFast

from scripts.head_scores import HeadScores, head_scores
from scripts.tiny_language import repeated_segments, sentence, vocabulary
from scripts.tiny_words import readable
from scripts.train_tiny_gpt2 import TrainingPlan, batches, train

DIRECTORY = Path(__file__).parents[4] / "precompute" / "data" / "tiny-gpt2"
SHORT = TrainingPlan(n_heads=2, d_model=32, steps=100, batch_size=8)


@pytest.fixture(scope="module", autouse=True)
def one_thread() -> Iterator[None]:
    """Models this small lose more time waiting for a second thread than it saves."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture(scope="module")
def tokenizer() -> PreTrainedTokenizerFast:
    return AutoTokenizer.from_pretrained(DIRECTORY, local_files_only=True)


@pytest.fixture(scope="module")
def model() -> GPT2LMHeadModel:
    return AutoModelForCausalLM.from_pretrained(DIRECTORY, local_files_only=True, use_safetensors=True)


@pytest.fixture(scope="module")
def scores(model: GPT2LMHeadModel) -> HeadScores:
    return head_scores(model)


def patterns(model: GPT2LMHeadModel, ids: list[int]) -> np.ndarray:
    model.set_attn_implementation("eager")
    try:
        with torch.inference_mode():
            row = torch.tensor([ids])
            output = model(row, attention_mask=torch.ones_like(row), output_attentions=True)
    finally:
        model.set_attn_implementation("sdpa")
    return torch.cat(output.attentions).numpy()


def test_best_heads_score_at_least_nine_tenths_counted_one_position_at_a_time(model: GPT2LMHeadModel) -> None:
    rng = np.random.default_rng(2024)
    previous: list[np.ndarray] = []
    induction: list[np.ndarray] = []
    for _ in range(40):
        segment = [int(number) for number in rng.permutation(128)[: rng.integers(8, 25)]]
        ids = segment * 2
        pattern = patterns(model, ids)
        previous += [pattern[:, :, i, i - 1] for i in range(1, len(ids))]
        for i in range(len(segment), len(ids)):
            induction.append(pattern[:, :, i, ids.index(ids[i]) + 1])
    assert np.mean(previous, axis=0).max() >= 0.9
    assert np.mean(induction, axis=0).max() >= 0.9


def test_words_that_come_twice_in_a_segment_change_little(model: GPT2LMHeadModel) -> None:
    scores = head_scores(model, distinct=False, seed=5)
    assert scores.previous_token.max() >= 0.9
    assert scores.induction.max() >= 0.8


def test_the_two_kinds_of_heads_follow_each_other(scores: HeadScores) -> None:
    assert scores.previous_token.max(axis=1).argmax() == 0
    assert scores.induction.max(axis=1).argmax() == 1
    assert scores.copied >= 0.98


def test_an_untrained_model_has_no_such_head() -> None:
    untrained, _ = train(TrainingPlan(steps=0))
    scores = head_scores(untrained, n_rows=8)
    assert scores.previous_token.max() < 0.15
    assert scores.induction.max() < 0.1


def test_the_card_has_the_measured_figures(scores: HeadScores) -> None:
    card = (DIRECTORY / "README.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| (\d) \| (\d) \| (0\.\d{3}) \| (0\.\d{3}) \|$", card, re.MULTILINE)
    assert [(int(layer), int(head)) for layer, head, _, _ in rows] == list(np.ndindex(scores.induction.shape))
    written = np.array([[float(previous), float(induction)] for _, _, previous, induction in rows])
    measured = np.stack([scores.previous_token.ravel(), scores.induction.ravel()], axis=1)
    np.testing.assert_allclose(written, measured, atol=2e-3)
    foreseen = re.search(r"it predicts ([\d.]+) % of the words", card)
    assert foreseen is not None
    assert float(foreseen[1]) == pytest.approx(100 * scores.copied, abs=0.2)


def test_the_card_has_the_best_head_of_every_length(model: GPT2LMHeadModel) -> None:
    card = (DIRECTORY / "README.md").read_text(encoding="utf-8")
    cell = r"(0\.\d{3}) \(layer (\d) head (\d)\)"
    rows = re.findall(rf"^\| (\d+) \| {cell} \| {cell} \|$", card, re.MULTILINE)
    assert len(rows) >= 3
    for segment, previous, previous_layer, previous_head, induction, layer, head in rows:
        scores = head_scores(model, segment=int(segment))
        at = int(previous_layer), int(previous_head)
        assert float(previous) == pytest.approx(scores.previous_token[at], abs=2e-3)
        assert float(induction) == pytest.approx(scores.induction[int(layer), int(head)], abs=2e-3)
        assert scores.previous_token[at] >= 0.9
        assert scores.induction[int(layer), int(head)] >= 0.9


def test_the_card_has_the_figures_of_the_model(model: GPT2LMHeadModel) -> None:
    card = (DIRECTORY / "README.md").read_text(encoding="utf-8")
    config = model.config
    assert f"{config.n_layer} layers, {config.n_head} heads, width {config.n_embd}" in card
    assert f"{config.n_positions} positions" in card
    assert f"{model.num_parameters():,}" in card


def test_the_directory_is_small_and_holds_nothing_that_runs() -> None:
    files = {path.name: path.stat().st_size for path in DIRECTORY.iterdir()}
    assert set(files) == {"README.md", "config.json", "model.safetensors", "tokenizer.json", "tokenizer_config.json"}
    assert sum(files.values()) <= 4_000_000


def test_it_loads_without_a_head_and_with_fused_attention() -> None:
    body = AutoModel.from_pretrained(DIRECTORY, local_files_only=True, use_safetensors=True)
    assert body.config._attn_implementation == "sdpa"
    assert not hasattr(body, "lm_head")


def test_the_output_embedding_is_the_input_embedding(model: GPT2LMHeadModel) -> None:
    assert model.get_output_embeddings().weight is model.get_input_embeddings().weight


def test_the_tokenizer_knows_the_language(tokenizer: PreTrainedTokenizerFast) -> None:
    assert tokenizer.convert_ids_to_tokens(list(range(len(tokenizer)))) == list(vocabulary())
    rng = np.random.default_rng(3)
    for _ in range(200):
        words = sentence(rng)
        assert tokenizer.tokenize(readable(words)) == words


def test_capitals_do_not_matter_and_strange_words_are_unknown(tokenizer: PreTrainedTokenizerFast) -> None:
    assert tokenizer.tokenize('"Anna saw a ZEBRA."') == ['"', "anna", "saw", "a", "<unk>", ".", '"']
    assert tokenizer.tokenize("naïve 😀!") == ["<unk>", "<unk>", "!"]


def test_a_batch_is_padded_on_the_right(tokenizer: PreTrainedTokenizerFast) -> None:
    batch = tokenizer(["anna ran", "anna ran to the river"], padding=True)
    assert batch["attention_mask"] == [[1, 1, 0, 0, 0], [1, 1, 1, 1, 1]]


@pytest.mark.parametrize("distinct", [True, False])
def test_segments_repeat(distinct: bool) -> None:
    rows = repeated_segments(np.random.default_rng(0), 50, 20, 48, 128, distinct=distinct)
    np.testing.assert_array_equal(rows[:, 20:], rows[:, :-20])
    all_differ = [len(set(row[:20])) == 20 for row in rows]
    assert all(all_differ) if distinct else not all(all_differ)


def test_random_rows_count_from_the_second_copy_on() -> None:
    ids, labels = next(batches(np.random.default_rng(0), 16, 1.0))
    for row, wanted in zip(ids, labels, strict=True):
        silent = np.flatnonzero(wanted == -100)
        np.testing.assert_array_equal(np.diff(silent), 1)
        words = np.append(row, wanted[-1])
        second = int(silent[-1]) + 2
        # A first copy at the row's start hides one label fewer than it has words: the first word is never a label.
        periods = {len(silent), len(silent) + 1}
        assert any(
            6 <= period <= 24
            and np.array_equal(words[second : second + period], words[second - period : second][: len(words) - second])
            for period in periods
        )


def test_all_words_of_text_count_and_are_the_next_ones() -> None:
    ids, labels = next(batches(np.random.default_rng(0), 8, 0.0))
    np.testing.assert_array_equal(labels[:, :-1], ids[:, 1:])
    assert labels.min() >= 2


def test_training_lowers_the_loss_and_can_be_repeated() -> None:
    model, losses = train(SHORT)
    again, losses_again = train(SHORT)
    assert np.mean(losses[-10:]) < np.mean(losses[:10]) - 0.25
    assert losses == losses_again
    for (name, weight), (_, weight_again) in zip(model.named_parameters(), again.named_parameters(), strict=True):
        assert torch.equal(weight, weight_again), name


def test_an_is_written_before_a_vowel() -> None:
    rng = np.random.default_rng(1)
    followers: dict[str, set[str]] = {"a": set(), "an": set()}
    for _ in range(2000):
        for word, following in pairwise(sentence(rng)):
            if word in followers:
                followers[word].add(following)
    assert followers["an"] == {"old"}
    assert followers["a"] >= {"big", "small"}
    assert not any(word[0] in "aeiou" for word in followers["a"])
