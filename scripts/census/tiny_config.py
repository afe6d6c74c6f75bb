"""Tiny configurations of every model type of transformers."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from transformers import PreTrainedConfig
from transformers.models.auto.configuration_auto import CONFIG_MAPPING

HIDDEN, HEADS, LAYERS, FEED_FORWARD, VOCABULARY, WINDOW = 64, 4, 4, 96, 128, 4

_SIZES: tuple[tuple[int, str], ...] = (
    (
        HIDDEN,
        "hidden_size d_model n_embd embed_dim emb_dim embedding_size dim projection_dim decoder_hidden_size "
        "encoder_hidden_size out_hidden_size text_hidden_size output_dim hidden_dim model_dim projector_hidden_size "
        "output_hidden_size shared_embedding_dim rotary_value_dim embedding_dim lru_width width neck_hidden_size "
        "proj_size d_embed vision_embed_dim text_embed_dim projection_hidden_size hidden_size_per_layer_input "
        "intermediate_dim bottleneck_size true_hidden_size attention_hidden_size rnn_hidden_size intra_bottleneck_size "
        "conv_dim audio_hidden_size condition_dim codebook_dim speech_encoder_hidden_size decoder_input_dim",
    ),
    (
        FEED_FORWARD,
        "intermediate_size encoder_ffn_dim decoder_ffn_dim ffn_dim d_ff n_inner mlp_dim dim_ff "
        "moe_intermediate_size shared_expert_intermediate_size intermediate_size_mlp hidden_features "
        "dense_intermediate_size shared_intermediate_size ffn_hidden_size expert_ffn_hidden_size "
        "moe_shared_expert_intermediate_size decoder_intermediate_size encoder_intermediate_size ffn_intermediate_size "
        "mlp_hidden_size intermediate_size_swa intermediate_ff_dim block_ff_dim moe_latent_size",
    ),
    (
        HEADS,
        "num_attention_heads n_head n_heads num_heads attention_heads encoder_attention_heads "
        "decoder_attention_heads num_attn_heads decoder_num_attention_heads num_encoder_attention_heads "
        "num_decoder_attention_heads swa_num_attention_heads linear_num_key_heads linear_num_value_heads index_n_heads",
    ),
    (
        LAYERS,
        "num_hidden_layers n_layer n_layers num_layers encoder_layers decoder_layers depth num_decoder_layers "
        "num_encoder_layers encoder_num_hidden_layers decoder_num_hidden_layers num_block_layers vision_feature_layer",
    ),
    (
        HIDDEN // HEADS,
        "head_dim d_kv swa_head_dim attention_head_size kv_channels d_head v_head_dim qk_nope_head_dim "
        "index_head_dim linear_key_head_dim linear_value_head_dim swa_v_head_dim mamba_d_head mamba_head_dim "
        "mamba_headdim mamba_d_state ssm_state_size dim_head state_size attention_head_dim",
    ),
    (
        2 * HEADS,
        "mamba_n_heads mamba_num_heads n_mamba_heads qk_rope_head_dim rotary_dim laurel_rank block_multiple_of "
        "mlp_chunk_size patch_size image_patch_size",
    ),
    (24, "qk_head_dim"),
    (32, "kv_lora_rank q_lora_rank global_head_dim entity_vocab_size entity_emb_size image_size pretrain_image_size"),
    (
        VOCABULARY,
        "vocab_size text_vocab_size vocab_size_per_layer_input decoder_vocab_size encoder_vocab_size "
        "vocab_size_or_config_json_file audio_vocab_size",
    ),
    (64, "max_position_embeddings n_positions n_ctx max_sequence_length seq_length"),
    (
        4,
        "n_routed_experts num_experts num_local_experts moe_num_experts index_topk sliding_window local_attention "
        "sliding_window_size attention_chunk_size attention_window_size window_size local_window_size index_kpool "
        "",
    ),
    (
        2,
        "num_experts_per_tok num_experts_per_token moe_k moe_topk altup_num_inputs o_groups attn_layer_period "
        "global_attn_every_n_layers full_attention_interval",
    ),
    (16, "num_position_embeddings o_lora_rank context_size position_buckets"),
    (12, "coordinate_size"),
    (1, "n_group topk_group n_groups mamba_n_groups mamba_ngroups num_mem_blocks attn_layer_offset group_norm_size "),
    (0, "num_kv_shared_layers num_nextn_predict_layers"),
)
"""Names of fields by their tiny value; every size of a model that matters here has one of these names."""

_FIELDS = {name: size for size, names in _SIZES for name in names.split()}
_NEEDED = {
    "head_dim": HIDDEN // HEADS,
    "num_experts_per_tok": 2,
    "n_routed_experts": 4,
    "num_experts": 4,
    "num_key_value_heads": 2,
    "vocab_size": VOCABULARY,
    "n_shared_experts": 1,
    "moe_intermediate_size": FEED_FORWARD,
}
"""Fields that a default leaves open, and that its model needs."""

_TOKENS = {"pad": 0, "bos": 1, "eos": 2, "decoder_start": 1, "sep": 2, "cls": 1, "mask": 3, "unk": 3}
_KEY_HEADS = frozenset(
    [
        "num_key_value_heads",
        "num_kv_heads",
        "n_head_kv",
        "swa_num_key_value_heads",
        "n_kv_heads",
        "num_global_key_value_heads",
        "multi_query_group_num",
    ]
)
_COUNTS = ("num_hidden_layers", "n_layer", "num_layers", "encoder_layers", "n_layers", "num_block_layers")
_DROPPED = frozenset({"out_features", "out_indices", "_out_features", "_out_indices", "stage_names", "architectures"})

OVERRIDES: Mapping[str, Mapping[str, Any]] = {
    "bamba": {"attn_layer_indices": [1, 3]},
    "deberta": {"relative_attention": True, "pos_att_type": ["p2c", "c2p"]},
    "deberta-v2": {"relative_attention": True, "pos_att_type": ["p2c", "c2p"], "share_att_key": True},
    "embedding_gemma2": {"head_dim": 16, "global_head_dim": 32},
    "layoutlmv3": {"coordinate_size": 12, "shape_size": 8},
    "lilt": {"hidden_size": 96, "num_attention_heads": 4},
    "longformer": {"attention_window": [4] * LAYERS},
    "mamba2": {"num_heads": 8, "head_dim": 16},
    "mobilebert": {"embedding_size": HIDDEN},
    "phi3": {
        "rope_parameters": {
            "rope_type": "longrope",
            "rope_theta": 10000.0,
            "short_factor": [1.0] * 8,
            "long_factor": [4.0] * 8,
            "original_max_position_embeddings": 8,
        },
        "original_max_position_embeddings": 8,
    },
    "esm": {"pad_token_id": 0},
    "granitemoehybrid": {"layer_types": ["mamba", "attention", "mamba", "attention"]},
    "inkling2_text": {"unpadded_vocab_size": VOCABULARY},
    "falcon_h1": {"mamba_d_ssm": 128},
    "lfm2": {"layer_types": ["conv", "full_attention", "conv", "full_attention"]},
    "lfm2_moe": {"layer_types": ["conv", "full_attention", "conv", "full_attention"]},
    "reformer": {"is_decoder": True, "axial_pos_shape": [8, 8], "axial_pos_embds_dim": [32, 32]},
    "zamba": {
        "layers_block_type": ["mamba", "hybrid", "mamba", "hybrid"],
        "attention_hidden_size": 2 * HIDDEN,
        "attention_head_dim": 2 * HIDDEN // HEADS,
    },
    "zamba2": {
        "layers_block_type": ["mamba", "hybrid", "mamba", "hybrid"],
        "hybrid_layer_ids": [1, 3],
        "attention_hidden_size": 2 * HIDDEN,
        "attention_head_dim": 2 * HIDDEN // HEADS,
    },
    "clvp": {"projection_dim": HIDDEN},
    "xmod": {"languages": ["en_XX"], "default_language": "en_XX"},
    "zaya": {"num_experts_per_tok": 1},
}
"""Fields that a type needs to be buildable, or to use its special parts."""


def tiny_config(model_type: str) -> PreTrainedConfig:
    """Return a configuration of a model type with the variety of the default one and some thousand weights."""
    default = CONFIG_MAPPING[model_type]()
    return type(default).from_dict({**shrunk(default.to_dict()), **OVERRIDES.get(model_type, {})})


def shrunk(config: Mapping[str, Any]) -> dict[str, Any]:
    """Return a configuration with every size made tiny, nested configurations included."""
    layers = next((config[name] for name in _COUNTS if isinstance(config.get(name), int)), 0)
    small = {name: _small(name, value, config, layers) for name, value in config.items() if name not in _DROPPED}
    rope = small.get("rope_parameters")
    partial = (rope or {}).get("partial_rotary_factor") or small.get("partial_rotary_factor") or 1.0
    if "qk_rope_head_dim" in small and isinstance(small.get("head_dim"), int):
        small["head_dim"] = int(small["qk_rope_head_dim"] / partial)
    if isinstance(rope, dict) and _has_sections(str(config.get("model_type"))):
        rotated = small.get("qk_rope_head_dim") or int(HIDDEN // HEADS * partial)
        rope["mrope_section"] = [rotated // 8, rotated // 8, rotated // 4]
    return small


@cache
def _has_sections(model_type: str) -> bool:
    """Whether the code of a type divides its rotary embedding into sections for time, height and width."""
    if model_type not in CONFIG_MAPPING:
        return False
    module = Path(inspect.getfile(CONFIG_MAPPING[model_type])).parent
    return any("mrope_section" in path.read_text(encoding="utf-8") for path in module.glob("modeling_*.py"))


def _small(name: str, value: Any, config: Mapping[str, Any], layers: int) -> Any:  # noqa: ANN401 (JSON)
    if isinstance(value, Mapping):
        return _small_mapping(name, value)
    if isinstance(value, list | tuple) and name.removesuffix("_token_id") not in _TOKENS:
        return _condensed(list(value)) if layers and len(value) == layers else value
    if value is None or isinstance(value, bool | float | str):
        return _NEEDED.get(name) if value is None else value
    return _small_number(name, value, config)


def _small_number(name: str, value: Any, config: Mapping[str, Any]) -> Any:  # noqa: ANN401 (JSON)
    stem = name.removesuffix("_token_id")
    if stem in _TOKENS:
        return _TOKENS[stem] if isinstance(value, int) else [_TOKENS[stem]]
    if name in _KEY_HEADS:
        many = config.get("num_attention_heads", config.get("n_head"))
        return HEADS if value == many else min(value, 2)
    if name.endswith(("_token_id", "_token_index")) and value >= VOCABULARY:
        return 100 + sum(name.encode()) % 27
    return _FIELDS[name] if name in _FIELDS and (value or name in _COUNTS) else value


def _small_mapping(name: str, value: Mapping[str, Any]) -> dict[str, Any]:
    if "model_type" in value:
        return shrunk(value)
    if name == "per_layer_config":
        return {str(i): part for i, part in enumerate(list(value.values())[:LAYERS])}
    return dict(value)


def _condensed(values: list[Any]) -> list[Any]:
    """Return a value for each tiny layer that keeps every kind of layer, in order."""
    kinds = [value for index, value in enumerate(values) if value not in values[:index]]
    return (kinds + [values[-1]] * LAYERS)[:LAYERS]
