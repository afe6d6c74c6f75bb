"""Checkpoints that cannot be shown: each is refused in two sentences that are true and can be followed."""

from __future__ import annotations

import json
import shutil
import struct
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from transformers import (
    BertConfig,
    BertModel,
    T5Config,
    T5ForConditionalGeneration,
    WhisperConfig,
    WhisperForConditionalGeneration,
)

from precompute.errors import UnsupportedModelError, UserError
from precompute.models.source import resolve_model
from tests.contract.tiny_text import FAMILIES, SENTENCES, word_tokenizer


@pytest.fixture(scope="module")
def bert(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("checkpoints") / "bert"
    BertModel(FAMILIES["bert"]).save_pretrained(directory)
    word_tokenizer().save_pretrained(directory)
    return directory


def change_config(directory: Path, **fields: object) -> None:
    path = directory / "config.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), **fields}))


def lfs_pointer(directory: Path) -> None:
    (directory / "model.safetensors").write_text("version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 9\n")


def truncated(directory: Path) -> None:
    path = directory / "model.safetensors"
    path.write_bytes(path.read_bytes()[:-100])


def no_header(directory: Path) -> None:
    (directory / "model.safetensors").write_bytes(struct.pack("<Q", 20) + b"not a json document ")


def gguf(directory: Path) -> None:
    (directory / "model.safetensors").rename(directory / "model-q4.gguf")


def adapter(directory: Path) -> None:
    (directory / "config.json").unlink()
    (directory / "adapter_config.json").write_text('{"base_model_name_or_path": "owner/base"}')


def quantized(directory: Path) -> None:
    change_config(directory, quantization_config={"quant_method": "gptq", "bits": 4})


def other_width(directory: Path) -> None:
    change_config(directory, vocab_size=99)


def unknown_type(directory: Path) -> None:
    change_config(directory, model_type="bertissimo")


def wrong_value(directory: Path) -> None:
    change_config(directory, num_attention_heads=None, hidden_size="wide")


def no_tokenizer(directory: Path) -> None:
    (directory / "tokenizer.json").write_text("{}")


def sentencepiece(directory: Path) -> None:
    (directory / "tokenizer.json").unlink()
    (directory / "tokenizer_config.json").unlink()
    (directory / "tekken.json").write_text("{")


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        (lfs_pointer, "pointer of git-lfs.*git lfs pull"),
        (truncated, "truncated: 100 bytes are missing.*Download"),
        (no_header, "header that cannot be read"),
        (gguf, r"only model-q4\.gguf.*Use the same model with model\.safetensors"),
        (adapter, "adapter of owner/base, not a model.*merge_and_unload"),
        (quantized, r"quantized \(gptq\)"),
        (other_width, r"embeddings\.word_embeddings\.weight is 17 x 32, not 99 x 32"),
        (unknown_type, "knows no model type 'bertissimo'"),
        (wrong_value, "config.json describes no bert"),
        (no_tokenizer, "tokenizer.*Save it again"),
        (sentencepiece, "tokenizer"),
    ],
)
def test_damaged_checkpoints_are_refused_in_own_words(
    bert: Path, tmp_path: Path, damage: Callable[[Path], None], said: str
) -> None:
    directory = tmp_path / "model"
    shutil.copytree(bert, directory)
    damage(directory)
    with pytest.raises(UserError, match=said) as caught:
        resolve_model(str(directory)).load()
    sentence = str(caught.value).replace(str(directory), "DIR")
    assert "\n" not in sentence
    assert len(sentence) < 320


def test_what_a_configuration_asks_of_its_library_changes_nothing(bert: Path, tmp_path: Path) -> None:
    directory = tmp_path / "model"
    shutil.copytree(bert, directory)
    change_config(
        directory, output_attentions=True, output_hidden_states=True, _attn_implementation="flash_attention_2"
    )
    model = resolve_model(str(directory)).load()
    assert model.prepare(SENTENCES).warnings == ()


def test_layers_beyond_the_configuration_are_named(bert: Path, tmp_path: Path) -> None:
    directory = tmp_path / "model"
    shutil.copytree(bert, directory)
    change_config(directory, num_hidden_layers=1)
    (warning,) = resolve_model(str(directory)).load().prepare(SENTENCES).warnings
    assert "layers that config.json does not count (1, 2)" in warning


def test_a_token_beyond_the_embedding_is_refused(tmp_path: Path) -> None:
    BertModel(BertConfig(**{**FAMILIES["bert"].to_dict(), "vocab_size": 8})).save_pretrained(tmp_path)
    word_tokenizer().save_pretrained(tmp_path)
    with pytest.raises(UnsupportedModelError, match=r"tokenizer has token 1\d, but the model knows only tokens 0 to 7"):
        resolve_model(str(tmp_path)).load().prepare(SENTENCES)


def test_models_of_sound_are_refused(tmp_path: Path) -> None:
    sizes = {"d_model": 16, "encoder_layers": 1, "decoder_layers": 1, "encoder_ffn_dim": 16, "decoder_ffn_dim": 16}
    tokens = {"pad_token_id": 0, "bos_token_id": 1, "eos_token_id": 2, "decoder_start_token_id": 1}
    heads = {"encoder_attention_heads": 2, "decoder_attention_heads": 2, "vocab_size": 17, "max_source_positions": 8}
    configuration = WhisperConfig(**sizes, **heads, **tokens, suppress_tokens=None, begin_suppress_tokens=None)
    WhisperForConditionalGeneration(configuration).save_pretrained(tmp_path)
    word_tokenizer().save_pretrained(tmp_path)
    with pytest.raises(UnsupportedModelError, match="reads sound, not text"):
        resolve_model(str(tmp_path)).load()


def test_an_encoder_decoder_says_what_it_leaves_out(tmp_path: Path) -> None:
    torch.manual_seed(0)
    T5ForConditionalGeneration(T5Config(**FAMILIES["t5"].to_dict())).save_pretrained(tmp_path)
    word_tokenizer().save_pretrained(tmp_path)
    assert resolve_model(str(tmp_path)).load().prepare(SENTENCES).warnings == (
        "Only the model's encoder is shown; its decoder is left out.",
    )
