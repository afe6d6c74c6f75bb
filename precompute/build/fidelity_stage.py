"""Part of the fourth stage: how far the joint space of every head can be trusted."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import numpy as np

from precompute.attention.finite import require_finite_attention
from precompute.build.capture import Captured, CapturedArrays
from precompute.build.request import OnProgress, Progress
from precompute.embedding.joint import joint_embedding
from precompute.format.manifest import MetricInfo
from precompute.metrics.joint_quality import FIDELITY_METRICS, head_fidelity
from precompute.numeric import Float32

STAGE = "summary"


def fidelity_of_heads(
    captured: Captured, arrays: CapturedArrays, *, workers: int, on_progress: OnProgress
) -> dict[MetricInfo, Float32]:
    """Measure what the joint embedding of every head keeps.

    Parameters
    ----------
    captured, arrays
        What running the model left.
    workers : int
        Heads measured at a time; the caller holds linear algebra to one thread.
    on_progress : callable
        Hears of every layer.

    Returns
    -------
    dict of MetricInfo to float32 [L, H]
        In the order of ``FIDELITY_METRICS``.

    Raises
    ------
    NumericalError
        The queries or keys of a head hold NaN or infinite values, or their dot products overflow.
    """
    rows = {info: np.full((captured.n_layers, captured.n_heads), np.nan, np.float32) for info in FIDELITY_METRICS}
    with ThreadPoolExecutor(workers, thread_name_prefix="fidelity") as executor:
        for layer in range(captured.n_layers):
            on_progress(Progress(STAGE, layer, captured.n_layers, "layers"))
            heads = range(captured.n_heads)
            measured = executor.map(lambda head, layer=layer: _of_head(captured, arrays, layer, head), heads)
            for head, fidelity in enumerate(measured):
                for info, row in rows.items():
                    row[layer, head] = fidelity[info.name]
    return rows


def _of_head(captured: Captured, arrays: CapturedArrays, layer: int, head: int) -> dict[str, float]:
    group = captured.n_heads // captured.n_kv_heads
    queries, keys = arrays.queries[layer, head], arrays.keys[layer, head // group]
    mask = arrays.masks.get(layer)
    require_finite_attention(queries, keys, f"layer {layer}, head {head}")
    return head_fidelity(
        joint_embedding(queries, keys),
        queries,
        keys,
        scale=float(arrays.scales[layer]),
        offsets=arrays.offsets,
        causal=captured.masks[layer] == "causal",
        mask=None if mask is None else mask[head if len(mask) > 1 else 0],
    ).metrics()
