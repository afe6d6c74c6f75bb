"""The demo inputs are what their README promises."""

from __future__ import annotations

import json
import re
from collections import Counter
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from scripts.tiny_language import vocabulary
from scripts.tiny_words import instances

DATA = Path(__file__).parents[4] / "precompute" / "data"


def read(name: str) -> list[dict[str, str]]:
    return [json.loads(line) for line in (DATA / name).read_text(encoding="utf-8").splitlines()]


@pytest.fixture(scope="module")
def sentences() -> list[dict[str, str]]:
    return read("sentences.jsonl")


@pytest.fixture(scope="module")
def tiny_words() -> list[dict[str, str]]:
    return read("tiny-words.jsonl")


def test_there_are_enough_sentences_and_none_twice(sentences: list[dict[str, str]]) -> None:
    texts = {re.sub(r"\W+", " ", row["text"]).strip().casefold() for row in sentences}
    assert len(texts) == len(sentences) >= 140


def test_lengths_vary_around_a_readable_mean(sentences: list[dict[str, str]]) -> None:
    lengths = [len(row["text"].split()) for row in sentences]
    assert min(lengths) >= 5
    assert 40 <= max(lengths) <= 60
    assert 15 <= np.mean(lengths) <= 21


def test_columns_are_few_valued_and_every_value_is_common(sentences: list[dict[str, str]]) -> None:
    assert {frozenset(row) for row in sentences} == {frozenset({"text", "topic", "form"})}
    for column in ("topic", "form"):
        counts = Counter(row[column] for row in sentences)
        assert 6 <= len(counts) <= 8
        assert min(counts.values()) >= 8


def test_texts_are_tidy(sentences: list[dict[str, str]]) -> None:
    for row in sentences:
        text = row["text"]
        assert text == " ".join(text.split())
        assert text.count('"') % 2 == 0
        assert text.count("(") == text.count(")")
        assert text[-1] in '.?!"'


def test_forms_keep_their_word(sentences: list[dict[str, str]]) -> None:
    promises = {"question": r"\?", "quotation": r'"', "dialogue": r'"', "numbers": r"\d|[Tt]wo", "exclamation": "!"}
    for row in sentences:
        assert re.search(promises.get(row["form"], ""), row["text"]), row["text"]


def test_repetitions_say_a_pair_of_words_again(sentences: list[dict[str, str]]) -> None:
    for row in sentences:
        if row["form"] == "repetition":
            words = re.findall(r"[\w']+", row["text"].casefold())
            pairs = Counter(pairwise(words))
            assert pairs.most_common(1)[0][1] >= 2, row["text"]


@pytest.mark.parametrize(
    "word", ["bank", "bat", "spring", "light", "match", "crane", "mouse", "date", "play", "left", "lead"]
)
def test_an_ambiguous_word_comes_back(sentences: list[dict[str, str]], word: str) -> None:
    assert sum(bool(re.search(rf"\b{word}\b", row["text"], re.IGNORECASE)) for row in sentences) >= 2


def test_tiny_words_are_made_by_their_script(tiny_words: list[dict[str, str]]) -> None:
    made = instances(np.random.default_rng(0), n_sentences=44, n_repeats=24, n_mixed=16)
    assert list(made) == tiny_words


def test_tiny_words_stay_in_the_vocabulary_and_the_positions(tiny_words: list[dict[str, str]]) -> None:
    known = set(vocabulary())
    for row in tiny_words:
        words = re.findall(r"\w+|[^\w\s]", row["text"])
        assert set(words) <= known
        assert len(words) <= 48


def test_repeats_repeat(tiny_words: list[dict[str, str]]) -> None:
    for row in tiny_words:
        if row["form"] == "repeat":
            words = row["text"].split()
            period = words.index(words[0], 1)
            assert words == (words[:period] * (len(words) // period))
            assert len(words) >= 2 * period >= 12
