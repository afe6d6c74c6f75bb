"""Attention that a network writes out: every part of its formula is found, and what cannot be is refused."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from precompute.capture import CapturedInstance
from precompute.errors import UnsupportedModelError
from tests.contract.comparison import recomputed_patterns
from tests.unit.precompute.capture.test_capture_calls import HEADS, WIDTH, D, capture, network

CAUSAL = torch.full((WIDTH, WIDTH), torch.finfo(torch.float32).min).triu(1)
BIAS = torch.randn(HEADS, WIDTH, WIDTH, generator=torch.Generator().manual_seed(1))
SINK = torch.tensor([0.5, -1.0, 2.0, 0.0])


class Written:
    """Attention of a network, with the patterns that it computes."""

    def __init__(self, pattern: Callable[[Tensor, Tensor], Tensor]) -> None:
        self.pattern = pattern
        self.seen: list[Tensor] = []

    def __call__(self, query: Tensor, key: Tensor, value: Tensor) -> Tensor:
        found = self.pattern(query, key)
        self.seen.append(found)
        return found @ value


def plain(query: Tensor, key: Tensor) -> Tensor:
    return ((query * 0.3) @ key.transpose(-1, -2) / 2.0).softmax(dim=-1)


def in_place(query: Tensor, key: Tensor) -> Tensor:
    scores = torch.matmul(query, key.transpose(2, 3))
    scores /= 4.0
    scores += BIAS
    return nn.functional.softmax(scores, dim=-1)


def capped(query: Tensor, key: Tensor) -> Tensor:
    scores = torch.tanh(query @ key.transpose(-1, -2) * 0.5 / 0.7) * 0.7
    return torch.softmax(scores + CAUSAL, dim=-1)


def with_sink(query: Tensor, key: Tensor) -> Tensor:
    scores = query @ key.transpose(-1, -2) * 0.4 + CAUSAL
    logits = torch.cat([scores, SINK.reshape(1, -1, 1, 1).expand(len(query), -1, WIDTH, 1)], dim=-1)
    logits = logits - logits.max(dim=-1, keepdim=True).values
    return logits.softmax(dim=-1)[..., :-1]


def by_einsum(query: Tensor, key: Tensor) -> Tensor:
    scores = torch.einsum("bnid, bnjd -> bnij", query, key)
    position = torch.einsum("...id,...jd->...ij", query, key.flip(2))
    return ((scores + position) * 0.2).softmax(dim=-1)


def by_baddbmm(query: Tensor, key: Tensor) -> Tensor:
    flat_query, flat_key = query.flatten(0, 1), key.flatten(0, 1)
    bias = BIAS.repeat(len(query), 1, 1)
    scores = bias.baddbmm(batch1=flat_query, batch2=flat_key.transpose(1, 2), alpha=0.25)
    return scores.view(len(query), HEADS, WIDTH, WIDTH).softmax(dim=-1)


@pytest.mark.parametrize("pattern", [plain, in_place, capped, with_sink, by_einsum, by_baddbmm])
def test_the_pattern_is_the_networks_own(pattern: Callable[[Tensor, Tensor], Tensor]) -> None:
    written = Written(pattern)
    for instance in capture(network(written)):
        for layer in range(2):
            own = written.seen[layer][instance.index].numpy()
            np.testing.assert_allclose(recomputed_patterns(instance, layer), own, atol=2e-6)


def first(pattern: Callable[[Tensor, Tensor], Tensor]) -> CapturedInstance:
    return capture(network(Written(pattern)))[0]


def test_scale_cap_sink_and_mask_are_told_apart() -> None:
    assert first(plain).scales == pytest.approx((0.5, 0.5))
    assert first(plain).masks == ("full", "full")
    cap = first(capped)
    assert cap.caps == pytest.approx((0.7, 0.7))
    assert cap.scales == pytest.approx((0.5, 0.5))
    assert cap.masks == ("causal", "causal")
    sink = first(with_sink)
    assert sink.masks == ("causal", "causal")
    for logits in sink.sinks:
        assert logits is not None
        np.testing.assert_allclose(logits, SINK.numpy(), atol=1e-5)
    bias = first(in_place).biases[0]
    assert bias is not None
    np.testing.assert_allclose(bias, BIAS.numpy(), atol=1e-5)
    assert first(in_place).scales == pytest.approx((0.25, 0.25))
    assert first(by_einsum).scales == pytest.approx((0.2, 0.2))


def test_attention_changed_after_the_softmax_is_refused() -> None:
    def mixed(query: Tensor, key: Tensor) -> Tensor:
        return plain(query, key) * torch.tensor([1.0, 0.5, 1.0, 1.0]).reshape(1, -1, 1, 1)

    with pytest.raises(UnsupportedModelError, match="changes its attention after the softmax"):
        capture(network(Written(mixed)))


def test_a_sink_that_depends_on_the_token_is_refused() -> None:
    def moving(query: Tensor, key: Tensor) -> Tensor:
        scores = query @ key.transpose(-1, -2)
        return torch.cat([scores, query[..., :1]], dim=-1).softmax(dim=-1)[..., :-1]

    with pytest.raises(UnsupportedModelError, match="sink that differs between tokens"):
        capture(network(Written(moving)))


def test_two_softmaxes_in_one_layer_are_refused() -> None:
    def difference(query: Tensor, key: Tensor, value: Tensor) -> Tensor:
        return plain(query, key) @ value - plain(key, query) @ value

    with pytest.raises(UnsupportedModelError, match="several attention calls"):
        capture(network(difference))


def test_heads_of_different_width_are_padded() -> None:
    def narrow(query: Tensor, key: Tensor) -> Tensor:
        return plain(query[..., : D // 2], key[..., : D // 2])

    wide, slim = Written(plain), Written(narrow)
    (instance, *_) = capture(nn.Sequential(*network(wide, 1), *network(slim, 1)))
    assert [queries.shape for queries in instance.queries] == [(HEADS, WIDTH, D)] * 2
    np.testing.assert_allclose(recomputed_patterns(instance, 1), slim.seen[0][0].numpy(), atol=2e-6)
