"""One head, easy and hard."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from precompute.build.head_task import HeadCanceledError, HeadTask, compute_head
from precompute.errors import NumericalError
from precompute.format.manifest import LayoutKey
from tests.support.head_tasks import ALL_LAYOUTS, head_task, result_bytes

METRICS = {
    "knn_recall",
    "trustworthiness",
    "correlation",
    "query_recall",
    "key_recall",
    "attention_recall",
    "attention_mass",
    "attention_mass.ceiling",
    "continuity",
    "correlation.error",
    "key_recall.ceiling",
    "query_recall.ceiling",
}


def test_a_head_comes_back_in_every_layout_with_its_measures() -> None:
    task = head_task()
    result = compute_head(task)
    assert tuple(result.coords) == tuple(result.kept) == ALL_LAYOUTS
    for key, layout in result.coords.items():
        assert layout.dtype == np.float32
        assert layout.shape == (120, key.dims)
        np.testing.assert_allclose(layout.mean(axis=0), 0, atol=1e-3 * np.abs(layout).max())
        for shares in (result.kept[key].partners, result.kept[key].neighbors):
            assert shares.shape == (120,)
            assert ((shares >= 0) & (shares <= 1)).all()
    assert set(result.metrics) == {f"{key.name}.{metric}" for key in ALL_LAYOUTS for metric in METRICS}


def test_best_lays_out_attention_from_a_second_start_and_trusts_the_mean() -> None:
    layouts = (LayoutKey("attention-tsne", 2), LayoutKey("pca", 2))
    result = compute_head(replace(head_task(layouts=layouts), quality="best"))
    assert set(result.metrics) - {f"{key.name}.{metric}" for key in layouts for metric in METRICS} == {
        "attention-tsne.2.agreement"
    }
    assert 0 < result.metrics["attention-tsne.2.agreement"] < 1
    own = (result.metrics["attention-tsne.2.query_recall"] + result.metrics["attention-tsne.2.key_recall"]) / 2
    partners = result.kept[layouts[0]].partners
    np.testing.assert_allclose(partners * 20, np.rint(partners * 20), atol=1e-4)
    assert (np.rint(partners * 20) % 2 == 1).any(), "a partner that only one start keeps counts half"
    assert abs(partners.mean() - own) < 0.1


def test_only_what_is_asked_for_is_computed_and_comes_out_the_same() -> None:
    everything = compute_head(head_task())
    wanted = LayoutKey("umap", 3)
    one = compute_head(head_task(layouts=(wanted,)))
    assert list(one.coords) == [wanted]
    np.testing.assert_array_equal(one.coords[wanted], everything.coords[wanted])


def test_the_same_task_gives_the_same_bytes_and_another_seed_others() -> None:
    task = head_task()
    first = result_bytes(compute_head(task))
    assert first == result_bytes(compute_head(task))
    assert first != result_bytes(compute_head(replace(task, seed=1)))


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("array", ["queries", "keys"])
def test_values_that_are_no_numbers_are_refused_with_the_name_of_the_head(array: str, value: float) -> None:
    task = head_task(4)
    getattr(task.head, array)[3, 2] = value
    with pytest.raises(NumericalError, match="layer 1, head 4"):
        compute_head(task)


@pytest.mark.parametrize("factor", [1e19, 1e30])
def test_dot_products_beyond_float32_are_refused_with_the_name_of_the_head(factor: float) -> None:
    with pytest.raises(NumericalError, match=r"in layer 1, head 4 whose dot products are too large .*: check"):
        compute_head(scaled(factor)(head_task(4, layouts=(LayoutKey("pca", 2),))))


def test_a_head_is_given_up_between_projections() -> None:
    answers = iter([False, True])
    with pytest.raises(HeadCanceledError):
        compute_head(head_task(layouts=(LayoutKey("pca", 2), LayoutKey("pca", 3))), stopped=lambda: next(answers))


def with_head(task: HeadTask, **fields: Any) -> HeadTask:
    """Change fields of a task's head."""
    return replace(task, head=replace(task.head, **fields))


def all_equal(task: HeadTask) -> HeadTask:
    return with_head(task, queries=np.ones_like(task.head.queries), keys=np.ones_like(task.head.keys))


def many_equal(task: HeadTask) -> HeadTask:
    queries, keys = task.head.queries.copy(), task.head.keys.copy()
    queries[: len(queries) // 2] = queries[0]
    keys[::10] = keys[0]
    return with_head(task, queries=queries, keys=keys)


def constant_dimensions(task: HeadTask) -> HeadTask:
    queries, keys = task.head.queries.copy(), task.head.keys.copy()
    queries[:, 1:] = 3
    keys[:, 1:] = -2
    return with_head(task, queries=queries, keys=keys)


def scaled(factor: float) -> Callable[[HeadTask], HeadTask]:
    return lambda task: with_head(
        task, queries=task.head.queries * np.float32(factor), keys=task.head.keys * np.float32(factor)
    )


def zeros(task: HeadTask) -> HeadTask:
    return with_head(task, queries=np.zeros_like(task.head.queries), keys=np.zeros_like(task.head.keys))


def causal(task: HeadTask) -> HeadTask:
    return with_head(task, causal=True)


def masked(hide: Callable[[NDArray[np.int64]], NDArray[np.bool_]]) -> Callable[[HeadTask], HeadTask]:
    """Store a mask that hides a key by ``hide`` of how far it is behind its query."""

    def change(task: HeadTask) -> HeadTask:
        lengths = np.diff(task.head.offsets)
        behind = [(np.arange(n)[:, None] - np.arange(n)).ravel() for n in lengths]
        return with_head(task, mask=np.where(hide(np.concatenate(behind)), -np.inf, 0).astype(np.float32))

    return change


HARD = {
    "all rows equal": (all_equal, {}),
    "250 rows equal": (many_equal, {"n_instances": 50}),
    "constant dimensions": (constant_dimensions, {}),
    "one dimension": (lambda task: task, {"d_head": 1}),
    "huge norms": (scaled(1e15), {}),
    "dot products just within float32": (scaled(1e18), {}),
    "tiny norms": (scaled(1e-15), {}),
    "zeros": (zeros, {}),
    "causal": (causal, {}),
    "a window of one token": (masked(lambda behind: behind != 0), {}),
    "a mask that hides everything": (masked(np.isfinite), {}),
    "one instance": (lambda task: task, {"n_instances": 1, "length": 40}),
    "instances of one token": (causal, {"n_instances": 40, "length": 1}),
    "fewer points than neighbors": (lambda task: task, {"n_instances": 1, "length": 5}),
    "two tokens": (causal, {"n_instances": 1, "length": 2}),
    "one token": (lambda task: task, {"n_instances": 1, "length": 1}),
}


@pytest.mark.parametrize("case", HARD)
def test_hard_heads_are_laid_out_without_a_warning(case: str) -> None:
    change, size = HARD[case]
    task = change(head_task(**size))
    result = compute_head(task)
    for layout in result.coords.values():
        assert np.isfinite(layout).all()
        assert np.abs(layout).max() < 1e6 * max(1.0, float(np.abs(task.head.queries).max()))


def test_equal_rows_stay_together_and_apart_from_the_rest() -> None:
    task = many_equal(head_task(n_instances=20))
    layout = compute_head(task).coords[LayoutKey("tsne", 2)]
    equal = layout[:100]
    others = np.delete(layout, np.s_[:100], axis=0)
    inside = np.linalg.norm(equal - equal.mean(axis=0), axis=1)
    outside = np.linalg.norm(others - equal.mean(axis=0), axis=1)
    assert np.median(outside) > 2 * np.median(inside)
