"""dump: every array of a run as a file."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from precompute.run.catalog import Catalog
from precompute.store.store import Store
from tests.support.finished_command import Command
from tests.support.small_run import Planted

HEAD = ("--layer", 1, "--head", 3)


def dumped(command: Command, out: Path, *arguments: object) -> NDArray[Any]:
    finished = command("dump", "small", "--out", out, *arguments)
    assert (finished.code, finished.out) == (0, "")
    array: NDArray[Any] = np.load(out, allow_pickle=False)
    return array


def test_coords_are_queries_then_keys(command: Command, tmp_path: Path, planted: Planted) -> None:
    coords = dumped(command, tmp_path / "c.npy", "--array", "coords", "--projection", "tsne", "--dims", 3, *HEAD)
    assert coords.shape == (2, 8, 3)
    assert coords.dtype == np.float32
    expected = planted.coords["tsne.3"][1, 3].reshape(2, 8, 3)
    np.testing.assert_allclose(coords, expected, atol=np.ptp(expected) / 65535)


def test_coords_without_sinks_are_nan_for_the_sinks(command: Command, tmp_path: Path, planted: Planted) -> None:
    layout = ("--array", "coords", "--projection", "tsne", "--dims", 3, *HEAD, "--without-sinks")
    coords = dumped(command, tmp_path / "c.npy", *layout)
    first = np.isin(np.arange(8), [0, 3, 4])
    assert np.isnan(coords[:, first]).all()
    expected = planted.coords_without_sinks["tsne.3"][1].reshape(2, 8, 3)
    np.testing.assert_allclose(coords[:, ~first], expected[:, ~first], atol=np.ptp(expected) / 65535)
    finished = command("dump", "small", "--out", tmp_path / "p.npy", "--array", "queries", *HEAD, "--without-sinks")
    assert finished.code == 2
    assert "--without-sinks is an option of --array coords" in finished.err


def test_trust_is_that_of_queries_then_keys_in_token_order(command: Command, tmp_path: Path, planted: Planted) -> None:
    trust = dumped(command, tmp_path / "t.npy", "--array", "trust", "--projection", "tsne", "--dims", 2, *HEAD)
    assert (trust.shape, trust.dtype) == ((2, 8), np.float32)
    steps = planted.arrays["trust.tsne.2"][1, 3]
    for vertex, point in enumerate(planted.arrays["draw_order"]):
        assert trust[divmod(point, 8)] == pytest.approx(steps[vertex] / 240)


def test_trust_without_sinks_is_that_of_the_second_layout(command: Command, tmp_path: Path, planted: Planted) -> None:
    layout = ("--array", "trust", "--projection", "tsne", "--dims", 2, *HEAD, "--without-sinks")
    trust = dumped(command, tmp_path / "t.npy", *layout).ravel()
    steps = planted.arrays["trust_without_sinks.tsne.2"][1]
    for vertex, point in enumerate(planted.arrays["draw_order"]):
        sink = point % 8 in (0, 3, 4)
        assert np.isnan(trust[point]) if sink else trust[point] == pytest.approx(steps[vertex] / 240)


def test_queries_and_keys_are_raw_and_keys_are_shared(command: Command, tmp_path: Path, planted: Planted) -> None:
    out = tmp_path / "a.npy"
    np.testing.assert_array_equal(dumped(command, out, "--array", "queries", *HEAD), planted.arrays["queries"][1, 3])
    np.testing.assert_array_equal(dumped(command, out, "--array", "keys", *HEAD), planted.arrays["keys"][1, 1])


def test_pattern_of_a_causal_layer(command: Command, tmp_path: Path, planted: Planted) -> None:
    arguments = ("--array", "pattern", "--layer", 0, "--head", 2, "--instance", 2)
    pattern = dumped(command, tmp_path / "p.npy", *arguments)
    queries = np.asarray(planted.arrays["queries"], np.float32)[0, 2, 4:]
    keys = np.asarray(planted.arrays["keys"], np.float32)[0, 1, 4:]
    weights = np.exp(queries @ keys.T / np.sqrt(3)) * np.tri(4)
    np.testing.assert_allclose(pattern, weights / weights.sum(axis=1, keepdims=True), atol=1e-6)


def test_encodings_by_token_by_point_and_by_head(command: Command, tmp_path: Path, planted: Planted) -> None:
    out = tmp_path / "e.npy"
    encoding = ("--array", "encoding", "--name")
    np.testing.assert_array_equal(dumped(command, out, *encoding, "position"), np.arange(8))
    np.testing.assert_array_equal(dumped(command, out, *encoding, "type"), [0] * 8 + [1] * 8)
    norms = planted.arrays["encoding.norm"]
    np.testing.assert_array_equal(dumped(command, out, *encoding, "norm"), norms)
    np.testing.assert_array_equal(dumped(command, out, *encoding, "norm", *HEAD), norms[1, 3])


def test_any_stored_array_by_its_name(command: Command, tmp_path: Path, planted: Planted) -> None:
    for name in ("draw_order", "mask.1", "coords.pca.2", "trust.tsne.3"):
        np.testing.assert_array_equal(dumped(command, tmp_path / "a.npy", "--array", name), planted.arrays[name])


def test_tokens_are_json(command: Command, directory: Path, tmp_path: Path, planted: Planted) -> None:
    assert command("dump", "small", "--array", "tokens", "--out", tmp_path / "t.json").code == 0
    document = json.loads((tmp_path / "t.json").read_text(encoding="utf-8"))
    table = Catalog(Store(directory)).open("small").tokens
    assert document["tokens"] == list(table.tokens)
    assert document["offsets"] == list(table.offsets)
    assert document["columns"] == {"topic": ["sea"] * 3, "score": [0.5] * 3}


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--array", "coord"], "no array 'coord': choose from coords, trust, queries, keys, pattern, encoding, tokens"),
        (["--array", "coords", *HEAD], "needs --projection (pca, tsne) and --dims (2, 3)"),
        (["--array", "coords", *HEAD, "--projection", "umap", "--dims", 2], "needs --projection (pca, tsne)"),
        (["--array", "coords", *HEAD, "--projection", "pca", "--dims", 4], "and --dims (2, 3)"),
        (["--array", "trust", *HEAD], "--array trust needs --projection (pca, tsne) and --dims (2, 3)"),
        (["--array", "queries", "--head", 0], "needs --layer: choose 0 to 1"),
        (["--array", "keys", "--layer", 0], "needs --head: choose 0 to 3"),
        (["--array", "keys", "--layer", 2, "--head", 0], "--layer 2 is out of range: choose 0 to 1"),
        (["--array", "keys", "--layer", 0, "--head", -1], "--head -1 is out of range: choose 0 to 3"),
        (["--array", "pattern", *HEAD], "needs --instance: choose 0 to 2"),
        (["--array", "pattern", *HEAD, "--instance", 3], "--instance 3 is out of range"),
        (["--array", "encoding"], "needs --name: choose from type, position, norm"),
        (["--array", "encoding", "--name", "hue"], "choose from type, position, norm"),
        (["--array", "encoding", "--name", "norm", "--head", 1], "needs --layer"),
    ],
)
def test_wrong_selections_are_one_sentence(
    command: Command, tmp_path: Path, planted: Planted, arguments: list[object], words: str
) -> None:
    finished = command("dump", "small", "--out", tmp_path / "x.npy", *arguments)
    assert (finished.code, finished.out, finished.err.count("\n")) == (2, "", 1)
    assert words in finished.err
    assert not (tmp_path / "x.npy").exists()


@pytest.mark.parametrize("array", ["draw_order", "tokens"])
def test_file_that_cannot_be_written_is_one_sentence(
    command: Command, tmp_path: Path, planted: Planted, array: str
) -> None:
    finished = command("dump", "small", "--array", array, "--out", tmp_path / "missing" / "x")
    assert (finished.code, finished.err.count("\n")) == (2, 1)
    assert "cannot be written: No such file or directory" in finished.err
