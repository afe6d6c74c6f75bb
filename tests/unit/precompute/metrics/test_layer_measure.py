"""Every planted head is found by its own metric and by no other."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from precompute.attention.layer import InstanceAttention
from precompute.format.manifest import MetricInfo
from precompute.metrics.layer_measure import layer_metrics, stack_layers
from precompute.metrics.registry import METRICS
from precompute.metrics.registry import metric as register
from precompute.numeric import Float32
from precompute.tokens.features import token_features
from tests.support import planted
from tests.support.heads import layer_of

CAUSAL = {
    "previous_token": planted.previous_token,
    "self": planted.own_token,
    "first_token": planted.first_token,
    "induction": planted.induction,
    "reverse_induction": planted.reverse_induction,
    "duplicate_token": planted.duplicate_token,
    "uniform": planted.uniform,
}
BIDIRECTIONAL = {
    "previous_token": planted.previous_token,
    "next_token": planted.next_token,
    "self": planted.own_token,
    "first_token": planted.first_token,
    "duplicate_token": planted.duplicate_token,
    "uniform": planted.uniform,
}


def measure(layer: planted.PlantedLayer, attention: list[InstanceAttention] | None = None) -> dict[str, Float32]:
    ones = np.ones(layer.queries.shape[:2], np.float32)
    seen = layer.attention() if attention is None else attention
    return {info.name: values for info, values in layer_metrics(seen, layer.features, ones, ones).items()}


@pytest.fixture(scope="module", params=[True, False], ids=["causal", "bidirectional"])
def layer(request: pytest.FixtureRequest) -> planted.PlantedLayer:
    heads = CAUSAL if request.param else BIDIRECTIONAL
    return planted.plant(heads, planted.repeated_words(), causal=request.param)


def test_planted_heads_score_high_on_their_own_metric_alone(layer: planted.PlantedLayer) -> None:
    scores = measure(layer)
    kinds = [name for name in layer.names if name != "uniform"]
    for metric in kinds:
        for head, name in enumerate(layer.names):
            if name == metric:
                assert scores[metric][head] >= 0.95, (metric, name)
            else:
                assert scores[metric][head] < 0.1, (metric, name)


def test_uniform_attention_is_zero_everywhere(layer: planted.PlantedLayer) -> None:
    scores = measure(layer)
    head = layer.names.index("uniform")
    plain = {"best_offset", "effective_keys", "mean_distance", "query_norm", "key_norm"}
    for metric in scores.keys() - plain:
        assert scores[metric][head] == pytest.approx(0, abs=1e-5), metric


@pytest.mark.parametrize(("name", "offset"), [("previous_token", -1), ("next_token", 1), ("three_back", -3)], ids=str)
def test_best_offset_is_found(name: str, offset: int) -> None:
    scores = measure(planted.plant({name: getattr(planted, name)}, planted.repeated_words(4)))
    assert scores["best_offset"][0] == offset
    assert scores["best_offset_score"][0] >= 0.95


def test_a_single_lucky_pair_is_no_offset() -> None:
    scores = measure(planted.plant({"first_token": planted.first_token}, planted.repeated_words(4)))
    assert scores["best_offset_score"][0] < 0.1
    assert np.isnan(scores["best_offset"][0])


def test_spread_by_hand() -> None:
    heads = {"self": planted.own_token, "first_token": planted.first_token, "uniform": planted.uniform}
    scores = measure(planted.plant(heads, [["a", "b", "c", "d"]]))
    np.testing.assert_allclose(scores["effective_keys"], [1, 1, 4], atol=1e-4)
    np.testing.assert_allclose(scores["focus"], [1, 1, 0], atol=1e-4)
    np.testing.assert_allclose(scores["mean_distance"], [0, 1.5, 1.25], atol=1e-4)
    np.testing.assert_allclose(scores["locality"], [1, 1 - 1.5 / 1.25, 0], atol=1e-4)
    np.testing.assert_allclose(scores["sink"], [-1 / 3, 1, 0], atol=1e-4)


def test_special_tokens_by_hand() -> None:
    sentence = ["[CLS]", "[R]", "no", ",", "never", "!", "[SEP]"]
    targets = {"cls": [0], "registers": [1], "sep": [6], "punctuation": [3, 5]}

    def to(keys: list[int]) -> planted.Targets:
        return lambda _, i: [key for key in keys if key != i]

    layer = planted.plant({name: to(keys) for name, keys in targets.items()}, [sentence])
    scores = measure(layer)
    for head, name in enumerate(targets):
        for metric in targets:
            assert scores[metric][head] == pytest.approx(1, abs=1e-4) if metric == name else scores[metric][head] < 0.1


def test_pieces_of_a_word_belong_together() -> None:
    def other_pieces(_: Sequence[str], i: int) -> list[int]:
        return {1: [2, 3], 2: [1, 3], 3: [1, 2]}.get(i, [])

    layer = planted.plant({"same_word": other_pieces}, [["an", "un", "##happi", "##ness", "."]])
    assert measure(layer)["same_word"][0] == pytest.approx(1, abs=1e-4)


def test_metrics_without_any_target_are_left_out() -> None:
    scores = measure(planted.plant({"uniform": planted.uniform}, [["a", "b", "c"], ["d"]]))
    assert {"previous_token", "focus"} <= scores.keys()
    assert not {"cls", "sep", "registers", "punctuation", "induction", "duplicate_token", "same_word"} & scores.keys()


def test_instances_of_one_token_say_nothing() -> None:
    scores = measure(planted.plant({"self": planted.own_token}, [["a"], ["b"]]))
    assert "self" not in scores
    assert np.isnan(scores.pop("best_offset")).all()
    assert np.isfinite(list(scores.values())).all()


def test_previous_token_head_earns_nothing_where_a_token_comes_back_at_once() -> None:
    layer = planted.plant({"previous_token": planted.previous_token}, [["1", ".", "6", ".", "1", ".", "7"]])
    assert measure(layer)["induction"][0] < 0.1


def random_layer(lengths: list[int], seed: int, *, causal: bool) -> planted.PlantedLayer:
    rng = np.random.default_rng(seed)
    sentences = [rng.choice(["a", "b", "c", "##d", ",", "[S]"], length).tolist() for length in lengths]
    queries, keys = rng.normal(size=(2, 3, sum(lengths), 4)).astype(np.float32)
    return planted.PlantedLayer(("x", "y", "z"), planted.table_of(sentences), queries, keys, causal)


layers = st.builds(
    random_layer, st.lists(st.integers(1, 8), min_size=1, max_size=5), st.integers(0, 999), causal=st.booleans()
)


@settings(max_examples=30, deadline=None)
@given(layer=layers, data=st.data())
def test_order_of_instances_does_not_matter(layer: planted.PlantedLayer, data: st.DataObject) -> None:
    order = data.draw(st.permutations(range(len(layer.offsets) - 1)))
    straight, shuffled = measure(layer), measure(layer, layer.attention(order))
    assert straight.keys() == shuffled.keys()
    for name, values in straight.items():
        np.testing.assert_allclose(shuffled[name], values, atol=1e-5)


@settings(max_examples=20, deadline=None)
@given(layer=layers)
def test_heads_do_not_depend_on_their_neighbors(layer: planted.PlantedLayer) -> None:
    together = measure(layer)
    for head in range(3):
        one = slice(head, head + 1)
        alone = measure(
            planted.PlantedLayer(("x",), layer.table, layer.queries[one], layer.keys[one], causal=layer.causal)
        )
        for name, values in alone.items():
            np.testing.assert_allclose(values, together[name][one], atol=1e-5)


@settings(max_examples=20, deadline=None)
@given(layer=layers, extra=st.integers(1, 4))
def test_masked_padding_does_not_matter(layer: planted.PlantedLayer, extra: int) -> None:
    sentences = [layer.table.tokens[start:stop] for start, stop in pairwise(layer.table.offsets)]
    table = planted.table_of([[*sentence, *["[PAD]"] * extra] for sentence in sentences])
    kept = np.array(table.tokens) != "[PAD]"
    queries, keys = np.random.default_rng(0).normal(size=(2, 3, len(kept), 4)).astype(np.float32)
    queries[:, kept], keys[:, kept] = layer.queries, layer.keys
    seen = [np.logical_and.outer(kept[i:j], kept[i:j]).ravel() for i, j in pairwise(table.offsets)]
    mask = np.where(np.concatenate(seen), 0, -np.inf).astype(np.float32)[None]
    padded = planted.PlantedLayer(layer.names, table, queries, keys, layer.causal)
    attention = layer_of(queries, keys, 1.0, padded.offsets, causal=layer.causal, mask=mask).attention()
    scores = measure(padded, list(attention))
    for name, values in measure(layer).items():
        np.testing.assert_allclose(scores[name], values, atol=1e-5, err_msg=name)


def test_masks_of_single_heads() -> None:
    layer = random_layer([6, 5], 1, causal=False)
    hidden = np.where(np.random.default_rng(2).random((3, 36 + 25)) < 0.4, -np.inf, 0).astype(np.float32)
    ones = np.ones((3, 11), np.float32)

    def scores(heads: slice) -> dict[MetricInfo, Float32]:
        seen = layer_of(layer.queries[heads], layer.keys[heads], 0.5, layer.offsets, mask=hidden[heads]).attention()
        return layer_metrics(seen, layer.features, ones[heads], ones[heads])

    together = scores(slice(0, 3))
    for head in range(3):
        for info, values in scores(slice(head, head + 1)).items():
            assert values[0] == pytest.approx(together[info][head], abs=1e-5, nan_ok=True), info.name


def test_norms_follow_the_shared_key_heads() -> None:
    layer = planted.plant({"a": planted.uniform, "b": planted.uniform}, [["x", "y", "z"]])
    query_norms = np.array([[1, 2, 3], [4, 4, 4]], np.float32)
    measured = layer_metrics(layer.attention(), layer.features, query_norms, np.array([[6, 6, 6]], np.float32))
    scores = {info.name: values for info, values in measured.items()}
    np.testing.assert_allclose(scores["query_norm"], [2, 4])
    np.testing.assert_allclose(scores["key_norm"], [6, 6])
    np.testing.assert_allclose(scores["norm_gap"], [0.5, 0.2])


def test_images_have_no_metrics_of_reading_order() -> None:
    layer = planted.plant({"self": planted.own_token}, [["[CLS]", "patch 0,0", "patch 0,1"]])
    ones = np.ones((1, 3), np.float32)
    names = {info.name for info in layer_metrics(layer.attention(), layer.features, ones, ones, kind="image")}
    assert {"self", "cls", "focus"} <= names
    assert not {"previous_token", "induction", "mean_distance"} & names


def test_layers_are_stacked_and_gaps_are_zero() -> None:
    a, b = MetricInfo("a", "A", "a."), MetricInfo("b", "B", "b.")
    stacked = stack_layers([{a: np.float32([1, 2])}, {a: np.float32([3, 4]), b: np.float32([5, 6])}])
    np.testing.assert_array_equal(stacked[a], [[1, 2], [3, 4]])
    np.testing.assert_array_equal(stacked[b], [[0, 0], [5, 6]])


def test_names_are_unique_and_described() -> None:
    metrics = METRICS.all()
    assert all(entry.info.description.endswith(".") for entry in metrics.values())
    with pytest.raises(ValueError, match="two entries are named 'self'"):
        register("self", label="", help="")(next(iter(metrics.values())).measure)


def test_empty_tokens_have_features() -> None:
    assert len(token_features(planted.table_of([])).ids) == 0
