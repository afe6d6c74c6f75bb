"""Networks whose attention calls are unusual: understood exactly, or refused in one sentence."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import pytest
import torch
from torch import Tensor, nn
from torch.nn.functional import scaled_dot_product_attention

from precompute.attention.pattern import attention_pattern
from precompute.capture import CapturedInstance, capture_instances, l2_norms
from precompute.capture.runnable import Batch, Prepared
from precompute.errors import NumericalError, RecipeError, UnsupportedModelError
from precompute.format.manifest import TokenTable

HEADS, WIDTH, D = 4, 6, 8
Attend = Callable[[Tensor, Tensor, Tensor], Tensor]


class Layer(nn.Module):
    """One attention layer whose call a test chooses."""

    def __init__(self, attend: Attend) -> None:
        super().__init__()
        self.attend = attend
        self.projections = nn.ModuleList(nn.Linear(HEADS * D, HEADS * D) for _ in range(3))

    def forward(self, hidden: Tensor) -> Tensor:
        query, key, value = (p(hidden).unflatten(-1, (HEADS, D)).transpose(1, 2) for p in self.projections)
        return hidden + self.attend(query, key, value).transpose(1, 2).flatten(2)


@dataclass
class Runner:
    """A model of any module: its inputs are the hidden states themselves."""

    network: nn.Module
    n_instances: int = 3
    lengths: tuple[int, ...] | None = None

    def batches(self, prepared: Prepared, batch_size: int) -> Iterator[Batch]:
        for first in range(0, self.n_instances, batch_size):
            count = min(batch_size, self.n_instances - first)
            hidden = torch.randn(count, WIDTH, HEADS * D, generator=torch.Generator().manual_seed(first))
            yield Batch(first, self.lengths or (WIDTH,) * count, WIDTH, {"hidden": hidden})

    def forward(self, batch: Batch) -> None:
        self.network(batch.tensors["hidden"])


def capture(network: nn.Module, batch_size: int = 3, lengths: tuple[int, ...] | None = None) -> list[CapturedInstance]:
    prepared = Prepared(TokenTable((), (), (), (0,), ()), ())
    torch.manual_seed(3)
    return list(capture_instances(Runner(network, lengths=lengths), prepared, batch_size=batch_size))


def network(attend: Attend, n_layers: int = 2) -> nn.Sequential:
    torch.manual_seed(5)
    return nn.Sequential(*(Layer(attend) for _ in range(n_layers)))


def reference(query: Tensor, key: Tensor, scale: float, mask: Tensor | float = 0.0) -> Tensor:
    return (query @ key.transpose(-1, -2) * scale + mask).softmax(dim=-1)


@pytest.mark.parametrize(
    ("arguments", "mask", "scale"),
    [
        ({}, torch.zeros(WIDTH, WIDTH), D**-0.5),
        ({"scale": 0.11}, torch.zeros(WIDTH, WIDTH), 0.11),
        ({"is_causal": True}, torch.full((WIDTH, WIDTH), -torch.inf).triu(1), D**-0.5),
        (
            {"attn_mask": torch.ones(WIDTH, WIDTH, dtype=torch.bool).tril()},
            torch.full((WIDTH, WIDTH), -torch.inf).triu(1),
            D**-0.5,
        ),
        ({"attn_mask": torch.arange(36.0).reshape(6, 6) / 9}, torch.arange(36.0).reshape(6, 6) / 9, D**-0.5),
    ],
)
def test_every_argument_of_the_call_is_understood(arguments: dict[str, object], mask: Tensor, scale: float) -> None:
    seen: list[Tensor] = []

    def attend(query: Tensor, key: Tensor, value: Tensor) -> Tensor:
        seen.append(reference(query, key, scale, mask))
        return scaled_dot_product_attention(query, key, value, **arguments)

    for instance in capture(network(attend)):
        for layer in range(2):
            bias = instance.biases[layer]
            for head in range(HEADS):
                pattern = attention_pattern(
                    instance.queries[layer][head],
                    instance.keys[layer][head],
                    instance.scales[layer],
                    causal=instance.masks[layer] == "causal",
                    mask=None if bias is None else bias[0],
                )
                np.testing.assert_allclose(pattern, seen[layer][instance.index, head].numpy(), atol=1e-6)


def test_shared_keys_are_kept_once_whether_the_call_or_the_model_repeats_them() -> None:
    def by_call(query: Tensor, key: Tensor, value: Tensor) -> Tensor:
        return scaled_dot_product_attention(query, key[:, :2], value[:, :2], enable_gqa=True)

    def by_model(query: Tensor, key: Tensor, value: Tensor) -> Tensor:
        key, value = (tensor[:, :2].repeat_interleave(2, dim=1) for tensor in (key, value))
        return scaled_dot_product_attention(query, key, value)

    for one, other in zip(capture(network(by_call)), capture(network(by_model)), strict=True):
        assert one.keys[0].shape == (2, WIDTH, D)
        assert one.value_norms[0].shape == (2, WIDTH)
        for layer in range(2):
            np.testing.assert_array_equal(one.keys[layer], other.keys[layer])


def test_a_layer_shared_by_all_depths_counts_each_time() -> None:
    layer = Layer(scaled_dot_product_attention)
    (instance, *_) = capture(nn.Sequential(layer, layer, layer))
    assert len(instance.queries) == 3
    assert not np.allclose(instance.queries[0], instance.queries[1])


def test_cross_attention_is_left_out_and_said() -> None:
    class Pool(nn.Module):
        def forward(self, hidden: Tensor) -> Tensor:
            heads = hidden.unflatten(-1, (HEADS, D)).transpose(1, 2)
            return scaled_dot_product_attention(heads[:, :, :1], heads, heads)

    warnings: list[str] = []
    prepared = Prepared(TokenTable((), (), (), (0,), ()), ())
    model = Runner(nn.Sequential(*network(scaled_dot_product_attention), Pool()))
    instances = list(capture_instances(model, prepared, batch_size=1, on_warning=warnings.append))
    assert [len(instance.queries) for instance in instances] == [2, 2, 2]
    assert len(warnings) == 1
    assert "1 attention calls" in warnings[0]
    with pytest.raises(UnsupportedModelError, match="only cross-attention"):
        capture(Pool())


def test_no_call_is_a_clear_error() -> None:
    def without_softmax(query: Tensor, key: Tensor, value: Tensor) -> Tensor:
        return query @ (key.transpose(-1, -2) @ value)

    with pytest.raises(UnsupportedModelError, match="no attention seen"):
        capture(network(without_softmax))


def test_the_fused_encoder_of_torch_is_a_clear_error() -> None:
    layer = nn.TransformerEncoderLayer(HEADS * D, HEADS, batch_first=True)
    with pytest.raises(UnsupportedModelError, match="no attention seen"):
        capture(nn.TransformerEncoder(layer, 2).train(False))


def test_two_calls_in_one_layer_are_refused() -> None:
    def differential(query: Tensor, key: Tensor, value: Tensor) -> Tensor:
        first = scaled_dot_product_attention(query, key, value)
        return first - 0.5 * scaled_dot_product_attention(key, query, value)

    with pytest.raises(UnsupportedModelError, match="Layer makes several attention calls"):
        capture(network(differential))


def test_windows_are_refused() -> None:
    def windowed(query: Tensor, key: Tensor, value: Tensor) -> Tensor:
        query, key, value = (t.unflatten(2, (2, 3)).transpose(1, 2).flatten(0, 1) for t in (query, key, value))
        found = scaled_dot_product_attention(query, key, value)
        return found.unflatten(0, (-1, 2)).transpose(1, 2).flatten(2, 3)

    with pytest.raises(UnsupportedModelError, match="windows"):
        capture(network(windowed))


def test_dropout_is_refused_because_the_pattern_would_not_be_the_models() -> None:
    def dropped(query: Tensor, key: Tensor, value: Tensor) -> Tensor:
        return scaled_dot_product_attention(query, key, value, dropout_p=0.5)

    with pytest.raises(UnsupportedModelError, match="computes more than softmax"):
        capture(network(dropped))


def test_layers_of_different_shape_are_refused() -> None:
    def fewer(query: Tensor, key: Tensor, value: Tensor) -> Tensor:
        query, key, value = (
            t.transpose(1, 2).flatten(2).unflatten(-1, (2, 16)).transpose(1, 2) for t in (query, key, value)
        )
        found = scaled_dot_product_attention(query, key, value)
        return found.transpose(1, 2).flatten(2).unflatten(-1, (HEADS, D)).transpose(1, 2)

    with pytest.raises(UnsupportedModelError, match="layer 1 has 2 heads, others have 4"):
        capture(nn.Sequential(Layer(scaled_dot_product_attention), Layer(fewer)))


def test_attention_to_padding_is_refused() -> None:
    with pytest.raises(UnsupportedModelError, match="padding in layer 0"):
        capture(network(scaled_dot_product_attention), lengths=(6, 4, 6))


def test_nan_names_layer_and_head_but_not_in_padding() -> None:
    def poisoned(query: Tensor, key: Tensor, value: Tensor) -> Tensor:
        query = query.clone()
        query[1, 2, 4] = torch.nan
        return scaled_dot_product_attention(query, key, value, is_causal=True)

    good = Layer(scaled_dot_product_attention)
    with pytest.raises(NumericalError, match="query that is NaN or infinite in layer 1, head 2, instance 1"):
        capture(nn.Sequential(good, Layer(poisoned)))
    assert len(capture(Layer(poisoned), lengths=(6, 4, 6))) == 3


@pytest.mark.parametrize("layer", [0, 1])
@pytest.mark.parametrize("n_shared", [4, 2])
def test_nan_in_values_names_the_layer_and_head_it_began_in(layer: int, n_shared: int) -> None:
    def attend(query: Tensor, key: Tensor, value: Tensor) -> Tensor:
        return scaled_dot_product_attention(query, key[:, :n_shared], value[:, :n_shared], enable_gqa=True)

    def poisoned(query: Tensor, key: Tensor, value: Tensor) -> Tensor:
        value = value.clone()
        value[1, 1, 4, 3] = torch.nan
        return attend(query, key, value)

    head = HEADS // n_shared
    with pytest.raises(NumericalError, match=f"value that is NaN .* layer {layer}, head {head}, instance 1"):
        capture(nn.Sequential(*(Layer(poisoned if depth == layer else attend) for depth in range(2))))


def test_values_are_kept_as_norms() -> None:
    layer = Layer(scaled_dot_product_attention)
    values: list[Tensor] = []
    layer.projections[2].register_forward_hook(lambda _module, _inputs, output: values.append(output))
    for instance in capture(layer):
        expected = values[0][instance.index].unflatten(-1, (HEADS, D)).norm(dim=-1).T
        np.testing.assert_allclose(instance.value_norms[0], expected.numpy(), rtol=1e-6)


def test_batch_size_below_one() -> None:
    with pytest.raises(RecipeError, match="at least 1"):
        capture(network(scaled_dot_product_attention), batch_size=0)


def test_instances_do_not_keep_their_batch_alive() -> None:
    instance = capture(network(scaled_dot_product_attention))[0]
    assert all(array.base is None for array in (*instance.queries, *instance.keys, *instance.value_norms))


@pytest.mark.parametrize("factor", [1e25, 1e-30])
def test_norms_of_values_are_right_where_squares_would_overflow_or_vanish(factor: float) -> None:
    (usual,) = capture(network(scaled_dot_product_attention, 1))[:1]
    (scaled,) = capture(network(lambda q, k, v: scaled_dot_product_attention(q, k, v * factor) / factor, 1))[:1]
    np.testing.assert_allclose(scaled.value_norms[0] / np.float32(factor), usual.value_norms[0], rtol=1e-5)


def test_norms_of_queries_and_keys_are_too() -> None:
    vectors = np.array([[3e30, 4e30], [3e-30, 4e-30], [0, 0]], np.float32)
    np.testing.assert_allclose(l2_norms(vectors), np.array([5e30, 5e-30, 0], np.float32), rtol=1e-6)
