"""The trust of points, beside their recall counted by brute force in a run of real weights."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

import precompute as av
from precompute.build.head_task import HeadTask, compute_head
from precompute.format.manifest import LayoutKey
from precompute.run.run import Run

Floats = NDArray[np.floating[Any]]

TINY_GPT2 = Path(__file__).parents[4] / "precompute/data/tiny-gpt2"
PARTNERS = 10


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    return av.build(
        str(TINY_GPT2),
        "tiny-words",
        projections=["attention-tsne", "pca"],
        dims=2,
        limit=12,
        store=tmp_path_factory.mktemp("trust") / "store",
    )


def true_recall(scores: Floats, distances: Floats) -> Floats:
    """Share of the ten nearest in a layout that are as strong as the tenth strongest; 1 without a choice."""
    shares = np.ones(len(scores))
    for row, (strength, distance) in enumerate(zip(scores, distances, strict=True)):
        if np.isfinite(strength).sum() > PARTNERS:
            tenth = np.sort(strength)[-PARTNERS]
            # Equal tokens are equally strong partners, up to rounding.
            near = strength[np.argsort(distance, kind="stable")[:PARTNERS]]
            shares[row] = (near >= tenth - 1e-6 * abs(tenth)).mean()
    return shares


def recall_of(run: Run, projection: str, layer: int, head: int) -> Floats:
    coords = run.coords(projection, 2, layer, head)
    return true_recalls(run, run.queries(layer, head), run.keys(layer, head), coords)


def true_recalls(run: Run, queries: Floats, keys: Floats, coords: Floats) -> Floats:
    """Count the recall of queries and keys, [2, N], over all pairs of a query and an earlier key."""
    dots = queries.astype(np.float64) @ keys.astype(np.float64).T
    places = coords.astype(np.float64)
    positions = run.array("positions")
    seen = positions[:, None] >= positions
    scores = np.where(seen, dots, -np.inf)
    distances = np.where(seen, np.linalg.norm(places[0][:, None] - places[1], axis=2), np.inf)
    return np.stack([true_recall(scores, distances), true_recall(scores.T, distances.T)])


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
    recall = true_recalls(run, head.queries, head.keys, places).ravel()
    trust = result.kept[layout].partners
    means = [recall[fifth].mean() for fifth in np.array_split(np.argsort(trust, kind="stable"), 5)]
    assert (np.diff(means) > 0.03).all(), means
    assert abs(trust.mean() - recall.mean()) < 0.05


def test_fifths_of_the_trust_order_the_true_recall_strictly(run: Run) -> None:
    trust, recall = of_all_heads(run, "attention-tsne")
    means = [recall[fifth].mean() for fifth in np.array_split(np.argsort(trust, kind="stable"), 5)]
    assert (np.diff(means) > 0.05).all(), means
