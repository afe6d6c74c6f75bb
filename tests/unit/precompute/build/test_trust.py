"""The trust of points, beside their recall counted by brute force in a run of real weights."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from precompute.build.head_task import HeadTask, compute_head
from precompute.format.manifest import LayoutKey
from precompute.run.run import Run
from precompute.store.store import Store
from tests.support.true_recall import Floats, true_recalls


@pytest.fixture
def run(built: tuple[Store, Run]) -> Run:
    return built[1]


def recall_of(run: Run, projection: str, layer: int, head: int) -> Floats:
    """Count the recall of queries and keys in the stored layout, [2, N]."""
    coords = run.coords(projection, 2, layer, head)
    return true_recalls(run.queries(layer, head), run.keys(layer, head), coords, run.array("positions"))


def of_all_heads(run: Run, projection: str) -> tuple[Floats, Floats]:
    """Trust and true recall of all points of all heads."""
    model = run.manifest.model
    heads = list(np.ndindex(model.n_layers, model.n_heads))
    trust = [run.trust(projection, 2, *head) for head in heads]
    return np.stack(trust).ravel(), np.stack([recall_of(run, projection, *head) for head in heads]).ravel()


@pytest.mark.parametrize("projection", ["attention-tsne", "pca"])
def test_trust_is_the_recall_of_each_point_in_the_stored_layout(run: Run, projection: str) -> None:
    trust, recall = of_all_heads(run, projection)
    assert 0 < recall.min() + recall.max() < 2
    assert (np.abs(trust - recall) > 1e-6).mean() < 1e-3, "all but partners that rounding makes equally strong"


def test_fifths_of_the_trust_of_two_starts_order_the_true_recall_strictly(run: Run) -> None:
    layout = LayoutKey("attention-tsne", 2)
    stored = run.head(1, 1)
    head = replace(stored, queries=np.array(stored.queries), keys=np.array(stored.keys))
    result = compute_head(HeadTask(head, (layout,), quality="best"))
    places = result.coords[layout].reshape(2, run.n_tokens, 2)
    recall = true_recalls(head.queries, head.keys, places, run.array("positions")).ravel()
    trust = result.kept[layout].partners
    means = [recall[fifth].mean() for fifth in np.array_split(np.argsort(trust, kind="stable"), 5)]
    assert (np.diff(means) > 0.03).all(), means
    assert abs(trust.mean() - recall.mean()) < 0.05


def test_fifths_of_the_trust_order_the_true_recall_strictly(run: Run) -> None:
    trust, recall = of_all_heads(run, "attention-tsne")
    means = [recall[fifth].mean() for fifth in np.array_split(np.argsort(trust, kind="stable"), 5)]
    assert (np.diff(means) > 0.05).all(), means
