"""The strongest pairs are those that counting by hand finds."""

from __future__ import annotations

from collections import defaultdict
from itertools import chain
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from precompute.attention.layer import InstanceAttention
from precompute.attention.pairs import (
    N_PAIRS,
    PLAIN,
    PRIOR,
    SPECIAL,
    StrongestPairs,
    head_blocks,
    pair_table,
    strongest_pairs,
)
from precompute.tokens.features import TokenFeatures
from tests.support.heads import layer_of

SENTENCES = st.lists(st.lists(st.integers(0, 3), min_size=1, max_size=6), min_size=1, max_size=5)


def features_of(ids: list[int], special: frozenset[int] = frozenset()) -> TokenFeatures:
    numbers = np.array(ids, np.int64)
    nothing = np.zeros(len(ids), bool)
    return TokenFeatures(numbers, np.isin(numbers, list(special)), nothing, np.arange(len(ids)))


def joined(sentences: list[list[int]]) -> list[int]:
    return list(chain.from_iterable(sentences))


def offsets_of(sentences: list[list[int]]) -> np.ndarray:
    return np.cumsum([0, *map(len, sentences)]).astype(np.int32)


def attention_of(pattern: list[list[float]], visible: list[list[bool]] | None = None) -> InstanceAttention:
    weights = np.array([pattern], np.float32)
    seen = np.ones_like(weights, bool) if visible is None else np.array([visible])
    return InstanceAttention(slice(0, len(pattern)), weights, seen)


def rows(found: StrongestPairs, head: int, group: int) -> list[Any]:
    filled = found.occurrences[head, group][:, 2] > 0
    assert not filled[np.argmin(filled) :].any() or filled.all()
    return [
        (*map(int, place), *map(float, weight))
        for place, weight in zip(
            found.occurrences[head, group][filled], found.weights[head, group][filled], strict=True
        )
    ]


def by_hand(
    seen: list[InstanceAttention], ids: list[int], special: frozenset[int], head: int, group: int
) -> list[tuple[float, int, float]]:
    """Score, count and mean of every pair, the highest score first."""
    weights: dict[tuple[int, int], list[float]] = defaultdict(list)
    for instance in seen:
        visible = instance.visible[head if len(instance.visible) > 1 else 0]
        for i, j in zip(*np.nonzero(visible), strict=True):
            pair = ids[instance.tokens.start + i], ids[instance.tokens.start + j]
            if bool(special & set(pair)) == (group == SPECIAL):
                weights[pair].append(float(instance.pattern[head, i, j]))
    ranked = [(sum(each) / (len(each) + PRIOR), len(each), float(np.mean(each))) for each in weights.values()]
    return sorted((row for row in ranked if row[0] > 0), reverse=True)


def test_a_planted_pair_is_found_with_its_mean_its_count_and_its_best_place() -> None:
    sentences = [[0, 1], [0, 1], [1, 0]]
    table = pair_table(features_of(joined(sentences)), offsets_of(sentences))
    weights = [[[0.4, 0.6], [1.0, 0.0]], [[0.1, 0.9], [1.0, 0.0]], [[0.8, 0.2], [0.5, 0.5]]]
    (best, second, *_) = rows(strongest_pairs([attention_of(pattern) for pattern in weights], table), 0, PLAIN)
    assert best == (1, 0, 3, pytest.approx((1 + 1 + 0.2) / 3), 1.0)
    assert second == (2, 3, 3, pytest.approx((0.6 + 0.9 + 0.5) / 3), pytest.approx(0.9))


def test_one_occurrence_of_weight_1_is_weaker_than_many_of_nearly_1() -> None:
    sentences = [[0, 1], *[[2, 3]] * 9]
    table = pair_table(features_of(joined(sentences)), offsets_of(sentences))
    once = attention_of([[0.0, 1.0], [0.5, 0.5]])
    often = attention_of([[0.1, 0.9], [0.5, 0.5]])
    found = rows(strongest_pairs([once] + [often] * 9, table), 0, PLAIN)
    order = [(query, key) for query, key, *_ in found]
    assert order.index((2, 3)) < order.index((0, 1))


def test_pairs_with_special_tokens_have_a_list_of_their_own() -> None:
    table = pair_table(features_of([7, 1, 2], frozenset({7})), np.array([0, 3], np.int32))
    found = strongest_pairs([attention_of([[0.2, 0.5, 0.3], [0.6, 0.0, 0.4], [0.0, 1.0, 0.0]])], table)
    assert [(q, k) for q, k, *_ in rows(found, 0, PLAIN)] == [(2, 1), (1, 2)]
    assert [(q, k) for q, k, *_ in rows(found, 0, SPECIAL)] == [(1, 0), (0, 1), (0, 2), (0, 0)]


def test_a_key_that_is_hidden_does_not_count() -> None:
    table = pair_table(features_of([4, 4]), np.array([0, 2], np.int32))
    causal = attention_of([[1.0, 0.0], [0.5, 0.5]], [[True, False], [True, True]])
    assert rows(strongest_pairs([causal], table), 0, PLAIN) == [(0, 0, 3, pytest.approx(2 / 3), 1.0)]


@settings(max_examples=25, deadline=None)
@given(sentences=SENTENCES, causal=st.booleans(), seed=st.integers(0, 99))
def test_as_counted_by_hand(sentences: list[list[int]], causal: bool, seed: int) -> None:
    rng = np.random.default_rng(seed)
    ids = joined(sentences)
    queries, keys = rng.normal(size=(2, 2, len(ids), 4)).astype(np.float32)
    special = frozenset({0})
    table = pair_table(features_of(ids, special), offsets_of(sentences))
    seen = list(layer_of(queries, keys, 1.0, offsets_of(sentences), causal=causal).attention())
    found = strongest_pairs(iter(seen), table)
    for head in range(2):
        for group in (PLAIN, SPECIAL):
            expected = by_hand(seen, ids, special, head, group)
            listed = rows(found, head, group)
            assert [count for _, _, count, _, _ in listed] == [count for _, count, _ in expected]
            np.testing.assert_allclose([mean for *_, mean, _ in listed], [mean for *_, mean in expected], rtol=1e-5)
            for query, key, _, _, highest in listed:
                (instance,) = [each for each in seen if each.tokens.start <= query < each.tokens.stop]
                place = head, query - instance.tokens.start, key - instance.tokens.start
                assert highest == instance.pattern[place]


def test_no_more_than_so_many_are_kept_and_the_rest_is_weaker() -> None:
    n = 12
    weights = np.random.default_rng(0).dirichlet(np.ones(n), size=n).astype(np.float32)
    table = pair_table(features_of(list(range(n))), np.array([0, n], np.int32))
    found = rows(strongest_pairs([attention_of(weights.tolist())], table), 0, PLAIN)
    assert [mean for *_, mean, _ in found] == pytest.approx(np.sort(weights.ravel())[::-1][:N_PAIRS])


def test_large_data_are_drawn_evenly_and_at_least_one_instance_is_there() -> None:
    sentences = [[0, 1, 2]] * 100
    ids = joined(sentences)
    table = pair_table(features_of(ids), offsets_of(sentences), most=90)
    assert 5 <= len(table.instances) <= 10
    assert table.instances[0] < 15
    assert table.instances[-1] > 85
    assert len(table.pair) == 9 * len(table.instances)
    assert len(pair_table(features_of(ids), offsets_of(sentences), most=1).instances) == 1


@pytest.mark.parametrize(("heads", "group", "most"), [(12, 1, 1000), (12, 4, 1000), (12, 4, 1), (7, 1, 300)])
def test_blocks_cover_all_heads_and_keep_groups_together(heads: int, group: int, most: int) -> None:
    blocks = head_blocks(heads, group, 100, most=most)
    assert [h for block in blocks for h in range(block.start, block.stop)] == list(range(heads))
    assert all(block.start % group == 0 for block in blocks)
    assert all((block.stop - block.start) * 100 <= max(most, 100 * group) for block in blocks)
