"""Heads of real weights that are known to do something are found."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest

from precompute.build.probe_run import probe_model
from precompute.capture import CapturedInstance, capture_instances
from precompute.capture.runnable import Prepared
from precompute.embedding.joint import joint_embedding
from precompute.metrics.joint_quality import head_fidelity
from precompute.metrics.layer_measure import layer_metrics
from precompute.models.loaded import LoadedModel
from precompute.models.source import resolve_model
from precompute.numeric import Float32
from precompute.tokens.features import token_features
from tests.support.heads import head_of, layer_of

TEXTS = (
    "The old bridge across the river was closed for repairs, and few knew for how long.",
    "Anna gave her brother a book about birds; he gave Anna a map of the northern coast.",
    "When the rain stopped, the children ran outside and jumped into every puddle they could find.",
    "Is the museum open on Mondays, or should we visit the botanical garden instead?",
)


@dataclass(frozen=True)
class Texts:
    """Inputs without columns."""

    texts: tuple[str, ...]
    columns: dict[str, tuple[str, ...]]


@dataclass(frozen=True)
class MiniLM:
    """The model, and its attention over the texts."""

    model: LoadedModel[Texts]
    prepared: Prepared
    captured: tuple[CapturedInstance, ...]

    def vectors(self, layer: int) -> tuple[Float32, Float32]:
        queries = np.concatenate([one.queries[layer] for one in self.captured], axis=1)
        return queries, np.concatenate([one.keys[layer] for one in self.captured], axis=1)

    @property
    def offsets(self) -> np.ndarray:
        return np.array(self.prepared.table.offsets, np.int32)


@pytest.fixture(scope="module")
def minilm() -> MiniLM:
    model: LoadedModel[Texts] = resolve_model("minilm").load()
    prepared = model.prepare(Texts(TEXTS, {}))
    return MiniLM(model, prepared, tuple(capture_instances(model, prepared)))


def test_previous_token_head_of_layer_0_is_found(minilm: MiniLM) -> None:
    found = {}
    for layer in range(6):
        queries, keys = minilm.vectors(layer)
        attention = layer_of(queries, keys, minilm.captured[0].scales[layer], minilm.offsets).attention()
        norms = (np.linalg.norm(vectors, axis=-1) for vectors in (queries, keys))
        scores = layer_metrics(attention, token_features(minilm.prepared.table), *norms)
        by_name = {info.name: values for info, values in scores.items()}
        for head in range(12):
            found[layer, head] = (by_name["previous_token"][head], by_name["best_offset"][head])
    assert max(found, key=lambda place: found[place][0]) == (0, 2)
    score, offset = found[0, 2]
    assert score > 0.95
    assert offset == -1


def test_probe_finds_the_same_head_and_no_induction_head_in_a_sentence_encoder(minilm: MiniLM) -> None:
    scores = {info.name: values for info, values in probe_model(minilm.model, minilm.prepared).items()}
    previous = scores["probe.previous_token"]
    assert previous.shape == (6, 12)
    assert np.unravel_index(previous.argmax(), previous.shape) == (0, 2)
    assert previous[0, 2] > 0.9
    assert scores["probe.induction"].max() < 0.5


def test_joint_space_of_real_heads_is_faithful_and_mixed(minilm: MiniLM) -> None:
    queries, keys = minilm.vectors(0)
    fidelities = [
        head_fidelity(head_of(q, k, 32**-0.5, minilm.offsets), joint_embedding(q, k))
        for q, k in zip(queries, keys, strict=True)
    ]
    assert np.mean([fidelity.correlation for fidelity in fidelities]) < -0.85
    assert np.mean([fidelity.attention_correlation for fidelity in fidelities]) < -0.75
    assert min(fidelity.mixing for fidelity in fidelities) > 0.05
