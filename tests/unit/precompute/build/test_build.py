"""A build makes what the model did visible, does nothing twice, and takes up where it was stopped."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from threading import Event, current_thread, main_thread
from typing import Any

import numpy as np
import pytest
import torch
from transformers import AutoModel, AutoTokenizer

from precompute.build import BuildRequest, ExecutionOptions, Progress, attention_pass, build, layouts, measure
from precompute.build.capture import Capture
from precompute.build.head_task import HeadTask
from precompute.build.layout_files import LayoutFiles
from precompute.errors import RecipeError, StoreError
from precompute.format.manifest import LayoutKey, Recipe
from precompute.models.source import BUNDLED
from precompute.run.catalog import Catalog
from precompute.run.metrics_csv import metric_names, metric_rows
from precompute.run.run import Run
from precompute.run.verify import verify_run
from precompute.store import content
from precompute.store.store import Store
from tests.support.store_rows import part_keys

RECIPE = Recipe(projections=("pca",), dims=(2,), limit=5)
REQUEST = BuildRequest("tiny-gpt2", "tiny-words", recipe=RECIPE)
N_HEADS = 8


@pytest.fixture(autouse=True)
def one_thread() -> Iterator[None]:
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "store")


@pytest.fixture
def computed(monkeypatch: pytest.MonkeyPatch) -> list[HeadTask]:
    """Every task that a build hands to its workers, in order."""
    handed: list[HeadTask] = []
    lay_out = layouts.run_head_tasks

    def watched(tasks: Iterator[HeadTask], execution: ExecutionOptions) -> Iterator[object]:
        def passing() -> Iterator[HeadTask]:
            for task in tasks:
                handed.append(task)
                yield task

        yield from lay_out(passing(), execution)

    monkeypatch.setattr(layouts, "run_head_tasks", watched)
    return handed


def opened(store: Store, run: str) -> Run:
    return Catalog(store).open(run)


def hashes(store: Store, run: str) -> dict[str, str]:
    return {name: info.sha256 for name, info in opened(store, run).manifest.arrays.items()}


def test_the_patterns_of_a_run_are_the_models_own_attention(store: Store) -> None:
    run = opened(store, build(REQUEST, store).run)
    model = AutoModel.from_pretrained(BUNDLED / "tiny-gpt2", attn_implementation="eager").eval()
    tokenizer = AutoTokenizer.from_pretrained(BUNDLED / "tiny-gpt2")
    for instance, text in enumerate(run.tokens.instances):
        with torch.inference_mode():
            attentions = model(**tokenizer(text, return_tensors="pt"), output_attentions=True).attentions
        for layer, of_layer in enumerate(attentions):
            for head in range(run.manifest.model.n_heads):
                np.testing.assert_allclose(run.pattern(layer, head, instance), of_layer[0, head].numpy(), atol=1e-5)


def test_the_strongest_pairs_are_kept_with_and_without_sinks(store: Store) -> None:
    run = opened(store, build(REQUEST, store).run)
    places = run.array("strongest_pairs_without_sinks")
    weights = run.array("strongest_pair_weights_without_sinks")
    assert places.shape == run.array("strongest_pairs").shape
    for layer, head in np.ndindex(places.shape[:2]):
        for (query, key, count), (_, highest) in zip(places[layer, head, 0], weights[layer, head, 0], strict=True):
            if not count:
                continue
            instance = int(np.searchsorted(run.offsets, query, side="right")) - 1
            start, stop = run.token_range(instance)
            row = run.pattern(layer, head, instance)[query - start]
            assert not run.sinks[[query, key]].any()
            assert highest == pytest.approx(row[key - start] / row[~run.sinks[start:stop]].sum(), abs=1e-4)


def test_a_finished_run_is_sound_and_says_what_it_is(store: Store) -> None:
    run = build(REQUEST, store).run
    manifest = opened(store, run).manifest
    assert verify_run(store, run) == []
    assert store.unneeded_parts() == []
    assert run.startswith("tiny-gpt2-tiny-words-")
    assert (manifest.model.n_layers, manifest.model.n_heads, manifest.model.causal) == (2, 4, True)
    assert manifest.inputs.n_instances == RECIPE.limit
    assert {"joint.correlation", "previous_token", "pca.2.knn_recall"} <= {info.name for info in manifest.metrics}


@pytest.mark.parametrize("without_sinks", [False, True])
def test_a_run_keeps_errors_and_ceilings_of_its_numbers(store: Store, *, without_sinks: bool) -> None:
    run = opened(store, build(REQUEST, store).run)
    names = {info.name for info in run.manifest.metrics}
    plane = [name for name in names if ".2." in name]
    for name in plane:
        values, ceiling = (of(name, without_sinks=without_sinks) for of in (run.metric, run.metric_ceiling))
        if name.endswith(("recall", "attention_mass")):
            assert (ceiling >= values - 1e-6).all(), name
        else:
            assert np.isnan(ceiling).all(), name
    # The tiny data set is measured whole.
    for name in ("joint.correlation", "joint.mixing", *(name for name in names if name.endswith(".correlation"))):
        assert (run.metric_error(name, without_sinks=without_sinks) == 0).all()
    assert np.isnan(run.metric_error("previous_token")).all()
    assert not [name for name in names if name.endswith((".error", ".ceiling"))]


def test_the_same_recipe_twice_is_the_same_run_and_no_work(store: Store, computed: list[HeadTask]) -> None:
    first = build(REQUEST, store)
    assert len(computed) == N_HEADS
    second = build(replace(REQUEST, name="another name"), store)
    assert (second.run, second.reused) == (first.run, True)
    assert len(computed) == N_HEADS


def test_another_seed_is_another_run_of_the_same_capture(store: Store) -> None:
    first = opened(store, build(REQUEST, store).run)
    second = opened(store, build(replace(REQUEST, recipe=replace(RECIPE, seed=1)), store).run)
    assert first.manifest.run != second.manifest.run
    assert first.manifest.arrays["queries"] == second.manifest.arrays["queries"]


@pytest.mark.parametrize("other", [Recipe(seed=1), Recipe(quality="best")], ids=["another seed", "another quality"])
def test_layouts_of_another_recipe_are_never_taken_up(other: Recipe, store: Store, tmp_path: Path) -> None:
    few = Recipe(projections=("tsne",), dims=(2,), limit=3)
    asked = replace(few, seed=other.seed, quality=other.quality)
    first = build(replace(REQUEST, recipe=few), store).run
    second = build(replace(REQUEST, recipe=asked), store).run
    elsewhere = Store(tmp_path / "elsewhere")
    assert build(replace(REQUEST, recipe=asked), elsewhere).run == second
    assert hashes(store, second) == hashes(elsewhere, second)
    assert hashes(store, second)["coords.tsne.2"] != hashes(store, first)["coords.tsne.2"]


def test_an_interrupted_build_goes_on_where_it_was(store: Store, computed: list[HeadTask], tmp_path: Path) -> None:
    finished = 3

    def interrupt(progress: Progress) -> None:
        if progress.stage == "heads" and progress.done == finished:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        build(REQUEST, store, ExecutionOptions(1), on_progress=interrupt)
    assert store.run_ids() == []
    computed.clear()
    run = build(REQUEST, store, ExecutionOptions(1)).run
    assert len(computed) == N_HEADS - finished
    elsewhere = Store(tmp_path / "elsewhere")
    assert hashes(store, run) == hashes(elsewhere, build(REQUEST, elsewhere, ExecutionOptions(2)).run)


def test_what_an_interrupted_build_left_can_be_cleaned_away(store: Store) -> None:
    run = build(REQUEST, store).run
    expected = (hashes(store, run), part_keys(store))

    def interrupt(progress: Progress) -> None:
        if progress.stage == "heads" and progress.done == 3:
            assert not store.remove_unneeded_parts(), "a build is in progress"
            raise KeyboardInterrupt

    for recipe in (replace(RECIPE, seed=1), replace(RECIPE, limit=2)):
        with pytest.raises(KeyboardInterrupt):
            build(replace(REQUEST, recipe=recipe), store, ExecutionOptions(1), on_progress=interrupt)
    kinds = [key.partition("/")[0] for key in store.unneeded_parts()]
    assert (kinds.count("capture"), set(kinds)) == (1, {"capture", "head"})
    assert store.remove_unneeded_parts()
    assert (hashes(store, run), part_keys(store)) == expected
    assert verify_run(store, run) == []
    assert store.garbage_bytes() == 0


def test_one_more_projection_computes_only_that(store: Store, computed: list[HeadTask]) -> None:
    first = build(REQUEST, store).run
    computed.clear()
    richer = build(replace(REQUEST, recipe=replace(RECIPE, dims=(2, 3))), store).run
    assert {task.layouts for task in computed} == {(LayoutKey("pca", 3),)}
    assert hashes(store, richer)["coords.pca.2"] == hashes(store, first)["coords.pca.2"]


def test_one_more_projection_measures_only_that(store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = build(REQUEST, store).run
    again: list[str] = []
    for stage, name in (
        (Capture, "attention"),
        (attention_pass, "head_fidelity"),
        (measure, "encodings_of"),
    ):
        monkeypatch.setattr(stage, name, lambda *_, name=name, **__: again.append(name))
    richer_request = replace(REQUEST, recipe=replace(RECIPE, projections=("pca", "tsne")))
    richer = build(richer_request, store).run
    assert again == []
    monkeypatch.undo()
    elsewhere = Store(tmp_path / "elsewhere")
    assert hashes(store, richer) == hashes(elsewhere, build(richer_request, elsewhere).run)
    names = [[info.name for info in opened(store, run).manifest.metrics] for run in (first, richer)]
    assert [name for name in names[1] if name not in names[0]] == [
        name for name in names[1] if name.startswith("tsne.2.")
    ]
    for run in (first, richer):
        store.remove_run(run)
    assert part_keys(store) == []


def test_heads_that_another_build_has_put_together_are_taken_and_leave_nothing(store: Store) -> None:
    richer = replace(REQUEST, recipe=replace(RECIPE, dims=(2, 3)))
    others: list[str] = []

    def overtaken(progress: Progress) -> None:
        if progress.stage == "heads" and progress.done == 1 and not others:
            others.append(build(richer, store, ExecutionOptions(1)).run)

    run = build(REQUEST, store, ExecutionOptions(1), on_progress=overtaken).run
    assert hashes(store, run)["coords.pca.2"] == hashes(store, others[0])["coords.pca.2"]
    assert part_keys(store, "head/") == []
    for finished in (run, *others):
        store.remove_run(finished)
    assert part_keys(store) == []


def test_a_build_waits_while_another_puts_the_same_heads_together(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    assembling, other_is_done = Event(), Event()
    write = LayoutFiles.write

    def slowly(self: LayoutFiles, at: tuple[int, ...], *rest: Any) -> None:
        assembling.set()
        if at == (0, 2) and current_thread() is main_thread():
            # Until the other build has taken the heads away, or for as long as would let it.
            other_is_done.wait(1)
        write(self, at, *rest)

    def resumed(progress: Progress) -> None:
        if progress.stage == "heads":
            assert assembling.wait(60)

    monkeypatch.setattr(LayoutFiles, "write", slowly)
    richer = replace(REQUEST, recipe=replace(RECIPE, dims=(2, 3)))
    with ThreadPoolExecutor(1) as executor:
        other = executor.submit(build, richer, store, ExecutionOptions(1), on_progress=resumed)
        other.add_done_callback(lambda _: other_is_done.set())
        run = build(REQUEST, store, ExecutionOptions(1)).run
        assert hashes(store, run)["coords.pca.2"] == hashes(store, other.result().run)["coords.pca.2"]
    assert part_keys(store, "head/") == []


def test_max_tokens_keeps_whole_instances_and_says_when_none_fits(store: Store) -> None:
    every = opened(store, build(REQUEST, store).run)
    lengths = np.diff(every.offsets)
    bound = int(lengths.sum()) - 1
    fewer = opened(store, build(replace(REQUEST, recipe=replace(RECIPE, max_tokens=bound)), store).run)
    assert 0 < fewer.n_tokens <= bound
    assert set(fewer.tokens.instances) < set(every.tokens.instances)
    with pytest.raises(RecipeError, match="No instance fits --max-tokens 1"):
        build(replace(REQUEST, recipe=replace(RECIPE, max_tokens=1)), store)


def test_what_sentences_of_one_token_leave_undefined_is_no_number(store: Store, tmp_path: Path) -> None:
    words = tmp_path / "words.txt"
    words.write_text("bear\nking\nnear\ngreen\nbear\nking\n", encoding="utf-8")
    run = opened(store, build(replace(REQUEST, inputs=str(words)), store).run)
    assert (np.diff(run.offsets) == 1).all()
    undefined = {"joint.attention_correlation", "pca.2.attention_mass", "pca.2.query_recall"}
    assert all(np.isnan(run.metric(name)).all() for name in undefined)
    for row in metric_rows(run):
        told = dict(zip(metric_names(run), row, strict=True))
        assert all(told[name] is None for name in undefined)
        assert told["joint.correlation"] is not None


def test_a_disk_that_fills_in_the_last_stage_is_one_sentence_and_nothing_is_lost(
    store: Store, computed: list[HeadTask], monkeypatch: pytest.MonkeyPatch
) -> None:
    create = content.create_array

    def full_for_the_aggregate(path: Path, dtype: str, shape: tuple[int, ...]) -> np.memmap[object, np.dtype[object]]:
        if path.name == "aggregate.npy":
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return create(path, dtype, shape)

    with monkeypatch.context() as disk:
        disk.setattr(content, "create_array", full_for_the_aggregate)
        with pytest.raises(StoreError, match="full"):
            build(REQUEST, store)
    assert store.run_ids() == []
    computed.clear()
    assert verify_run(store, build(REQUEST, store).run) == []
    assert computed == []


def test_workers_stop_when_a_head_cannot_be_kept(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    stopped: list[bool] = []
    lay_out = layouts.run_head_tasks

    def watched(tasks: Iterator[HeadTask], execution: ExecutionOptions) -> Iterator[object]:
        try:
            yield from lay_out(tasks, execution)
        finally:
            stopped.append(True)

    def refuse(_: object, __: object) -> None:
        assert stopped == []
        raise StoreError("The disk is full.")

    monkeypatch.setattr(layouts, "run_head_tasks", watched)
    monkeypatch.setattr(layouts.HeadParts, "put", refuse)
    with pytest.raises(StoreError):
        build(REQUEST, store)
    assert stopped == [True]
