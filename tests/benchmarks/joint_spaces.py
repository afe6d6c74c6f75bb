"""Joint embeddings beside the paper's: what the choice of the scale c costs, and what for."""

from __future__ import annotations

from itertools import product

import numpy as np

from precompute.embedding.joint import JointEmbedding, joint_embedding
from precompute.embedding.scale import ScaleObjective, balanced_scale
from precompute.metrics.joint_quality import Fidelity, head_fidelity
from precompute.numeric import Float32
from tests.benchmarks.real_heads import RealHeads
from tests.benchmarks.report import table

EVERY = 4
"""Every fourth head of a layer is measured."""

OCTAVES = np.linspace(-3, 3, 25)
"""log2 of the scales tried for the highest correlation, over the balanced one."""

PAPER = (("BERT", -0.938), ("GPT-2", -0.792), ("ViT-32", -0.873), ("ViT-16", -0.884))
"""Means over heads of Spearman(distance, dot product) in Yeh et al. 2023 (arXiv 2305.03210)."""


def joint_spaces(heads: RealHeads) -> str:
    """Return the fidelity of joint embeddings with our scale and with the highest correlation, beside the paper's."""
    n_layers, n_heads, n_tokens, _ = heads.queries.shape
    tasks = [heads.task(layer, head).head for layer, head in product(range(n_layers), range(0, n_heads, EVERY))]
    embedded = {
        "ours: correlation times mixing": [joint_embedding(head.queries, head.keys) for head in tasks],
        "highest correlation of each head, as in the paper": [most_correlated(h.queries, h.keys) for h in tasks],
    }
    rows: list[tuple[object, ...]] = []
    for name, joints in embedded.items():
        rows.append((name, *means([head_fidelity(head, joint) for head, joint in zip(tasks, joints, strict=True)])))
    rows += [(f"paper, {model}", f"{value:.3f}", "", "", "") for model, value in PAPER]
    columns = ("scale c", "Spearman, dot product", "Spearman, attention", "mixing", "c")
    return f"""Joint spaces of MiniLM, mean over {len(tasks)} heads and {n_tokens} tokens, beside the paper's models:
Spearman correlation of distance and dot product, and of distance and attention; *mixing* is the share of the other type
among a point's 15 nearest, which the paper does not report. The models differ, so only the first two rows compare.

{table(columns, rows)}"""


def most_correlated(queries: Float32, keys: Float32) -> JointEmbedding:
    """Embed a head with the scale of the highest weighted correlation of distance and dot product."""
    q, k = queries.astype(np.float64), keys.astype(np.float64)
    objective = ScaleObjective(q, k)
    c = max((balanced_scale(q, k) * 2**octave for octave in OCTAVES), key=objective.correlation)
    translation = (q * c).mean(axis=0) - (k / c).mean(axis=0)
    vectors = np.concatenate([q * c, k / c + translation]).astype(np.float32)
    return JointEmbedding(vectors, float(c), translation.astype(np.float32))


def means(measured: list[Fidelity]) -> tuple[str, str, str, str]:
    """Return means over heads, with the standard error of sampling where there is one."""

    def sampled(values: list[float], errors: list[float]) -> str:
        # All heads are measured on the same tokens, so their errors do not cancel.
        return f"{np.mean(values):.3f} ± {np.mean(errors):.3f}"

    return (
        sampled([f.correlation for f in measured], [f.correlation_error for f in measured]),
        f"{np.nanmean([f.attention_correlation for f in measured]):.3f}",
        sampled([f.mixing for f in measured], [f.mixing_error for f in measured]),
        f"{np.mean([f.c for f in measured]):.2f}",
    )
