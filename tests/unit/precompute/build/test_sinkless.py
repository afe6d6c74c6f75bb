"""A head that rests on sinks is laid out a second time without them, any other head once."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from precompute.attention.sinks import sink_share
from precompute.build.head_task import HeadTask, compute_head
from precompute.build.sinkless import SINK_SHARE
from precompute.format.manifest import LayoutKey
from precompute.metrics.layout_quality import LayoutJudge
from precompute.numeric import Float32
from precompute.projections.head_space import HeadSpace
from precompute.run.run import Run
from precompute.run.verify import verify_run
from precompute.store.store import Store
from tests.support.heads import head_of
from tests.support.store_rows import part_keys
from tests.support.true_recall import true_recalls

N_INSTANCES, LENGTH, N_TOPICS = 20, 16, 8
N = N_INSTANCES * LENGTH
ATTENTION, JOINT = LayoutKey("attention-tsne", 2), LayoutKey("tsne", 2)
SINKS = np.arange(N) % LENGTH == 0


def head_with_sinks(pull: float) -> HeadTask:
    """Make a head whose queries attend to keys of their topic, and to each first token by ``pull``."""
    rng = np.random.default_rng(0)
    topics = rng.integers(0, N_TOPICS, (2, N))
    queries, keys = (4 * np.eye(N_TOPICS + 2)[topic] + 0.4 * rng.normal(size=(N, N_TOPICS + 2)) for topic in topics)
    queries[:, -1], keys[:, -1] = 4, 0
    keys[SINKS] = 0.4 * rng.normal(size=(N_INSTANCES, N_TOPICS + 2))
    keys[SINKS, -1] = pull
    offsets = np.arange(0, N + 1, LENGTH, dtype=np.int32)
    head = head_of(queries.astype(np.float32), keys.astype(np.float32), 0.5, offsets)
    return HeadTask(head, (ATTENTION, JOINT), sinks=SINKS)


@pytest.fixture(scope="module")
def rests() -> HeadTask:
    return head_with_sinks(6.0)


def recall_without_sinks(task: HeadTask, layout: Float32) -> float:
    """Return the share of a query's ten strongest keys that are no sinks among its ten nearest that are none."""
    head = task.head.without(SINKS)
    judge = LayoutJudge(HeadSpace(head, np.concatenate([head.queries, head.keys])))
    return judge.judge(np.ascontiguousarray(layout[~np.tile(SINKS, 2)]))[1]["query_recall"]


def test_the_second_layout_keeps_the_strongest_partners_that_are_no_sinks(rests: HeadTask) -> None:
    result = compute_head(rests)
    second = result.without_sinks
    assert second is not None
    once, again = (recall_without_sinks(rests, of.coords[ATTENTION]) for of in (result, second))
    assert again > 0.5
    assert again > 1.3 * once
    assert second.metrics["attention-tsne.2.query_recall"] == pytest.approx(again, abs=1e-6)


def test_only_layouts_of_attention_have_a_second_one(rests: HeadTask) -> None:
    result = compute_head(rests)
    assert result.without_sinks is not None
    assert list(result.without_sinks.coords) == [ATTENTION]
    assert compute_head(replace(rests, layouts=(JOINT,))).without_sinks is None


def test_sinks_of_the_second_layout_are_at_its_center(rests: HeadTask) -> None:
    second = compute_head(rests).without_sinks
    assert second is not None
    points = second.coords[ATTENTION]
    assert not points[np.tile(SINKS, 2)].any()
    others = points[~np.tile(SINKS, 2)]
    np.testing.assert_allclose(others.mean(axis=0), 0, atol=1e-3)
    assert (np.abs(others).max(axis=1) > 0).all()


def test_the_first_layout_is_that_of_a_task_without_sinks(rests: HeadTask) -> None:
    alone = compute_head(replace(rests, sinks=None))
    assert alone.without_sinks is None
    np.testing.assert_array_equal(alone.coords[ATTENTION], compute_head(rests).coords[ATTENTION])


def test_a_head_with_little_attention_on_sinks_is_laid_out_once() -> None:
    below, above = (head_with_sinks(pull) for pull in (0.1, 3.0))
    assert sink_share(below.head, SINKS) < SINK_SHARE < sink_share(above.head, SINKS)
    assert compute_head(below).without_sinks is None
    assert compute_head(above).without_sinks is not None


def test_heads_of_a_run_have_second_layouts_by_their_share_on_sinks(built: tuple[Store, Run]) -> None:
    store, run = built
    rows = run.array("rows_without_sinks")
    rest = run.metric("sink_share") > SINK_SHARE
    assert rest.any()
    assert not rest.all()
    np.testing.assert_array_equal(rows >= 0, rest)
    assert sorted(rows[rest].tolist()) == list(range(np.count_nonzero(rest)))
    for dims in (2, 3):
        shape = run.array(f"coords_without_sinks.attention-tsne.{dims}").shape
        assert shape == (np.count_nonzero(rest), run.n_points, dims)
    assert not [name for name in run.manifest.arrays if "without_sinks.pca" in name]
    assert verify_run(store, run.manifest.run) == []


def test_coordinates_and_numbers_without_sinks_are_of_the_layout_shown(built: tuple[Store, Run]) -> None:
    _, run = built
    name = "attention-tsne.2.query_recall"
    with_sinks, without = run.metric(name), run.metric(name, without_sinks=True)
    for layer, head in np.ndindex(run.array("rows_without_sinks").shape):
        coords = run.coords("attention-tsne", 2, layer, head, without_sinks=True)
        if run.array("rows_without_sinks")[layer, head] < 0:
            np.testing.assert_array_equal(coords, run.coords("attention-tsne", 2, layer, head))
            assert without[layer, head] == with_sinks[layer, head]
            continue
        assert np.isnan(coords[:, run.sinks]).all()
        shown = coords[:, ~run.sinks]
        task = HeadTask(run.head(layer, head), (LayoutKey("attention-tsne", 2),), sinks=run.sinks)
        second = compute_head(task).without_sinks
        assert second is not None
        exact = second.coords[LayoutKey("attention-tsne", 2)].reshape(2, -1, 2)[:, ~run.sinks]
        np.testing.assert_allclose(shown, exact, atol=2e-4 * np.ptp(exact))
        assert without[layer, head] == pytest.approx(second.metrics[name])


def test_trust_without_sinks_is_the_recall_among_the_other_tokens(built: tuple[Store, Run]) -> None:
    _, run = built
    differences = []
    for layer, head in np.argwhere(run.array("rows_without_sinks") >= 0).tolist():
        trust = run.trust("attention-tsne", 2, layer, head, without_sinks=True)
        assert np.isnan(trust[:, run.sinks]).all()
        rest = ~run.sinks
        vectors = (run.queries(layer, head)[rest], run.keys(layer, head)[rest])
        coords = run.coords("attention-tsne", 2, layer, head, without_sinks=True)[:, rest]
        differences.append(np.abs(trust[:, rest] - true_recalls(*vectors, coords, run.array("positions")[rest])))
    assert (np.concatenate(differences, axis=1) > 1e-6).mean() < 1e-2


def test_second_layouts_leave_no_part_behind(built: tuple[Store, Run], tmp_path: Path) -> None:
    store, _ = built
    assert not [key for key in part_keys(store) if key.startswith("head/")]
