"""Every metric scores the heads that it is named for, and none that only seem to do the same."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np
import pytest

from precompute.attention.layer import InstanceAttention
from precompute.metrics.layer_measure import layer_metrics
from precompute.metrics.registry import METRICS
from precompute.numeric import Float32
from precompute.tokens.features import TokenFeatures, token_features
from precompute.tokens.patches import PatchFeatures
from tests.support import planted

SENTENCES = [
    *(
        [["[CLS]", "[R]"], ["[CLS]"]][i % 2] + words + ["[SEP]"]
        for i, words in enumerate(planted.repeated_words(4, segment=8))
    ),
    ["[CLS]", "the", "un", "##happi", "##ness", ",", "the", "re", "##turn", "of", "the", "play", "##er", ".", "[SEP]"],
    ["[CLS]", "re", "##turn", "!", "a", "play", "##er", "and", "the", "un", "##happi", "##ness", "of", "it", "[SEP]"],
]


def word_of(tokens: Sequence[str], i: int) -> list[int]:
    """Positions of the tokens of the word at i."""
    starts = [j for j, token in enumerate(tokens) if not token.startswith("##")]
    start = max(j for j in starts if j <= i)
    end = min([j for j in starts if j > start], default=len(tokens))
    return list(range(start, end))


def marked(wanted: Callable[[Sequence[str], int], bool]) -> planted.Targets:
    """Attend to all marked positions but one's own."""
    return lambda tokens, i: [j for j in range(len(tokens)) if j != i and wanted(tokens, j)]


TEXT: Mapping[str, planted.Targets] = {
    "previous_token": planted.previous_token,
    "next_token": planted.next_token,
    "self": planted.own_token,
    "first_token": planted.first_token,
    "cls": planted.first_token,
    "sink": planted.first_token,
    "sink_share": planted.first_token,
    "registers": marked(lambda tokens, j: tokens[j] == "[R]"),
    "sep": marked(lambda tokens, j: tokens[j] == "[SEP]"),
    "punctuation": marked(lambda tokens, j: tokens[j] in {",", ".", "!"}),
    "induction": planted.induction,
    "reverse_induction": planted.reverse_induction,
    "duplicate_token": planted.duplicate_token,
    "same_word": lambda tokens, i: [j for j in word_of(tokens, i) if j != i],
    "best_offset_score": planted.three_back,
}
SINKS = {"first_token", "cls", "sink", "sink_share"}
"""Metrics of attention to the token on which the sink head rests."""

DESCRIPTIONS = {
    *("effective_keys", "focus", "mean_distance", "locality"),
    *("best_offset", "sink_logit", "query_norm", "key_norm", "norm_gap"),
}
"""Metrics that describe a head without a target, with tests of their own."""

SIDE, N_PICTURES = 8, 12
N = SIDE * SIDE + 2


def test_every_metric_takes_part() -> None:
    assert TEXT.keys() | IMAGE.keys() | DESCRIPTIONS == METRICS.all().keys()


def of_text(heads: Mapping[str, planted.Targets]) -> dict[str, Float32]:
    layer = planted.plant(dict(heads), SENTENCES)
    ones = np.ones(layer.queries.shape[:2], np.float32)
    features = token_features(layer.table)
    features = TokenFeatures(**{**vars(features), "sinks": features.special})
    found = layer_metrics(layer.attention(), features, ones, ones)
    return {info.name: values for info, values in found.items()}


@pytest.mark.parametrize("name", TEXT)
def test_a_planted_head_scores_on_its_own_metric(name: str) -> None:
    assert of_text({name: TEXT[name]})[name][0] >= 0.95


def test_a_previous_token_head_does_not_keep_to_words() -> None:
    scores = of_text({"previous": planted.previous_token, "next": planted.next_token})
    assert (np.abs(scores["same_word"]) < 0.1).all()


def test_a_sink_head_scores_on_nothing_but_sinks() -> None:
    scores = of_text({"sink": planted.first_token})
    for name in TEXT.keys() - SINKS:
        assert scores[name][0] < 0.1, name


def with_prefix(patches: Float32) -> Float32:
    """Prepend CLS and a register, which have no values."""
    return np.pad(patches.astype(np.float32), ((0, 0), (2, 0)), constant_values=np.nan).ravel()


@pytest.fixture(scope="module")
def gradients() -> PatchFeatures:
    """Pictures in which every quantity changes smoothly, in a direction of its own: neighbors are alike."""
    rng = np.random.default_rng(3)
    row, column = np.divmod(np.arange(SIDE * SIDE), SIDE)

    def smooth() -> Float32:
        angles = rng.uniform(0, 2 * np.pi, (N_PICTURES, 1))
        along = np.cos(angles) * row + np.sin(angles) * column
        return (along - along.min(axis=1, keepdims=True)) / np.ptp(along, axis=1, keepdims=True)

    place = np.ones((N_PICTURES, 1))
    return PatchFeatures(
        row=with_prefix(place * row),
        column=with_prefix(place * column),
        hue=with_prefix(0.9 * smooth() + rng.uniform(size=(N_PICTURES, 1))),
        saturation=with_prefix(smooth()),
        brightness=with_prefix(smooth()),
        frequency=with_prefix(2.0 ** (3 * smooth())),
        angle=with_prefix(170 * smooth()),
    )


def nearest(distance: Float32) -> Float32:
    """Attend to the nearest other patch; prefix tokens to themselves."""
    apart = np.where(np.isnan(distance) | np.eye(N, dtype=bool), np.inf, distance)
    pattern = (apart == apart.min(axis=1, keepdims=True)) & np.isfinite(apart)
    pattern[[0, 1], [0, 1]] = True
    return (pattern / pattern.sum(axis=1, keepdims=True)).astype(np.float32)


def around(values: Float32, period: float) -> Float32:
    apart = (values[:, None] - values[None, :] + period / 2) % period - period / 2
    return np.abs(apart).astype(np.float32)


def apart(values: Float32) -> Float32:
    return np.abs(values[:, None] - values[None, :])


def left_and_right(patches: PatchFeatures) -> Float32:
    beside = (apart(patches.row) == 0) & (apart(patches.column) == 1)
    beside[[0, 1], [0, 1]] = True
    return (beside / beside.sum(axis=1, keepdims=True)).astype(np.float32)


def touching(patches: PatchFeatures) -> Float32:
    beside = np.maximum(apart(patches.row), apart(patches.column)) == 1
    beside[[0, 1], [0, 1]] = True
    return (beside / beside.sum(axis=1, keepdims=True)).astype(np.float32)


def to_token(token: int) -> Callable[[PatchFeatures], Float32]:
    return lambda _: np.eye(N, dtype=np.float32)[[token] * N]


IMAGE: Mapping[str, Callable[[PatchFeatures], Float32]] = {
    "hue": lambda p: nearest(around(p.hue, 1)),
    "brightness": lambda p: nearest(apart(p.brightness)),
    "frequency": lambda p: nearest(apart(np.log2(p.frequency))),
    "angle": lambda p: nearest(around(p.angle, 180)),
    "row": lambda p: nearest(apart(p.row)),
    "column": lambda p: nearest(apart(p.column)),
    "neighbour": touching,
    "self": lambda _: np.eye(N, dtype=np.float32),
    "cls": to_token(0),
    "registers": to_token(1),
}
CONTENT = ("hue", "brightness", "frequency", "angle")


def of_images(patches: PatchFeatures, head: Callable[[PatchFeatures], Float32]) -> dict[str, float]:
    special = np.isnan(patches.row)
    registers = np.arange(len(special)) % N == 1
    n = len(special)
    tokens = TokenFeatures(np.arange(n), special, np.zeros(n, bool), np.arange(n), patches, registers=registers)
    parts = [slice(i * N, (i + 1) * N) for i in range(N_PICTURES)]
    attention = [InstanceAttention(part, head(patches[part])[None], np.ones((1, N, N), bool)) for part in parts]
    ones = np.ones((1, n), np.float32)
    return {
        info.name: float(values[0])
        for info, values in layer_metrics(attention, tokens, ones, ones, kind="image").items()
    }


@pytest.mark.parametrize("name", IMAGE)
def test_a_planted_head_of_images_scores_on_its_own_metric(gradients: PatchFeatures, name: str) -> None:
    assert of_images(gradients, IMAGE[name])[name] >= 0.95


@pytest.mark.parametrize("head", [left_and_right, touching], ids=["left and right", "touching"])
def test_a_head_that_goes_by_place_does_not_go_by_content(
    gradients: PatchFeatures, head: Callable[[PatchFeatures], Float32]
) -> None:
    scores = of_images(gradients, head)
    assert all(abs(scores[name]) < 0.1 for name in CONTENT)


def test_a_sink_head_of_images_scores_on_nothing_but_sinks(gradients: PatchFeatures) -> None:
    scores = of_images(gradients, to_token(0))
    for name in IMAGE.keys() - {"cls"}:
        assert scores[name] < 0.1, name


def test_place_is_the_mean_attention_over_the_other_pictures(gradients: PatchFeatures) -> None:
    """By hand: score the mean pattern of the other pictures with the brightness of each."""
    rng = np.random.default_rng(0)
    patterns = rng.dirichlet(np.full(N, 0.1), (N_PICTURES, N)).astype(np.float32)
    drawn = iter(patterns)
    score = of_images(gradients, lambda _: next(drawn))["brightness"]
    own = place = best = 0.0
    for i in range(N_PICTURES):
        values = gradients.brightness[i * N : (i + 1) * N].astype(np.float64)
        others = patterns[[j for j in range(N_PICTURES) if j != i]].mean(axis=0)
        for query in range(2, N):
            away = {key: abs(values[query] - values[key]) for key in range(2, N) if key != query}
            mean = np.mean(list(away.values()))
            own += sum(patterns[i, query, key] * (mean - away[key]) for key in away)
            place += sum(others[query, key] * (mean - away[key]) for key in away)
            best += mean - min(away.values())
    assert score == pytest.approx((own - place) / (best - place), abs=1e-4)
