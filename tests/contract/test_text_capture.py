"""Every family of text models: the capture reproduces the model's own attention."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from precompute.capture import CapturedInstance, capture_instances, combine_mask_kinds, dense_mask
from precompute.models.transformers_text import TextModel
from tests.contract.comparison import recomputed_patterns
from tests.contract.tiny_text import FAMILIES, SENTENCES, network, text_model

KINDS = {
    "bloom": "stored",
    "deberta": "stored",
    "gpt2": "causal",
    "gpt_neox": "causal",
    "llama": "causal",
    "qwen3": "causal",
    "mistral": "stored",
    "mpnet": "stored",
    "xlnet": "stored",
    "t5": "stored",
}
KV_HEADS = {"gemma2": 2, "gpt_oss": 2, "llama": 2, "mistral": 2, "qwen3": 2}
MIXED = {"gemma2": {"causal", "stored"}, "gpt_oss": {"causal", "stored"}, "modernbert": {"full", "stored"}}

VALUE_PROJECTION = {"albert": "value", "bert": "value", "distilbert": "v_lin", "roberta": "value", "t5": "v"}
VALUE_PROJECTION |= dict.fromkeys(KV_HEADS, "v_proj")

every_family = pytest.mark.parametrize("family", sorted(FAMILIES))


def captured(model: TextModel, batch_size: int) -> list[CapturedInstance]:
    return list(capture_instances(model, model.prepare(SENTENCES), batch_size=batch_size))


@every_family
def test_pattern_equals_eager_attention_of_each_sentence_alone(family: str) -> None:
    model, eager = text_model(family), network(family, "eager")
    rows = model.prepare(SENTENCES).rows
    for instance in captured(model, batch_size=3):
        ids = torch.from_numpy(rows[instance.index])[None]
        with torch.no_grad():
            attentions = eager(input_ids=ids, attention_mask=torch.ones_like(ids), output_attentions=True).attentions
        assert len(attentions) == len(instance.queries) == 3
        for layer, attention in enumerate(attentions):
            assert attention.shape[1] == len(instance.queries[layer]) == 4
            n = attention.shape[2]
            np.testing.assert_allclose(recomputed_patterns(instance, layer), attention[0, ..., :n].numpy(), atol=1e-5)


@every_family
def test_batch_size_does_not_matter(family: str) -> None:
    model = text_model(family)
    alone, together = captured(model, 1), captured(model, len(SENTENCES.texts))
    for one, other in zip(alone, together, strict=True):
        assert one.index == other.index
        assert one.scales == other.scales
        for name in ("queries", "keys", "value_norms"):
            for a, b in zip(getattr(one, name), getattr(other, name), strict=True):
                np.testing.assert_allclose(a, b, atol=2e-5)
        assert one.masks == other.masks
        for a, b in zip(one.biases, other.biases, strict=True):
            assert (a is None) == (b is None)
            if a is not None and b is not None:
                np.testing.assert_allclose(a, b, atol=1e-6)


@every_family
def test_shapes_are_those_of_the_tokens(family: str) -> None:
    model = text_model(family)
    prepared = model.prepare(SENTENCES)
    kv_heads = KV_HEADS.get(family, 4)
    for instance in capture_instances(model, prepared, batch_size=2):
        start, end = prepared.table.offsets[instance.index : instance.index + 2]
        for layer in range(3):
            assert instance.queries[layer].shape == (4, end - start, 8)
            assert instance.keys[layer].shape == (kv_heads, end - start, 8)
            assert instance.value_norms[layer].shape == (kv_heads, end - start)
            assert instance.queries[layer].dtype == np.float32


@every_family
def test_mask_kind_of_the_layers(family: str) -> None:
    model = text_model(family)
    instances = captured(model, 2)
    kinds = combine_mask_kinds((i.queries[0].shape[1], i.masks) for i in instances)
    if family in MIXED:
        assert set(kinds) == MIXED[family]
    else:
        assert kinds == (KINDS.get(family, "full"),) * 3
    for instance in instances:
        length = instance.queries[0].shape[1]
        for kind, bias in zip(instance.masks, instance.biases, strict=True):
            mask = dense_mask(kind, length, bias)
            assert mask.shape in {(1, length, length), (4, length, length)}
            assert np.isfinite(np.diagonal(mask, axis1=1, axis2=2)).all()


@every_family
def test_a_sentence_of_one_token(family: str) -> None:
    model = text_model(family, special_tokens=False)
    for batch_size in (1, 5):
        one = captured(model, batch_size)[1]
        assert one.queries[0].shape[1] == 1
        sink = np.zeros(4) if (logits := one.sinks[0]) is None else np.exp(logits)
        keys = np.repeat(one.keys[0], 4 // len(one.keys[0]), axis=0)
        weight = np.exp(one.scales[0] * (one.queries[0] * keys).sum(axis=(1, 2)))
        np.testing.assert_allclose(recomputed_patterns(one, 0)[:, 0, 0], weight / (weight + sink), 1e-5)


@pytest.mark.parametrize("family", sorted(VALUE_PROJECTION))
def test_value_norms_are_those_of_the_value_projection(family: str) -> None:
    model, other = text_model(family), network(family)
    values: list[torch.Tensor] = []
    for name, module in other.named_modules():
        if name.rpartition(".")[2] == VALUE_PROJECTION[family]:
            module.register_forward_hook(lambda _module, _inputs, output: values.append(output[0]))
    for instance, row in zip(captured(model, 3), model.prepare(SENTENCES).rows, strict=True):
        values.clear()
        with torch.no_grad():
            other(input_ids=torch.from_numpy(row)[None], attention_mask=torch.ones(1, len(row), dtype=torch.int64))
        assert len(values) == 3
        for value, norms in zip(values, instance.value_norms, strict=True):
            np.testing.assert_allclose(norms, value.unflatten(-1, (-1, 8)).norm(dim=-1).T.numpy(), rtol=1e-4)
