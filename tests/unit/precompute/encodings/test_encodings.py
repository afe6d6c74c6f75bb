"""Encodings: every value checked against one that is worked out by hand."""

from __future__ import annotations

import re

import numpy as np
import pytest

from precompute.encodings import EncodingSource, encodings_of
from precompute.encodings.methods.vectors import relative_norms
from precompute.format.manifest import EncodingInfo, TokenTable
from precompute.numeric import Float32

TABLE = TokenTable(
    tokens=("[CLS]", "the", "##ing", "!", "the", "[SEP]", "Ċ", "$", "👍", "the", "…", "a", "b"),
    texts=("[CLS]", " the", "ing", "!", " the", "[SEP]", "\n", "$", "👍", " the", "…", "a.", "b"),
    special=(True, False, False, False, False, True, False, False, False, False, False, False, False),
    offsets=(0, 6, 12, 13),
    instances=("the ing ! the", "...", "b"),
    columns={"topic": ("sea", "", "land"), "score": (0.5, 2.0, -1.0)},
)
RNG = np.random.default_rng(0)
QUERY_NORMS = RNG.random((2, 4, 13), dtype=np.float32)
KEY_NORMS = RNG.random((2, 2, 13), dtype=np.float32)


def encoded(table: TokenTable = TABLE) -> dict[str, tuple[EncodingInfo, Float32]]:
    n = len(table.tokens)
    source = EncodingSource(table, QUERY_NORMS[..., :n], KEY_NORMS[..., :n])
    return {info.name: (info, values) for info, values in encodings_of(source)}


def test_text_has_all_encodings_in_the_order_of_the_menu() -> None:
    assert list(encoded()) == [
        "type",
        "position",
        "position-mod-5",
        "punctuation",
        "token-length",
        "sentence-length",
        "token-frequency",
        "norm",
        "column.topic",
        "column.score",
    ]


def test_shapes_dtypes_and_ranges_follow_the_documented_arrays() -> None:
    for info, values in encoded().values():
        assert values.dtype == np.float32
        shapes = [(2, 4, 26)] if info.per_head else [(13,), (26,)]
        assert values.shape in shapes
        assert np.isfinite(values).all()
        assert re.fullmatch(r"[a-z0-9_-]+(\.[a-z0-9_-]+)*", info.name)
        high = info.high if info.kind == "sequential" else len(info.categories) - 1
        low = info.low if info.kind == "sequential" else 0
        assert low <= values.min() <= values.max() <= high


def test_type_tells_queries_from_keys() -> None:
    info, values = encoded()["type"]
    assert (info.kind, info.categories) == ("type", ("query", "key"))
    np.testing.assert_array_equal(values, [0] * 13 + [1] * 13)


def test_position_runs_from_0_to_1_in_every_sentence() -> None:
    expected = [0, 0.2, 0.4, 0.6, 0.8, 1, 0, 0.2, 0.4, 0.6, 0.8, 1, 0]
    np.testing.assert_allclose(encoded()["position"][1], expected, rtol=1e-6)


def test_position_mod_5_starts_again_in_every_sentence() -> None:
    np.testing.assert_array_equal(encoded()["position-mod-5"][1], [0, 1, 2, 3, 4, 0, 0, 1, 2, 3, 4, 0, 0])


def test_punctuation_is_a_special_token_or_has_nothing_but_punctuation() -> None:
    np.testing.assert_array_equal(encoded()["punctuation"][1], [1, 0, 0, 1, 0, 1, 1, 1, 0, 0, 1, 0, 0])


def test_lengths_are_characters_and_tokens() -> None:
    info, values = encoded()["token-length"]
    np.testing.assert_array_equal(values, [5, 3, 3, 1, 3, 5, 0, 1, 1, 3, 1, 2, 1])
    assert (info.low, info.high) == (0, 5)
    np.testing.assert_array_equal(encoded()["sentence-length"][1], [6] * 12 + [1])


def test_frequency_counts_over_all_sentences() -> None:
    info, values = encoded()["token-frequency"]
    np.testing.assert_array_equal(values, [1, 3, 1, 1, 3, 1, 1, 1, 1, 3, 1, 1, 1])
    assert (info.low, info.high) == (1, 3)


def test_columns_give_every_token_the_value_of_its_instance() -> None:
    info, values = encoded()["column.topic"]
    assert (info.label, info.kind, info.categories) == ("topic", "categorical", ("(empty)", "land", "sea"))
    np.testing.assert_array_equal(values, [2] * 6 + [0] * 6 + [1])
    info, values = encoded()["column.score"]
    assert (info.kind, info.low, info.high, info.low_label, info.high_label) == ("sequential", -1, 2, "-1", "2")
    np.testing.assert_array_equal(values, [0.5] * 6 + [2] * 6 + [-1])


def test_columns_neither_shadow_encodings_nor_each_other() -> None:
    names = ("norm", "a 2", "a", "A", "日本", "é<b>")
    table = TokenTable(("x",), ("x",), (False,), (0, 1), ("x",), {name: ("v",) for name in names})
    columns = {name: info.label for name, (info, _) in encoded(table).items() if name.startswith("column.")}
    assert tuple(columns.values()) == names
    assert list(columns) == ["column.norm", "column.a-2", "column.a", "column.a-3", "column.5", "column.e-b"]


def test_column_of_too_many_texts_is_not_offered() -> None:
    many = tuple(f"id{i}" for i in range(65))
    table = TokenTable(
        ("x",) * 65, ("x",) * 65, (False,) * 65, tuple(range(66)), many, {"id": many, "few": many[:1] * 65}
    )
    source = EncodingSource(table, np.ones((1, 1, 65), np.float32), np.ones((1, 1, 65), np.float32))
    assert [info.name for info, _ in encodings_of(source)][-2:] == ["norm", "column.few"]


@pytest.mark.parametrize(("layer", "head"), [(0, 0), (0, 1), (1, 2), (1, 3)])
def test_norm_spans_queries_and_keys_of_the_head_and_shares_grouped_keys(layer: int, head: int) -> None:
    both = np.concatenate([QUERY_NORMS[layer, head], KEY_NORMS[layer, head // 2]])
    expected = (both - both.min()) / (both.max() - both.min())
    np.testing.assert_allclose(encoded()["norm"][1][layer, head], expected, rtol=1e-6)


def test_norm_of_a_head_with_equal_vectors_is_0() -> None:
    assert not relative_norms(np.ones((1, 1, 3), np.float32), np.ones((1, 1, 3), np.float32)).any()
