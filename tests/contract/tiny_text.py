"""Text models of every family that the project answers for: random weights, a few thousand of them, a fixed seed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import torch
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, processors
from transformers import (
    AlbertConfig,
    AutoModel,
    BertConfig,
    BloomConfig,
    DebertaV2Config,
    DistilBertConfig,
    Gemma2Config,
    GPT2Config,
    GPTNeoXConfig,
    GptOssConfig,
    LlamaConfig,
    MistralConfig,
    ModernBertConfig,
    MPNetConfig,
    PretrainedConfig,
    PreTrainedModel,
    PreTrainedTokenizerFast,
    Qwen3Config,
    RobertaConfig,
    T5Config,
    XLNetConfig,
)

from precompute.models.transformers_text import TextModel

WORDS = ("the", "cat", "sat", "on", "mat", "and", "dog", "ran", "far", "away", ".", "token", "##ization")
SPECIAL = ("<pad>", "<s>", "</s>", "<unk>")

_COMMON = {"vocab_size": len(WORDS) + len(SPECIAL), "pad_token_id": 0, "bos_token_id": 1, "eos_token_id": 2}
_SMALL = {"hidden_size": 32, "num_hidden_layers": 3, "num_attention_heads": 4, "intermediate_size": 48}
_GROUPED = {**_SMALL, "num_key_value_heads": 2, "max_position_embeddings": 40}

FAMILIES: Mapping[str, PretrainedConfig] = {
    "albert": AlbertConfig(**_COMMON, **_SMALL, embedding_size=16, max_position_embeddings=40),
    "bert": BertConfig(**_COMMON, **_SMALL, max_position_embeddings=40),
    "bloom": BloomConfig(**_COMMON, hidden_size=32, n_layer=3, n_head=4),
    "deberta": DebertaV2Config(
        **_COMMON,
        **_SMALL,
        max_position_embeddings=40,
        relative_attention=True,
        pos_att_type=["p2c", "c2p"],
        position_buckets=8,
        share_att_key=True,
        norm_rel_ebd="layer_norm",
    ),
    "distilbert": DistilBertConfig(**_COMMON, dim=32, n_layers=3, n_heads=4, hidden_dim=48, max_position_embeddings=40),
    "gemma2": Gemma2Config(
        **_COMMON, **_GROUPED, head_dim=8, sliding_window=4, attn_logit_softcapping=2.0, query_pre_attn_scalar=8
    ),
    "gpt2": GPT2Config(**_COMMON, n_embd=32, n_layer=3, n_head=4, n_positions=40),
    "gpt_neox": GPTNeoXConfig(**_COMMON, **_SMALL, max_position_embeddings=40),
    "gpt_oss": GptOssConfig(
        **_COMMON,
        **_GROUPED,
        head_dim=8,
        sliding_window=4,
        num_local_experts=2,
        num_experts_per_tok=1,
        rope_parameters={"rope_type": "default", "rope_theta": 10000.0},
    ),
    "llama": LlamaConfig(**_COMMON, **_GROUPED),
    "mistral": MistralConfig(**_COMMON, **_GROUPED, sliding_window=4),
    "mpnet": MPNetConfig(**_COMMON, **_SMALL, max_position_embeddings=42),
    "modernbert": ModernBertConfig(
        **_COMMON,
        **_SMALL,
        max_position_embeddings=40,
        local_attention=4,
        global_attn_every_n_layers=2,
        cls_token_id=1,
        sep_token_id=2,
    ),
    "qwen3": Qwen3Config(**_COMMON, **_GROUPED, head_dim=8),
    "roberta": RobertaConfig(**_COMMON, **_SMALL, max_position_embeddings=40),
    "xlnet": XLNetConfig(**_COMMON, d_model=32, n_layer=3, n_head=4, d_inner=48),
    "t5": T5Config(**_COMMON, d_model=32, d_kv=8, d_ff=48, num_layers=3, num_heads=4, decoder_start_token_id=0),
}


@dataclass(frozen=True)
class Sentences:
    """Sentences and their columns, as a model is given them."""

    texts: tuple[str, ...]
    columns: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


SENTENCES = Sentences(
    (
        "the cat sat on the mat .",
        "cat",
        "the dog ran far away and the cat sat on the mat and the dog ran on the mat .",
        "tokenization ran far",
        "and and and and and and",
    )
)


def word_tokenizer(*, special_tokens: bool = True) -> PreTrainedTokenizerFast:
    """Make a WordPiece tokenizer of :data:`WORDS`; it puts <s> and </s> around a sentence if asked."""
    vocabulary = {word: i for i, word in enumerate((*SPECIAL, *WORDS))}
    tokenizer = Tokenizer(models.WordPiece(vocabulary, unk_token=SPECIAL[3]))
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    tokenizer.decoder = decoders.WordPiece()
    if special_tokens:
        tokenizer.post_processor = processors.TemplateProcessing(
            single="<s> $A </s>", special_tokens=[("<s>", 1), ("</s>", 2)]
        )
    names = {"unk_token": "<unk>", "bos_token": "<s>", "eos_token": "</s>"}
    return PreTrainedTokenizerFast(tokenizer_object=tokenizer, **names)


def network(family: str, attention: str = "eager", **changes: Any) -> PreTrainedModel:
    """Make a family's network; with equal seeds every implementation of attention has the same weights."""
    configuration = type(FAMILIES[family])(**{**FAMILIES[family].to_dict(), **changes})
    torch.manual_seed(7)
    made = AutoModel.from_config(configuration, attn_implementation=attention).train(False)
    with torch.no_grad():
        for parameter in made.parameters():
            parameter.normal_(0.0, 0.3)
    encoder = made.get_encoder() if configuration.is_encoder_decoder else made
    encoder.config.use_cache = False
    return encoder


@cache
def text_model(family: str, *, special_tokens: bool = True) -> TextModel:
    """Make a family's loaded model."""
    return TextModel(network(family), word_tokenizer(special_tokens=special_tokens), torch.device("cpu"))
