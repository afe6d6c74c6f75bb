"""Findings in the metrics of heads, and their absence."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from precompute.findings.examples import example_of, punctuation_marks, repeated_tokens, word_pieces
from precompute.findings.find import FoundHead, find_heads, partial_findings
from precompute.findings.registry import FINDINGS
from precompute.format.manifest import TokenTable
from precompute.numeric import Float32

BY_TITLE = FINDINGS.all()
KINDS = tuple(BY_TITLE.values())


def planted(value: float, *heads: tuple[int, int]) -> Float32:
    """Return 3 layers x 4 heads of which some have a value, each a little less than the one before."""
    metric = np.zeros((3, 4), np.float32)
    for place, head in enumerate(heads):
        metric[head] = value - place / 100
    return metric


def titles(**metrics: Float32) -> list[str]:
    given = {name.replace("__", "."): values for name, values in metrics.items()}
    return [finding.kind.title for finding in find_heads(given, "text")]


def test_planted_heads_are_found_strongest_first() -> None:
    (found,) = find_heads({"previous_token": planted(0.9, (1, 2), (0, 3))}, "text")
    assert found.kind is BY_TITLE["Previous token"]
    assert found.heads == (FoundHead(1, 2, pytest.approx(0.9)), FoundHead(0, 3, pytest.approx(0.89)))
    assert found.metric == "previous_token"


def test_the_clearest_kind_comes_first() -> None:
    everywhere = [(layer, head) for layer in range(3) for head in range(4)]
    found = find_heads({"previous_token": planted(0.7, *everywhere), "self": planted(0.95, (0, 0))}, "text")
    assert [finding.kind.title for finding in found] == ["Itself", "Previous token"]
    assert len(found[1].heads) == len(everywhere)


@pytest.mark.parametrize(
    ("with_sinks", "without", "expected"),
    [
        (0.41, 0.72, [("Previous token", 0.41, 0.72)]),
        (0.1, 0.72, [("Previous token", 0.1, 0.72)]),
        (-0.3, 0.72, [("Previous token", 0.0, 0.72)]),
        (0.3, 0.4, [("Previous token", 0.3, 0.4)]),
        (0.2, 0.4, []),
    ],
)
def test_a_head_shows_a_kind_in_part(
    with_sinks: float, without: float, expected: list[tuple[str, float, float]]
) -> None:
    own, alone = ({"previous_token": np.full((1, 1), value, np.float32)} for value in (with_sinks, without))
    found = partial_findings(own, alone, "text")
    assert [each.kind.title for each in found] == [title for title, _, _ in expected]
    for each, (_, score, score_alone) in zip(found, expected, strict=True):
        assert (each.score, each.score_without_sinks) == pytest.approx((score, score_alone))


def test_the_strongest_part_comes_first_and_unknown_scores_count_as_none() -> None:
    values = {"self": 0.3, "next_token": 0.4, "sep": np.nan}
    own = {name: np.full((1, 1), value, np.float32) for name, value in values.items()}
    found = partial_findings(own, {}, "text")
    assert [each.kind.title for each in found] == ["Next token", "Itself"]
    assert all(np.isnan(each.score_without_sinks) for each in found)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.title)
def test_a_run_without_such_heads_has_no_such_finding(kind: object) -> None:
    even = np.zeros((3, 4), np.float32)
    metrics = {name: even + (0.5 if name == "focus" else 0) for each in KINDS for name in each.metrics}
    found = [finding.kind for inputs in ("text", "image") for finding in find_heads(metrics, inputs)]
    assert kind not in found


def test_the_probe_counts_where_there_is_one() -> None:
    assert titles(probe__induction=planted(0, (0, 0)), induction=planted(0.9, (0, 0))) == []
    assert titles(induction=planted(0.9, (0, 0))) == ["Induction"]


def test_a_previous_token_head_is_no_same_word_head() -> None:
    previous, same_word = planted(0.9, (0, 0)), planted(0.5, (0, 0), (1, 1))
    found = {
        finding.kind.title: finding.heads
        for finding in find_heads({"previous_token": previous, "same_word": same_word}, "text")
    }
    assert [(head.layer, head.head) for head in found["Same word"]] == [(1, 1)]


def test_heads_that_look_everywhere_have_little_focus() -> None:
    focus = np.full((1, 2), 0.8, np.float32)
    focus[0, 1] = 0.05
    (found,) = find_heads({"focus": focus}, "text")
    assert found.heads == (FoundHead(0, 1, pytest.approx(0.95)),)


def test_lengths_differ_either_way() -> None:
    gap = np.array([[-0.6, 0.5, 0.1]], np.float32)
    (found,) = find_heads({"norm_gap": gap}, "text")
    assert [(head.layer, head.head) for head in found.heads] == [(0, 0), (0, 1)]


@given(st.lists(st.sampled_from([np.nan, np.inf, -np.inf]), min_size=4, max_size=4))
def test_what_is_no_number_is_no_finding(values: list[float]) -> None:
    metric = np.array([values], np.float32)
    metrics = {name: metric for kind in KINDS for name in kind.metrics}
    assert find_heads(metrics, "text") == find_heads(metrics, "image") == ()


def table(*sentences: str) -> TokenTable:
    words = [sentence.split() for sentence in sentences]
    tokens = tuple(word for sentence in words for word in sentence)
    offsets = tuple(int(end) for end in np.cumsum([0, *map(len, words)]))
    special = tuple(token.startswith("[") for token in tokens)
    return TokenTable(tokens, tokens, special, offsets, sentences)


def test_an_example_can_be_read() -> None:
    long, short, right = "word " * 80, "one", "a sentence of fourteen words is what we would like to read here ."
    assert example_of(None, table(long, short, right)) == (2, None)


def test_an_example_of_repetition_repeats_something_ordinary() -> None:
    texts = table("[SEP] [SEP] [SEP] nothing comes again in this one", "the cat saw the dog")
    assert example_of(repeated_tokens, texts) == (1, 3)


def test_without_any_repetition_there_is_an_example_without_a_token() -> None:
    assert example_of(repeated_tokens, table("one two", "one two three")) == (1, None)


def test_tokens_that_show_something_are_marked() -> None:
    texts = table("[CLS] token ##izer , token [SEP]", "[CLS] a b [SEP]")
    assert np.flatnonzero(repeated_tokens(texts)).tolist() == [4]
    assert np.flatnonzero(word_pieces(texts)).tolist() == [2]
    assert np.flatnonzero(punctuation_marks(texts)).tolist() == [3]
    assert word_pieces(table()).tolist() == []


def test_kinds_of_parts_of_a_sentence_have_an_example_with_that_part() -> None:
    readable = "a sentence of fourteen words is what we would like to read here too"
    for title, sentence, position in (("Same word", "a token ##izer", 2), ("Punctuation", "yes , no", 1)):
        assert example_of(BY_TITLE[title].shown_by, table(readable, sentence)) == (1, position)
    assert BY_TITLE["Punctuation"].side == "key"


def test_images_have_no_first_token_but_a_cls_and_sentences_the_other_way_round() -> None:
    metrics = {"cls": planted(0.8, (0, 0)), "first_token": planted(0.9, (1, 1))}
    assert [finding.kind.title for finding in find_heads(metrics, "text")] == ["First token"]
    assert [finding.kind.title for finding in find_heads(metrics, "image")] == ["CLS"]


def test_what_stands_out_comes_before_heads_that_do_nothing_in_particular() -> None:
    focus = np.zeros((3, 4), np.float32)
    metrics = {
        "focus": focus,
        "norm_gap": planted(0.9, (0, 1)),
        "hue": planted(0.4, (2, 2)),
        "self": planted(0.52, (1, 1)),
    }
    titles = [finding.kind.title for finding in find_heads(metrics, "image")]
    assert titles == ["Hue", "Itself", "Everything at once", "Unequal lengths"]
