"""Words, punctuation and special tokens are told apart whatever the tokenizer's marks."""

from __future__ import annotations

import pytest

from precompute.format.manifest import TokenTable
from precompute.tokens.features import is_punctuation, token_features


def words_of(tokens: list[str], texts: list[str], special: list[int], offsets: tuple[int, ...]) -> list[int]:
    flags = tuple(i in special for i in range(len(tokens)))
    features = token_features(TokenTable(tuple(tokens), tuple(texts), flags, offsets, ()))
    first = features.words[0] if len(features.words) else 0
    return (features.words - first).tolist()


@pytest.mark.parametrize(
    ("tokens", "texts", "words"),
    [
        (["[CLS]", "un", "##happy", ".", "[SEP]"], ["[CLS]", "un", "happy", ".", "[SEP]"], [0, 1, 1, 2, 3]),
        (["<s>", "Un", "happy", "Ġcats", "."], ["", "Un", "happy", " cats", "."], [0, 1, 1, 2, 3]),
        (["▁Un", "happy", "▁(", "ok", ")"], [" Un", "happy", " (", "ok", ")"], [0, 0, 1, 2, 3]),
        (["<s>", "un", "happy</w>", "cat</w>", ".</w>"], ["", "un", "happy", "cat", "."], [0, 1, 1, 2, 3]),
        (["one", "two", "two", "one", "six"], ["one", "two", "two", "one", "six"], [0, 1, 2, 3, 4]),
    ],
    ids=["WordPiece", "byte-level BPE", "SentencePiece", "CLIP", "words"],
)
def test_pieces_of_words(tokens: list[str], texts: list[str], words: list[int]) -> None:
    special = [i for i, token in enumerate(tokens) if token in {"[CLS]", "[SEP]", "<s>"}]
    assert words_of(tokens, texts, special, (0, 5)) == words


def test_a_word_never_crosses_instances() -> None:
    assert words_of(["a", "##b", "##c"], ["a", "b", "c"], [], (0, 2, 3)) == [0, 0, 1]


def test_equal_tokens_have_equal_ids_and_special_ones_are_no_punctuation() -> None:
    table = TokenTable(("[S]", "a", ".", "a"), ("", "a", ".", "a"), (True, False, False, False), (0, 4), ())
    features = token_features(table)
    assert features.ids[1] == features.ids[3] != features.ids[2]
    assert features.punctuation.tolist() == [False, False, True, False]
    part = features[slice(2, 4)]
    assert part.ids.tolist() == features.ids[2:].tolist()
    assert part.special.tolist() == [False, False]


@pytest.mark.parametrize(
    ("text", "expected"),
    [(".", True), (" ...", True), ("«", True), ("。", True), ("$", True), ("a.", False), ("7", False), ("🙂", False)],
)
def test_punctuation_of_any_script(text: str, expected: bool) -> None:
    assert is_punctuation(text) is expected
