"""The probe repeats random tokens, and only heads that use the repetition score on it."""

from __future__ import annotations

import numpy as np
import pytest

from precompute.metrics.probe import Vocabulary, induction_probe, probe_metrics, vocabulary_in_use
from tests.support import planted

PROBED = ("induction", "reverse_induction", "duplicate_token", "previous_token")


def vocabulary(size: int, *, prefix: tuple[int, ...] = (), suffix: tuple[int, ...] = ()) -> Vocabulary:
    return Vocabulary(np.arange(10, 10 + size), prefix, suffix)


def test_sequences_repeat_a_segment_of_different_tokens() -> None:
    probe = induction_probe(vocabulary(80, prefix=(1,), suffix=(2, 3)), n_sequences=5, segment=12, repeats=3)
    assert probe.ids.shape == (5, 1 + 36 + 2)
    for row in probe.ids:
        first, second, third = row[1:13], row[13:25], row[25:37]
        np.testing.assert_array_equal(first, second)
        np.testing.assert_array_equal(first, third)
        assert len(set(first.tolist())) == 12
    assert len({row.tobytes() for row in probe.ids}) == 5
    special = np.array(probe.table.special).reshape(5, -1)
    assert np.flatnonzero(special[4]).tolist() == [0, 37, 38]
    assert probe.table.offsets == (0, 39, 78, 117, 156, 195)


def test_same_seed_same_sequences() -> None:
    straight = induction_probe(vocabulary(99)).ids
    np.testing.assert_array_equal(induction_probe(vocabulary(99)).ids, straight)
    assert (induction_probe(vocabulary(99), seed=1).ids != straight).any()


def test_segments_shrink_to_the_vocabulary_and_to_the_model() -> None:
    assert induction_probe(vocabulary(3)).ids.shape == (16, 6)
    assert induction_probe(vocabulary(99, prefix=(1,)), max_length=12).ids.shape == (16, 11)


@pytest.mark.parametrize("arguments", [{"repeats": 1}, {"segment": 0}, {"max_length": 1}])
def test_a_probe_that_repeats_nothing_is_refused(arguments: dict[str, int]) -> None:
    with pytest.raises(ValueError, match="two readings"):
        induction_probe(vocabulary(9), **arguments)
    with pytest.raises(ValueError, match="two readings"):
        induction_probe(vocabulary(0))


def test_vocabulary_of_a_data_set() -> None:
    table = planted.table_of([["[CLS]", "a", "b", "a", "[SEP]"], ["[CLS]", "c", "[MASK]", "a", "[SEP]"]])
    rows = [np.array([101, 7, 8, 7, 102]), np.array([101, 9, 103, 7, 102])]
    found = vocabulary_in_use(rows, table)
    assert found.ordinary.tolist() == [7, 8, 9]
    assert (found.prefix, found.suffix) == ((101,), (102,))


def test_planted_heads_are_told_apart() -> None:
    probe = induction_probe(vocabulary(100), n_sequences=4)
    heads = {**{name: getattr(planted, name) for name in PROBED}, "uniform": planted.uniform}
    layer = planted.plant(heads, [[str(i) for i in row] for row in probe.ids], causal=True)
    ones = np.ones(layer.queries.shape[:2], np.float32)
    scores = {info.name: values for info, values in probe_metrics(layer.attention(), probe, ones, ones).items()}
    assert scores.keys() == {f"probe.{name}" for name in PROBED}
    for metric in PROBED:
        for head, name in enumerate(heads):
            score = scores[f"probe.{metric}"][head]
            if name == metric:
                assert score >= 0.95, (metric, name)
            else:
                assert abs(score) < 0.1, (metric, name)
