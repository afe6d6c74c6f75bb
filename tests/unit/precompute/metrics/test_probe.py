"""The probe repeats random tokens, and only heads that use the repetition score on it."""

from __future__ import annotations

import numpy as np
import pytest

from precompute.layer_attention import layer_attention
from precompute.metrics.probe import PROBED, induction_probe, probe_metrics
from tests import planted


def test_sequences_repeat_a_segment_of_different_tokens() -> None:
    probe = induction_probe(range(10, 90), n_sequences=5, segment=12, repeats=3, prefix=[1], suffix=[2, 3])
    assert probe.ids.shape == (5, 1 + 36 + 2)
    for row in probe.ids:
        first, second, third = row[1:13], row[13:25], row[25:37]
        np.testing.assert_array_equal(first, second)
        np.testing.assert_array_equal(first, third)
        assert len(set(first.tolist())) == 12
    assert len({row.tobytes() for row in probe.ids}) == 5
    special = probe.features.special.reshape(5, -1)
    assert np.flatnonzero(special[0]).tolist() == [0, 37, 38]
    assert probe.offsets.tolist() == [0, 39, 78, 117, 156, 195]


def test_same_seed_same_sequences() -> None:
    np.testing.assert_array_equal(induction_probe(range(99)).ids, induction_probe(range(99)).ids)
    assert (induction_probe(range(99)).ids != induction_probe(range(99), seed=1).ids).any()


def test_small_vocabulary_gives_short_segments() -> None:
    assert induction_probe([5, 6, 7], segment=24).ids.shape == (16, 6)


@pytest.mark.parametrize("arguments", [{"vocabulary": []}, {"vocabulary": [1], "repeats": 1}])
def test_a_probe_that_repeats_nothing_is_refused(arguments: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="probe"):
        induction_probe(**arguments)  # type: ignore[arg-type]


def test_planted_heads_are_told_apart() -> None:
    probe = induction_probe(range(100), n_sequences=4)
    heads = {"induction": planted.induction, "previous_token": planted.previous_token, "uniform": planted.uniform}
    layer = planted.plant(heads, [[str(i) for i in row] for row in probe.ids], causal=True)
    attention = layer_attention(layer.queries, layer.keys, 1.0, probe.offsets, causal=True)
    ones = np.ones(layer.queries.shape[:2], np.float32)
    scores = {info.name: values for info, values in probe_metrics(attention, probe, ones, ones).items()}
    assert scores.keys() == {f"probe.{name}" for name in PROBED}
    np.testing.assert_allclose(scores["probe.induction"], [1, 0, 0], atol=0.05)
    np.testing.assert_allclose(scores["probe.previous_token"][1:], [1, 0], atol=0.05)
