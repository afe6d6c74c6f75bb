"""list, show, verify, remove on a planted run."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from precompute.cli.runs import array_bytes, run_bytes
from precompute.format.manifest import ArrayInfo
from precompute.run.catalog import Catalog
from precompute.store.store import Store
from tests.support.finished_command import Command
from tests.support.small_run import Planted, small_run


def test_list_json_has_the_documented_members(command: Command, planted: Planted) -> None:
    finished = command("list", "--json")
    assert (finished.code, finished.err) == (0, "")
    (entry,) = json.loads(finished.out)
    assert entry == {
        "run": planted.manifest.run,
        "name": "small",
        "model": "tiny",
        "kind": "text",
        "n_layers": 2,
        "n_heads": 4,
        "n_kv_heads": 2,
        "d_head": 3,
        "n_tokens": 8,
        "n_instances": 3,
        "projections": ["pca", "tsne"],
        "bytes": sum(array_bytes(info) for info in planted.manifest.arrays.values()),
        "created": "2025-01-01T00:00:00Z",
    }


def test_sizes_are_those_of_the_bytes_on_the_disk(directory: Path, planted: Planted) -> None:
    store = Store(directory)
    info = planted.manifest.arrays["queries"]
    assert array_bytes(info) == store.array(info).nbytes
    tokens = planted.manifest.arrays["tokens"]
    assert array_bytes(tokens) == store.array_path(tokens).stat().st_size
    shared = replace(
        planted.manifest, arrays={"a": ArrayInfo("uint16", (3,), "0" * 64), "b": ArrayInfo("uint16", (3,), "0" * 64)}
    )
    assert run_bytes(shared) == 6


def test_list_shows_whole_names_in_a_pipe_and_the_newest_first(
    command: Command, directory: Path, planted: Planted
) -> None:
    name = "a long name " * 12
    newer = small_run(Store(directory), seed=1, name=name.strip(), created="2026-01-01T00:00:00Z")
    lines = command("list").out.splitlines()
    assert newer.manifest.run in lines[3]
    assert name.strip() in lines[3]
    assert planted.manifest.run in lines[4]


def test_names_cannot_steer_the_terminal(command: Command, directory: Path) -> None:
    small_run(Store(directory), name="\x1b[2J[red]boo[/red]")
    assert "\\x1b[2J[red]boo[/red]" in command("list").out


def test_list_of_an_empty_store_says_what_to_do(command: Command, directory: Path) -> None:
    Store(directory)
    assert json.loads(command("list", "--json").out) == []
    assert "has no runs yet: run python -m precompute demo" in command("list").err


def test_store_that_is_not_there_is_one_sentence(command: Command, directory: Path) -> None:
    finished = command("list")
    assert (finished.code, finished.out) == (2, "")
    assert finished.err.startswith("Error: There is no store")
    assert not directory.exists()


def test_store_option_goes_before_the_environment(command: Command, tmp_path: Path, planted: Planted) -> None:
    other = small_run(Store(tmp_path / "other"), seed=5)
    (entry,) = json.loads(command("list", "--json", "--store", tmp_path / "other").out)
    assert entry["run"] == other.manifest.run


def test_damaged_run_is_a_warning_in_the_list_and_can_be_removed(
    command: Command, directory: Path, planted: Planted, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as newer:
        newer.setattr("precompute.format.manifest_json.SCHEMA_VERSION", 0)
        finished = command("list")
        assert finished.code == 0
        assert finished.err.startswith(f"Warning: The run {planted.manifest.run} was made by a newer version")
        assert command("show", planted.manifest.run).code == 2
        assert command("remove", planted.manifest.run).code == 0
    assert Store(directory).run_ids() == []


def test_show_json_holds_the_manifest(command: Command, planted: Planted) -> None:
    document = json.loads(command("show", "small", "--json").out)
    assert document["bytes"] == run_bytes(planted.manifest)
    assert document["manifest"]["recipe"]["projections"] == ["pca", "tsne"]
    assert document["manifest"]["arrays"]["queries"]["shape"] == [2, 4, 8, 3]


def test_show_tells_what_matters(command: Command, planted: Planted) -> None:
    out = command("show", "tiny-words").out
    for words in (
        planted.manifest.run,
        "2 layers x 4 heads, 3 wide, 2 key heads",
        "3 instances, 8 tokens",
        "causal, stored",
    ):
        assert words in out


def test_show_fits_a_hundred_columns(command: Command, directory: Path) -> None:
    name = "long " * 60 + "w" * 150
    small_run(Store(directory), seed=1, name=name)
    lines = command("show", name).out.splitlines()
    assert max(map(len, lines)) <= 100
    assert "".join(line[18:].strip() for line in lines).count("w") >= 150


def test_verify_finds_a_flipped_byte(command: Command, directory: Path, planted: Planted) -> None:
    assert command("verify", "small").out == f"{planted.manifest.run} is sound\n"
    path = Store(directory).array_path(planted.manifest.arrays["queries"])
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.chmod(0o600)
    path.write_bytes(bytes(content))
    finished = command("verify", "small")
    assert (finished.code, finished.out) == (1, "")
    assert "queries" in finished.err


def test_remove_takes_one_run_and_leaves_the_other(command: Command, directory: Path, planted: Planted) -> None:
    other = small_run(Store(directory), seed=1, name="other")
    assert command("remove", "small").code == 0
    assert [manifest.run for manifest in Catalog(Store(directory)).runs()] == [other.manifest.run]
    assert command("verify", "other").code == 0


def test_ambiguous_name_removes_nothing(command: Command, directory: Path, planted: Planted) -> None:
    small_run(Store(directory), seed=1)
    finished = command("remove", "small")
    assert (finished.code, len(Store(directory).run_ids())) == (2, 2)
    assert "More than one run" in finished.err
