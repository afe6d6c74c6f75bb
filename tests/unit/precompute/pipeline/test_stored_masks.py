"""Heads whose mask is neither full nor causal: layouts join only what can meet."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from precompute.catalog import Catalog
from precompute.head_task import HeadTask
from precompute.pipeline import BuildRequest, build, heads_stage
from precompute.projection.head_space import HeadSpace
from precompute.run import Run
from precompute.store import Store
from precompute.types import Recipe
from tests.contract.tiny_text import SENTENCES, network, word_tokenizer

WINDOW = 4
RECIPE = Recipe(projections=("attention-tsne", "attention-umap"), dims=(2,))


@pytest.fixture
def tasks(monkeypatch: pytest.MonkeyPatch) -> list[HeadTask]:
    """Every task that a build makes, in order."""
    made: list[HeadTask] = []
    make = heads_stage.HeadTask

    def kept(**fields: Any) -> HeadTask:
        made.append(make(**fields))
        return made[-1]

    monkeypatch.setattr(heads_stage, "HeadTask", kept)
    return made


def built(directory: Path, family: str) -> Run:
    network(family).save_pretrained(directory / "model")
    word_tokenizer().save_pretrained(directory / "model")
    inputs = directory / "sentences.txt"
    inputs.write_text("\n".join(SENTENCES.texts), encoding="utf-8")
    store = Store(directory / "store")
    run = build(BuildRequest(str(directory / "model"), str(inputs), recipe=RECIPE), store, workers=1).run
    return Catalog(store).open(run)


@pytest.mark.parametrize("family", ["mistral", "modernbert"])
def test_tasks_carry_the_mask_and_no_partner_lies_outside_the_window(
    family: str, tmp_path: Path, tasks: list[HeadTask]
) -> None:
    run = built(tmp_path, family)
    kinds = run.manifest.masks
    assert "stored" in kinds
    reach = WINDOW if family == "mistral" else WINDOW // 2 + 1
    for task in tasks:
        if kinds[task.layer] != "stored":
            assert task.mask is None
            continue
        space = HeadSpace(
            np.concatenate([task.queries, task.keys]),
            task.queries,
            task.keys,
            task.scale,
            task.causal,
            task.offsets,
            task.positions,
            mask=task.mask,
        )
        n = len(task.positions)
        partners = space.attention_neighbours
        for i in range(n):
            behind = task.positions[i] - task.positions[partners.indices[i, : partners.degrees[i]] - n]
            assert (np.abs(behind) < reach).all()
            assert family != "mistral" or (behind >= 0).all()
            assert partners.degrees[i] > 0


def test_queries_of_a_window_of_four_have_no_choice_of_five_keys(tmp_path: Path) -> None:
    run = built(tmp_path, "mistral")
    assert np.isnan(run.metric("attention-tsne.2.attention_mass")).all()
    assert np.isnan(run.metric("attention-umap.2.attention_mass")).all()
