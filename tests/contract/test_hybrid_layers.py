"""Runs of models in which only some layers have attention: layers keep the model's own numbers."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

import precompute as av
from layouts.options import layer_options
from layouts.parts.head_link import head_name
from precompute.cli.app import app
from precompute.format.manifest import ModelInfo
from scripts.census.checkpoint import save_checkpoint
from scripts.census.one_type import TEXTS


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("hybrid")


@pytest.fixture(scope="module")
def run(store: Path) -> av.Run:
    save_checkpoint("granitemoehybrid", store / "model")
    (store / "sentences.txt").write_text("\n".join(TEXTS))
    warnings: list[str] = []
    built = av.build(
        str(store / "model"),
        str(store / "sentences.txt"),
        store=store / "store",
        projections=["pca"],
        on_progress=lambda progress: warnings.append(progress.detail) if progress.warning else None,
    )
    assert "Only layers 1 and 3 of the model have attention over all tokens; the others are not shown." in warnings
    return built


def test_the_run_knows_the_models_numbers(run: av.Run) -> None:
    model = run.manifest.model
    assert (model.n_layers, model.layers) == (2, (1, 3))
    assert set(run.metrics_columns()["layer"].tolist()) == {1, 3}
    assert head_name(model, 1, 2) == "L3 H2"


def test_a_layer_is_dumped_by_its_own_number(run: av.Run, store: Path, tmp_path: Path) -> None:
    target = tmp_path / "pattern.npy"
    asked = ["dump", run.manifest.run, "--array", "pattern", "--head", "0", "--instance", "0", "--out", str(target)]
    done = CliRunner().invoke(app, [*asked, "--layer", "3", "--store", str(store / "store")])
    assert done.exit_code == 0, done.output
    np.testing.assert_array_equal(np.load(target), run.pattern(1, 0, 0))
    refused = CliRunner().invoke(app, [*asked, "--layer", "2", "--store", str(store / "store")])
    assert refused.exit_code != 0


def test_the_menu_names_the_gaps() -> None:
    model = ModelInfo("hybrid", "r1", "transformers", 3, 4, 4, 8, True, layers=(1, 2, 5))
    options = layer_options(model)
    assert [option["label"] for option in options] == ["Layer 1", "Layer 2", "Layer 5"]
    assert [option.get("title", "") for option in options] == [
        "Layer 0 has no attention over all tokens.",
        "",
        "Layers 3 to 4 have no attention over all tokens.",
    ]
    plain = layer_options(ModelInfo("plain", "r1", "transformers", 2, 4, 4, 8, True))
    assert plain == [{"value": "0", "label": "Layer 0"}, {"value": "1", "label": "Layer 1"}]
