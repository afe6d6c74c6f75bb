"""The joint spaces of all heads of a capture."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from precompute.build.attention_pass import fidelity_of_heads
from precompute.build.capture import Capture, CaptureRecord
from precompute.build.request import ignore_progress
from precompute.errors import NumericalError
from precompute.store.store import Store

LENGTH, D_HEAD = 6, 8


def random_capture(store: Store, n_layers: int, n_heads: int, *, huge: tuple[int, int]) -> Capture:
    """Make queries and keys without a pattern, over two sentences; those of one head are huge."""
    n = 2 * LENGTH
    queries, keys = np.random.default_rng(0).normal(size=(2, n_layers, n_heads, n, D_HEAD)).astype(np.float32)
    queries[huge] *= np.float32(1e20)
    keys[huge] *= np.float32(1e20)
    arrays = {
        "offsets": np.array([0, LENGTH, n], np.int32),
        "positions": np.tile(np.arange(LENGTH, dtype=np.int32), 2),
        "queries": queries,
        "keys": keys,
        "scales": np.full(n_layers, D_HEAD**-0.5, np.float32),
    }
    infos = {name: store.put_array(values) for name, values in arrays.items()}
    return Capture(CaptureRecord(n_layers, n_heads, n_heads, D_HEAD, ("full",) * n_layers, infos), store)


def test_a_head_whose_attention_overflows_is_named(tmp_path: Path) -> None:
    capture = random_capture(Store(tmp_path / "store"), 2, 3, huge=(1, 2))
    with pytest.raises(NumericalError, match="layer 1, head 2 whose dot products"):
        fidelity_of_heads(capture, workers=2, on_progress=ignore_progress)
