"""Runs of models with a learned sink or a soft cap: exact everywhere, and the sink is a key of its own."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
import torch
from transformers import AutoModel, PreTrainedModel
from typer.testing import CliRunner

import precompute as av
from app.run_document import run_document
from precompute.cli.app import app
from precompute.models.source import resolve_model
from precompute.run.group_attention import group_attention
from precompute.run.pattern_sheet import hidden_shares
from tests.contract.tiny_text import SENTENCES, network, word_tokenizer

LAYERS, HEADS = 3, 4


@pytest.fixture(scope="module")
def directory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("sink_and_cap")


def run_of(family: str, directory: Path) -> av.Run:
    model = directory / family
    network(family).save_pretrained(model)
    word_tokenizer().save_pretrained(model)
    sentences = directory / "sentences.txt"
    sentences.write_text("\n".join(SENTENCES.texts))
    return av.build(str(model), str(sentences), store=directory / "store", projections=["pca"])


@pytest.fixture(scope="module")
def with_sink(directory: Path) -> av.Run:
    return run_of("gpt_oss", directory)


@pytest.fixture(scope="module")
def with_cap(directory: Path) -> av.Run:
    return run_of("gemma2", directory)


def own_attention(run: av.Run, directory: Path, family: str, instance: int) -> list[np.ndarray]:
    eager: PreTrainedModel = AutoModel.from_pretrained(directory / family, attn_implementation="eager").train(False)
    model = resolve_model(str(directory / family)).load()
    ids = torch.from_numpy(model.prepare(SENTENCES).rows[instance])[None]
    with torch.no_grad():
        found = eager(input_ids=ids, output_attentions=True, use_cache=False).attentions
    return [layer[0, ..., : ids.shape[1]].numpy() for layer in found]


@pytest.mark.parametrize("family", ["gpt_oss", "gemma2"])
def test_patterns_of_the_run_are_the_models_own(
    family: str, with_sink: av.Run, with_cap: av.Run, directory: Path
) -> None:
    run = with_sink if family == "gpt_oss" else with_cap
    for instance in range(len(SENTENCES.texts)):
        for layer, own in enumerate(own_attention(run, directory, family, instance)):
            for head in range(HEADS):
                np.testing.assert_allclose(run.pattern(layer, head, instance), own[head], atol=1e-5)


def test_cap_and_sink_are_stored_once(with_sink: av.Run, with_cap: av.Run) -> None:
    np.testing.assert_allclose(with_cap.array("caps"), 2.0)
    assert "sink_logits" not in with_cap.manifest.arrays
    assert with_sink.array("sink_logits").shape == (LAYERS, HEADS)
    assert "caps" not in with_sink.manifest.arrays
    assert with_sink.sink_names.endswith("the sink logit")
    assert run_document(with_sink)["sinkLogits"] == (True,) * LAYERS
    assert run_document(with_cap)["sinkLogits"] == (False,) * LAYERS


def test_what_a_row_lacks_is_on_the_sink(with_sink: av.Run) -> None:
    head = with_sink.head(1, 2)
    on_sink, pattern = head.sink_attention(0), head.attention(0)
    assert on_sink is not None
    np.testing.assert_allclose(pattern.sum(axis=1) + on_sink, 1, atol=1e-6)
    scores = head.scale * head.queries[head.tokens(0)] @ head.keys[head.tokens(0)].T
    seen = np.where(np.isneginf(head.bias(0)), 0.0, np.exp(scores))
    np.testing.assert_allclose(on_sink, np.exp(head.sink) / (seen.sum(axis=1) + np.exp(head.sink)), atol=1e-5)
    mean = with_sink.array("aggregate")[1, 2]
    counts = with_sink.array("aggregate_counts")
    longest = int(np.diff(with_sink.offsets).argmax())
    last = np.flatnonzero(counts == 1)
    np.testing.assert_allclose(1 - mean[last].sum(axis=1), head.sink_attention(longest)[last], atol=1e-5)


def test_metrics_count_the_sink(with_sink: av.Run) -> None:
    shares = [with_sink.head(0, 1).sink_attention(i) for i in range(len(SENTENCES.texts))]
    assert with_sink.metric("sink_logit")[0, 1] == pytest.approx(float(np.concatenate(shares).mean()), abs=1e-5)
    hidden = with_sink.sinks
    without = np.zeros_like(hidden)
    with_tokens = hidden_shares(with_sink, 0, 0, hidden)
    assert (with_tokens > hidden_shares(with_sink, 0, 0, without) - 1e-6).all()
    np.testing.assert_allclose(hidden_shares(with_sink, 0, 0, without)[1], shares[0].mean(), atol=1e-5)


def test_groups_and_the_switch_know_the_sink(with_sink: av.Run) -> None:
    every = np.ones(with_sink.n_tokens, bool)
    found = group_attention(with_sink, 0, 1, every, every)
    shares = np.concatenate([with_sink.head(0, 1).sink_attention(i) for i in range(len(SENTENCES.texts))])
    assert found.observed == pytest.approx(1 - float(shares.mean()), abs=1e-5)
    without = group_attention(with_sink, 0, 1, every, every, hidden=with_sink.sinks)
    assert without.observed == pytest.approx(1.0, abs=1e-5)


def test_dump_has_the_sink_as_its_last_column(with_sink: av.Run, directory: Path, tmp_path: Path) -> None:
    target = tmp_path / "pattern.npy"
    options = ["--array", "pattern", "--layer", "1", "--head", "2", "--instance", "0", "--out", str(target)]
    done = CliRunner().invoke(app, ["dump", with_sink.manifest.run, *options, "--store", str(directory / "store")])
    assert done.exit_code == 0, done.output
    dumped = np.load(io.BytesIO(target.read_bytes()))
    n = len(dumped)
    assert dumped.shape == (n, n + 1)
    np.testing.assert_allclose(dumped.sum(axis=1), 1, atol=1e-6)
    np.testing.assert_array_equal(dumped[:, :n], with_sink.pattern(1, 2, 0))
