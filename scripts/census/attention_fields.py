"""Fields of configurations that concern attention, and why none of them can make a pattern wrong.

Capture reads no configuration. A field that a new release adds still deserves a look: the test of these names fails
until it has one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from transformers import PreTrainedConfig
from transformers.models.auto.configuration_auto import CONFIG_MAPPING

ABOUT_ATTENTION = re.compile(
    r"attn|attention|softcap|soft_cap|logit_cap|sink|sliding|window|rope|rotary|alibi|relative|position|causal"
    r"|bidirectional|qk_|key_value|kv_|index_|indexer|landmark|lsh_|bucket|head_dim|num_heads|n_head|temperature"
    r"|softmax|local_|global_|chunk"
)

REASONS: Mapping[str, str] = {
    "after the last layer, or part of a loss": "logits_soft_cap output_logit_soft_cap",
    "loaded without it, or of no effect on eager attention": (
        "attention_softmax_in_fp32 attn_impl attn_implementation attn_uses_sequence_id "
        "chunk_size_feed_forward chunk_size_lm_head deterministic_flash_attn output_a3_attentions "
        "recurrent_kv_cache_mode reorder_and_upcast_attn scale_attention_softmax_in_fp32 "
    ),
    "off: networks run in evaluation mode": (
        "aligner_attention_probs_dropout_prob attention_drop_rate attention_dropout "
        "attention_probs_dropout_prob attn_drop_rate attn_dropout attn_pdrop decoder_attention_dropout "
        "decoder_attention_dropout_rate decoder_positional_dropout_rate dropout_positions "
        "encoder_attention_dropout_rate encoder_positional_dropout_rate local_attention_probs_dropout_prob "
        "lsh_attention_probs_dropout_prob memory_attention_dropout memory_attention_rope_dropout "
        "perceiver_resampler_attention_dropout positional_dropout prompt_attention_dropout "
    ),
    "a factor, cap or sink on the way to the softmax: traced": (
        "aggregation_temperature attention_in_multiplier attention_logit_cap attention_multiplier "
        "attention_out_multiplier attention_value_scale attn_logit_softcapping attn_scale "
        "attn_temperature_tuning coarse_matching_skip_softmax coarse_matching_temperature "
        "conf_attention_logit_cap contrastive_logits_temperature contrastive_temperature "
        "final_logit_softcapping fine_matching_regress_temperature gate_soft_cap guided_attention_loss_scale "
        "hc_sinkhorn_iters learnable_sink_init mlp_gate_softcap mlp_up_softcap moe_router_logit_softcapping "
        "positional_embedding_temperature positional_encoding_temperature qk_l2_clip_threshold "
        "qk_scale_factor query_pre_attn_scalar residual_gate_temperature scale_attn_by_inverse_layer_idx "
        "scale_attn_weights shared_expert_sink sine_position_embedding_scale sinkhorn_iterations softcap "
        "softmax_scale temperature temperature_height temperature_init_value temperature_width "
    ),
    "in the mask or bias that is read from the softmax's input": (
        "acoustic_tokenizer_chunk_size attention_chunk_size attention_context_left attention_context_right "
        "attention_invalid_logits_value attention_layers attention_type attention_types attention_window "
        "attention_window_size attn_layer_indices attn_layer_offset attn_layer_period attn_layers attn_type "
        "audio_chunk_size causal chunk_left_context chunk_length chunk_length_s chunk_right_context "
        "chunk_size chunkwise_kernel conf_attention_chunk_size conf_attention_context_left "
        "conf_attention_context_right conv_chunksize conv_window cross_attention_layers "
        "encoder_attention_type focal_windows full_attn_alpha_factor full_attn_beta_factor full_attn_idxs "
        "global_attention_blocks global_attn_every_n_layers global_attn_indexes global_backprop_contrastive "
        "global_block_size global_contrastive_weight global_padding global_pointer_head_size global_pool "
        "index_block_size index_kpool index_kpool_always_select_tail index_local_blocks index_topk "
        "index_topk_blocks indexer_budget indexer_compress_ratio indexer_head_dim indexer_kv_heads "
        "indexer_n_heads indexer_types is_causal keep_window_size left_chunk local_attention "
        "local_attention_window_len local_attn_chunk_length local_layer_ids local_num_chunks_after "
        "local_num_chunks_before local_radius local_transformer_stride lsh_attn_chunk_length lsh_backward "
        "lsh_num_chunks_after lsh_num_chunks_before mamba_chunk_size max_inference_chunksize "
        "max_window_layers mtp_local_layer_ids n_window n_window_infer no_rope_layer_interval no_rope_layers "
        "num_attention_layers num_first_full_attention_layers num_global_layers num_global_tokens "
        "num_landmarks num_last_full_attention_layers num_local_experts num_sliding_attention_heads "
        "num_windows num_windows_side outer_product_chunk_size prefix_dense_sliding_window_pattern "
        "pretrained_window_sizes seconds_per_chunk sliding_window sliding_window_pattern sliding_window_size "
        "sliding_windows speech_encoder_chunk_size speech_encoder_left_chunk_num stagger_local_blocks "
        "use_bidirectional_attention use_causal_conv use_sliding_window window_block_indexes "
        "window_block_indices window_kernel_size window_positional_embedding_background_size window_size "
        "window_size_per_stage "
    ),
    "in queries and keys, or in the bias": (
        "alibi alibi_bias_max compress_rope_theta encoder_max_relative_position has_relative_attention_bias "
        "ignore_keys_at_rope_validation layer_rope_theta left_max_position_embeddings "
        "max_2d_position_embeddings max_bucket_distance max_decoder_position_embeddings "
        "max_encoder_position_embeddings max_grid_col_position_embeddings max_grid_row_position_embeddings "
        "max_position_embeddings max_relative_positions max_source_positions max_speech_positions "
        "max_target_positions max_text_positions memory_attention_rope_feat_sizes "
        "memory_attention_rope_k_sizes n_positions num_buckets num_hash_buckets num_position_embeddings "
        "num_relative_chain_bins num_relative_features num_relative_residx_bins "
        "num_spatial_rope_pairs_per_axis num_uid_rope_pairs original_max_position_embeddings "
        "out_point_positions2D partial_rotary_factor position_bias_max_distance position_bias_num_buckets "
        "position_biased_input position_buckets position_embedding_size position_embedding_type "
        "position_embeddings_type position_id_per_seconds positional_encoding_type "
        "positionwise_conv_kernel_size qk_rope_head_dim relative_attention relative_attention_max_distance "
        "relative_attention_num_buckets relative_bias_args relative_max_distance "
        "reset_position_index_per_cell right_max_position_embeddings rope_interleave rope_parameters "
        "rope_scaling rope_scaling_layers rope_theta rotary_dim rotary_embedding_base rotary_value "
        "spatial_rope_base_frequency t2u_max_position_embeddings uid_rope_base_frequency "
        "use_absolute_position_embeddings use_learned_position_embeddings use_mem_rope "
        "use_mid_position_embeddings use_positional_embedding use_positional_encoding "
        "use_relative_position_bias use_relative_position_embeddings use_rotary_embedding "
        "use_shared_relative_position_bias "
    ),
    "a shape or a weight: read from the calls, or loaded": (
        "adapter_attn_dim attention_bias attention_downsample_rate attention_head_dim attention_head_size "
        "attention_heads attention_hidden_size attention_k_eq_v attention_out_bias attention_ratio "
        "attn_resolutions base_attn_unit_dims conf_num_attention_heads cross_attention_frequency "
        "cross_attention_hidden_size cross_attention_shape_for_attention cross_attention_widening_factor "
        "cross_attn_all_layers cross_attn_k cross_head_dim cross_num_attention_heads "
        "cross_num_key_value_heads decoder_attention_heads decoder_attention_num_groups "
        "decoder_cross_attention_heads decoder_num_attention_heads decoder_num_heads "
        "decoder_num_key_value_heads decoder_self_attention_heads enc_attention_channels "
        "encoder_attention_heads encoder_num_attention_heads encoder_num_key_value_heads gated_attn "
        "guided_attention_loss_num_heads guided_attention_loss_sigma has_spatial_attention_bias head_dim "
        "index_head_dim index_n_heads index_name index_path kv_aggregation_kernel_size kv_aggregation_stride "
        "kv_channels kv_lora_rank kv_n_heads kv_source_layers linear_attn_alpha_factor "
        "linear_attn_beta_factor linear_head_dim linear_key_head_dim linear_num_heads linear_value_head_dim "
        "loop_layer_index_end loop_layer_index_start mamba_head_dim mamba_n_heads mamba_num_heads "
        "memory_attention_downsample_rate memory_attention_feed_forward_hidden_act "
        "memory_attention_feed_forward_hidden_size memory_attention_hidden_size "
        "memory_attention_mlp_hidden_act memory_attention_mlp_hidden_size "
        "memory_attention_num_attention_heads memory_attention_num_layers mit_num_attention_heads "
        "n_attn_blocks n_head n_heads n_layers_per_attn_res_block num_attention_heads "
        "num_attention_heads_per_layer num_attention_heads_per_stage num_cross_attention_heads "
        "num_decoder_attention_heads num_encoder_attention_heads num_heads num_key_value_attention_heads "
        "num_key_value_groups num_key_value_heads num_key_value_heads_per_layer num_kv_heads "
        "num_kv_shared_layers num_mel_attn_blocks num_self_attention_heads pad_head_dim_to_multiple_of "
        "patch_transformer_num_attention_heads perceiver_resampler_attention_head_dim "
        "perceiver_resampler_num_attention_heads post_attention_groups pred_num_attention_heads "
        "prediction_head_size prompt_num_attention_heads qk_channels qk_dim_factor qk_head_dim qk_layer_norms "
        "qk_layer_norms_perceiver qk_layernorm qk_ln qk_nope_head_dim qk_norm_type qkv_bias "
        "qkv_projection_method resampler_head_dim resampler_n_heads segmentation_head_activation_function "
        "self_attention_widening_factor self_attn_heads speech_encoder_attention_heads swa_head_dim "
        "swa_num_attention_heads swa_num_key_value_heads t2u_decoder_attention_heads "
        "t2u_encoder_attention_heads use_attention_bias use_attention_gate use_guided_attention_loss "
        "use_qk_norm use_qkv_bias use_shared_attention_adapter v_head_dim add_cross_attention "
        "channel_attention linear_attention masked_unit_attention num_ln_in_parallel_attn parallel_attn "
        "self_attn use_bottleneck_attention use_entity_aware_attention "
    ),
}
"""Names of fields by the reason why they are harmless."""

KNOWN = frozenset(name for names in REASONS.values() for name in names.split())


def installed_fields() -> frozenset[str]:
    """Return the fields about attention of every configuration class of the installed transformers."""
    return frozenset(
        name
        for model_type in CONFIG_MAPPING
        for name in _fields(model_type)
        if ABOUT_ATTENTION.search(name) and not name.startswith("_")
    )


def _fields(model_type: str) -> Iterator[str]:
    try:
        config = CONFIG_MAPPING[model_type]()
    except Exception:  # a class without defaults; its parts are types of their own
        return
    yield from _names(config)


def _names(config: PreTrainedConfig) -> Iterator[str]:
    for name, value in vars(config).items():
        if isinstance(value, PreTrainedConfig):
            yield from _names(value)
        else:
            yield name
