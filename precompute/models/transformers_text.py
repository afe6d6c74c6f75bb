"""Text models of transformers: encoders, decoders, and the encoders of encoder-decoder models."""

from __future__ import annotations

import importlib.util
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import torch
import transformers
from numpy.typing import NDArray
from transformers import AutoModel, AutoTokenizer, PreTrainedConfig, PreTrainedModel, PreTrainedTokenizerFast
from transformers.models.auto.configuration_auto import CONFIG_MAPPING

from precompute.capture.quiet import quiet_libraries
from precompute.capture.runnable import Batch, Prepared
from precompute.errors import InputsError, UnsupportedModelError
from precompute.format.manifest import Modality, TokenTable
from precompute.models.directory import read_config
from precompute.models.language_part import language_part, require_text
from precompute.models.loaded import Columns, torch_device
from precompute.models.pieces import piece_scheme, readable_piece
from precompute.models.pretrained import FromPretrained, load_pretrained

_SWITCHES = frozenset(
    {"_attn_implementation", "attn_implementation", "output_attentions", "output_hidden_states", "return_dict"}
)
"""Fields of config.json that change what transformers computes or returns, never the model."""

_MIN_WIDTH = 2
"""A row of one token would make transformers drop the causal flag and regroup the query heads, so it is padded."""

_PACKAGES = {
    "tokenizer.model": "sentencepiece",
    "spiece.model": "sentencepiece",
    "sentencepiece.bpe.model": "sentencepiece",
    "source.spm": "sentencepiece",
    "tekken.json": "mistral_common",
    "qwen.tiktoken": "tiktoken",
    "tiktoken.model": "tiktoken",
}
"""Packages that vocabularies without a tokenizer.json need."""

_VOCABULARIES = ("tokenizer.json", "vocab.txt", "vocab.json", *_PACKAGES)


class TextInputs(Protocol):
    """Sentences and their columns."""

    @property
    def texts(self) -> tuple[str, ...]:
        """One per instance."""
        ...

    @property
    def columns(self) -> Columns:
        """Further columns, a value per instance."""
        ...


class TextModel:
    """A network of transformers with its tokenizer.

    Parameters
    ----------
    network : PreTrainedModel
        Accepts ``input_ids`` and ``attention_mask``.
    notes : tuple of str
        Warnings about the checkpoint and about parts of the model that are not shown.
    """

    kind: Modality = "text"

    def __init__(
        self,
        network: PreTrainedModel,
        tokenizer: PreTrainedTokenizerFast,
        device: torch.device,
        *,
        notes: tuple[str, ...] = (),
    ) -> None:
        self._notes = notes
        self._network = network.train(False).to(device)
        self._tokenizer = tokenizer
        self._device = device
        self.max_positions = position_limit(network)

    def prepare(self, inputs: TextInputs) -> Prepared:
        """Tokenize every sentence with special tokens, truncated to :attr:`max_positions`.

        InputsError if a sentence has no tokens; UnsupportedModelError if the model has no embedding for one.
        """
        limit = self.max_positions
        with quiet_libraries():
            encoded = self._tokenizer(list(inputs.texts), truncation=limit is not None, max_length=limit, verbose=False)
        encodings = encoded.encodings
        if empty := [i for i, encoding in enumerate(encodings) if not encoding.ids]:
            raise InputsError(f"Instance {empty[0] + 1} has no tokens: remove it.")
        self._check_ids(max(max(encoding.ids) for encoding in encodings))
        n_cut = sum(bool(encoding.overflowing) for encoding in encodings)
        warnings = (_cut_warning(n_cut, limit),) if n_cut and limit is not None else ()
        rows = tuple(np.array(encoding.ids, dtype=np.int64) for encoding in encodings)
        special = [mask for encoding in encodings for mask in encoding.special_tokens_mask]
        return Prepared(self._table(rows, special, inputs), rows, (*self._notes, *warnings))

    def batches(self, prepared: Prepared, batch_size: int) -> Iterator[Batch]:
        """Yield batches, padded on the right; padding is masked."""
        pad = self._tokenizer.pad_token_id
        for first in range(0, len(prepared.rows), batch_size):
            rows = prepared.rows[first : first + batch_size]
            yield _padded(first, rows, 0 if pad is None else pad, self._device)

    def forward(self, batch: Batch) -> None:
        """Run the network."""
        self._network(**batch.tensors)

    def _check_ids(self, highest: int) -> None:
        n_rows = _embedding_rows(self._network)
        if n_rows is not None and highest >= n_rows:
            raise UnsupportedModelError(
                f"The tokenizer has token {highest}, but the model knows only tokens 0 to {n_rows - 1}. "
                "Use the tokenizer that belongs to the model."
            )

    def _table(self, rows: Sequence[NDArray[np.int64]], special_masks: list[int], inputs: TextInputs) -> TokenTable:
        ids = [int(i) for row in rows for i in row]
        tokens = tuple(self._tokenizer.convert_ids_to_tokens(ids))
        special_ids = set(self._tokenizer.all_special_ids) - {self._tokenizer.unk_token_id}
        special = tuple(bool(mask) or i in special_ids for mask, i in zip(special_masks, ids, strict=True))
        scheme = piece_scheme(self._tokenizer.backend_tokenizer.to_str())
        return TokenTable(
            tokens=tokens,
            texts=tuple(t if s else readable_piece(t, scheme) for t, s in zip(tokens, special, strict=True)),
            special=special,
            offsets=(0, *(int(end) for end in np.cumsum([len(row) for row in rows]))),
            instances=tuple(inputs.texts),
            columns=inputs.columns,
        )


def _embedding_rows(network: PreTrainedModel) -> int | None:
    """Return the number of tokens that a network knows; None if its class does not name its embedding."""
    try:
        rows = getattr(network.get_input_embeddings(), "num_embeddings", None)
    except NotImplementedError:
        return None
    return rows if isinstance(rows, int) else None


def load(directory: Path, device: str) -> TextModel:
    """Load network and tokenizer from a model directory.

    Raises
    ------
    UnsupportedModelError
        transformers cannot load it, it has no fast tokenizer, or its attention cannot be captured.
    RecipeError
        This machine has no such device.
    """
    target = torch_device(device)
    attention = _attention_of(read_config(directory))
    loaded = load_pretrained(_loader(directory), directory, attention=attention)
    part = language_part(loaded.network)
    require_text(part.network)
    tokenizer = _load_tokenizer(directory, loaded.network.config)
    if part.network.config._attn_implementation != attention:  # not every model hands it on to its parts
        part.network.set_attn_implementation(attention)
    part.network.config.use_cache = False
    notes = (*loaded.warnings, *([part.left_out] if part.left_out else []))
    return TextModel(part.network, tokenizer, target, notes=notes)


def _attention_of(config: Mapping[str, Any]) -> str:
    """Return the implementation of attention, which is the written-out one where it is right.

    Falcon's adds ALiBi twice (transformers 5.24), to the scores and in the mask; torch's function adds it once.
    """
    return "sdpa" if config.get("model_type") == "falcon" and config.get("alibi") else "eager"


def _loader(directory: Path) -> FromPretrained:
    """Return how to load the class that config.json names in ``architectures``, whose weights the checkpoint holds."""
    config = read_config(directory)
    known = config.get("model_type") in CONFIG_MAPPING
    named = config.get("architectures") if known else None
    name = named[0] if isinstance(named, list) and named else ""
    found = getattr(transformers, name, None) if isinstance(name, str) and name else None
    chosen: Any = found if isinstance(found, type) and issubclass(found, PreTrainedModel) else AutoModel
    load: FromPretrained = chosen.from_pretrained
    if not known or _SWITCHES.isdisjoint(config):
        return load

    def without_switches(*arguments: object, **options: object) -> tuple[object, dict[str, Any]]:
        kept = {field: value for field, value in config.items() if field not in _SWITCHES}
        return load(*arguments, config=CONFIG_MAPPING[config["model_type"]].from_dict(kept), **options)

    return without_switches


def _load_tokenizer(directory: Path, config: PreTrainedConfig) -> PreTrainedTokenizerFast:
    found = [name for name in _VOCABULARIES if (directory / name).is_file()]
    if not found and not (directory / "tokenizer_config.json").is_file():
        raise UnsupportedModelError(_no_tokenizer(directory))
    try:
        with quiet_libraries():
            tokenizer = AutoTokenizer.from_pretrained(
                directory, config=config, trust_remote_code=False, local_files_only=True
            )
    except Exception as error:  # a foreign library: any error means that the tokenizer cannot be loaded
        raise UnsupportedModelError(_tokenizer_failure(directory, found)) from error
    if not isinstance(tokenizer, PreTrainedTokenizerFast):
        raise UnsupportedModelError(
            f"The tokenizer in {directory} is {type(tokenizer).__name__}, which has no fast form. "
            "Choose a model whose tokenizer transformers can save as tokenizer.json."
        )
    if not found:  # transformers made one without words
        raise UnsupportedModelError(_no_tokenizer(directory))
    return tokenizer


def _no_tokenizer(directory: Path) -> str:
    return f"The model directory {directory} has no tokenizer: save its tokenizer.json beside config.json."


def _tokenizer_failure(directory: Path, found: Sequence[str]) -> str:
    vocabulary = found[0] if found else "tokenizer_config.json"
    needed = _PACKAGES.get(vocabulary)
    if needed is not None and importlib.util.find_spec(needed) is None:
        return (
            f"The tokenizer in {directory} is the file {vocabulary}, which needs the package {needed}. "
            f"Install {needed}, or save a tokenizer.json beside it."
        )
    return (
        f"The tokenizer in {directory} cannot be loaded: {vocabulary} is no vocabulary that transformers can read. "
        "Save it again with save_pretrained."
    )


def position_limit(network: PreTrainedModel) -> int | None:
    """Return the longest input of a network in tokens, or None if its configuration sets no limit.

    RoBERTa and its relatives number tokens from the padding index + 1 on, so that many positions are lost.
    """
    config = network.config
    texts = (config, config.get_text_config())
    names = ("max_position_embeddings", "n_positions")
    limit = next((found for text in texts for name in names if (found := getattr(text, name, None))), None)
    if not isinstance(limit, int) or limit < 1:
        return None
    for name, module in network.named_modules():
        if name.endswith("position_embeddings") and getattr(module, "padding_idx", None) is not None:
            return limit - int(module.padding_idx) - 1
    return limit


def _padded(first: int, rows: Sequence[NDArray[np.int64]], pad: int, device: torch.device) -> Batch:
    lengths = tuple(len(row) for row in rows)
    width = max(_MIN_WIDTH, *lengths)
    ids = np.full((len(rows), width), pad, dtype=np.int64)
    for row, values in zip(ids, rows, strict=True):
        row[: len(values)] = values
    real = np.arange(width) < np.array(lengths)[:, None]
    tensors = {"input_ids": torch.from_numpy(ids), "attention_mask": torch.from_numpy(real.astype(np.int64))}
    return Batch(first, lengths, width, {name: tensor.to(device) for name, tensor in tensors.items()})


def _cut_warning(n_cut: int, limit: int) -> str:
    sentences = "1 sentence was" if n_cut == 1 else f"{n_cut} sentences were"
    return f"{sentences} longer than the model's {limit} positions and were truncated."
