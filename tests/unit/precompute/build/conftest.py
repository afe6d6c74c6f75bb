"""Builds of tiny text models, and the tasks they make."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeAlias

import pytest

from precompute.build import BuildRequest, ExecutionOptions, build, layouts
from precompute.build.head_task import HeadTask
from precompute.format.manifest import Recipe
from precompute.run.catalog import Catalog
from precompute.run.run import Run
from precompute.store.store import Store
from tests.contract.tiny_text import SENTENCES, network, word_tokenizer

BuildFamily: TypeAlias = Callable[[str, Recipe], Run]


@pytest.fixture
def tasks(monkeypatch: pytest.MonkeyPatch) -> list[HeadTask]:
    """Every task that a build makes, in order."""
    made: list[HeadTask] = []
    make = layouts.HeadTask

    def kept(*fields: Any) -> HeadTask:
        made.append(make(*fields))
        return made[-1]

    monkeypatch.setattr(layouts, "HeadTask", kept)
    return made


@pytest.fixture
def build_family(tmp_path: Path) -> BuildFamily:
    """Build a run of a family of text models over a few sentences."""

    def built(family: str, recipe: Recipe) -> Run:
        network(family).save_pretrained(tmp_path / "model")
        word_tokenizer().save_pretrained(tmp_path / "model")
        inputs = tmp_path / "sentences.txt"
        inputs.write_text("\n".join(SENTENCES.texts), encoding="utf-8")
        store = Store(tmp_path / "store")
        run = build(BuildRequest(str(tmp_path / "model"), str(inputs), recipe=recipe), store, ExecutionOptions(1)).run
        return Catalog(store).open(run)

    return built


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> tuple[Store, Run]:
    """Build attention and PCA layouts of all heads of the tiny GPT-2, whose first tokens are sinks."""
    store = Store(tmp_path_factory.mktemp("built") / "store")
    recipe = Recipe(projections=("attention-tsne", "pca"), dims=(2, 3), limit=8)
    run = build(BuildRequest("tiny-gpt2", "tiny-words", recipe=recipe), store, ExecutionOptions(1)).run
    return store, Catalog(store).open(run)
