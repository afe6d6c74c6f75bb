"""Tiny random checkpoints, as a user would save them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import torch
import transformers
from tokenizers import Tokenizer, models, pre_tokenizers, processors
from transformers import PreTrainedModel, PreTrainedTokenizerFast
from transformers.models.auto import modeling_auto

from scripts.census.tiny_config import tiny_config

DEVIATION = 0.2
"""Of the weights: patterns are then far from uniform."""

_TABLES = (
    "MODEL_FOR_SEQ_TO_SEQ_CAUSAL_LM_MAPPING_NAMES",
    "MODEL_FOR_CAUSAL_LM_MAPPING_NAMES",
    "MODEL_FOR_IMAGE_TEXT_TO_TEXT_MAPPING_NAMES",
    "MODEL_FOR_MULTIMODAL_LM_MAPPING_NAMES",
    "MODEL_FOR_MASKED_LM_MAPPING_NAMES",
    "MODEL_FOR_PRETRAINING_MAPPING_NAMES",
    "MODEL_MAPPING_NAMES",
)
"""Tables of classes by model type; published checkpoints mostly hold the first of these that exists."""

_SPECIAL = ("<pad>", "<s>", "</s>", "<unk>")
_WORDS = ("the", "cat", "sat", "on", "mat", "and", "dog", "ran", "far", "away")


def save_checkpoint(model_type: str, directory: Path) -> None:
    """Save a tiny random network of a type, with a tokenizer. Raises whatever the library raises."""
    random_network(model_type).save_pretrained(directory)
    word_tokenizer().save_pretrained(directory)


def random_network(model_type: str) -> PreTrainedModel:
    """Return a network of the first class of a type that can be built; LookupError if the type has no class."""
    names = list(dict.fromkeys(_classes(model_type)))
    if not names:
        raise LookupError("transformers has no model class of this type")
    failure: Exception | None = None
    for name in names:
        try:
            return _network(model_type, name)
        except Exception as error:  # another class of the type may do
            failure = failure or error
    raise failure or LookupError(model_type)


def _network(model_type: str, name: str) -> PreTrainedModel:
    config = tiny_config(model_type)
    config.architectures = [name]
    torch.manual_seed(7)
    network: PreTrainedModel = getattr(transformers, name)(config).float()
    with torch.no_grad():
        for parameter in network.parameters():
            if parameter.is_floating_point():
                parameter.normal_(0.0, DEVIATION)
    return network


def _classes(model_type: str) -> Iterator[str]:
    for table in _TABLES:
        found = getattr(modeling_auto, table, {}).get(model_type)
        for name in [found] if isinstance(found, str) else found or []:
            if hasattr(transformers, name):
                yield name


def word_tokenizer() -> PreTrainedTokenizerFast:
    """Return a tokenizer of a few words that puts <s> and </s> around a sentence."""
    vocabulary = {word: index for index, word in enumerate((*_SPECIAL, *_WORDS))}
    tokenizer = Tokenizer(models.WordLevel(vocabulary, unk_token=_SPECIAL[3]))
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    tokenizer.post_processor = processors.TemplateProcessing(
        single="<s> $A </s>", special_tokens=[("<s>", 1), ("</s>", 2)]
    )
    names = dict(zip(("pad_token", "bos_token", "eos_token", "unk_token"), _SPECIAL, strict=True))
    return PreTrainedTokenizerFast(tokenizer_object=tokenizer, **names)
