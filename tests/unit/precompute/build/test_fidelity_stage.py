"""The joint spaces of all heads of a capture."""

from __future__ import annotations

import numpy as np
import pytest

from precompute.build.attention_pass import fidelity_of_heads
from precompute.build.capture import Captured, CapturedArrays
from precompute.build.request import ignore_progress
from precompute.errors import NumericalError
from tests.support.planted import table_of

LENGTH, D_HEAD = 6, 8


def random_capture(n_layers: int, n_heads: int) -> tuple[Captured, CapturedArrays]:
    """Make queries and keys without a pattern, over two sentences."""
    n = 2 * LENGTH
    vectors = np.random.default_rng(0).normal(size=(2, n_layers, n_heads, n, D_HEAD)).astype(np.float32)
    norms = np.linalg.norm(vectors, axis=-1)
    arrays = CapturedArrays(
        table=table_of([[f"w{i}" for i in range(LENGTH)]] * 2),
        offsets=np.array([0, LENGTH, n], np.int32),
        positions=np.tile(np.arange(LENGTH, dtype=np.int32), 2),
        queries=vectors[0],
        keys=vectors[1],
        query_norms=norms[0],
        key_norms=norms[1],
        scales=np.full(n_layers, D_HEAD**-0.5, np.float32),
        masks={},
    )
    return Captured(n_layers, n_heads, n_heads, D_HEAD, ("full",) * n_layers, {}), arrays


def test_a_head_whose_attention_overflows_is_named() -> None:
    captured, arrays = random_capture(2, 3)
    arrays.queries[1, 2] *= np.float32(1e20)
    arrays.keys[1, 2] *= np.float32(1e20)
    with pytest.raises(NumericalError, match="layer 1, head 2 whose dot products"):
        fidelity_of_heads(captured, arrays, workers=2, on_progress=ignore_progress)
