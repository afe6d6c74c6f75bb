"""Fidelity of a head's joint embedding to its attention."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from precompute.attention.head import Head
from precompute.embedding.directions import MIXING_NEIGHBORS, other_type_share, unit_rows
from precompute.embedding.joint import JointEmbedding
from precompute.format.manifest import MetricInfo
from precompute.metrics.sampled_pairs import Estimate, PairSample, mean_estimate
from precompute.metrics.spearman import spearman
from precompute.numeric import Float32, Int32, even_subset

MIXING_BATCH = 128
"""Points whose neighbors among all points are counted at a time, to bound memory."""

ATTENTION_PAIRS = 60_000
"""Query-key pairs within instances to correlate: about this many, of evenly chosen instances."""

MIN_PAIRS = 3
"""Visible pairs below which the rank correlation of an instance is undefined."""

FIDELITY_METRICS = (
    MetricInfo(
        "joint.correlation",
        "Distance to dot product",
        "Spearman correlation of distance in the joint space and dot product over query-key pairs: -1 = nearer pairs "
        "always score higher.",
        stronger="low",
    ),
    MetricInfo(
        "joint.attention_correlation",
        "Distance to attention",
        "Spearman correlation of distance in the joint space and attention inside an instance, mean over instances: "
        "-1 = nearer pairs always attend more.",
        stronger="low",
    ),
    MetricInfo(
        "joint.mixing",
        "Mixing",
        "Share of the other type among a point's 15 nearest neighbors: 0 = queries and keys apart, 0.5 = fully mixed.",
    ),
    MetricInfo("joint.c", "Scale c", "Factor on the queries and divisor of the keys in the joint embedding."),
)
"""Rows of ``head_metrics`` that :meth:`Fidelity.metrics` fills, in its order."""


@dataclass(frozen=True)
class Fidelity:
    """Fidelity of the joint embedding of one head.

    Attributes
    ----------
    correlation : float
        Spearman(cosine distance, dot product) over query-key pairs of the whole data set, -1 (best) to 1.
    attention_correlation : float
        Spearman(cosine distance, attention) over the visible pairs of an instance, mean over instances; NaN if no
        instance has :data:`MIN_PAIRS` of them.
    mixing : float
        Share of the other type among the nearest :data:`MIXING_NEIGHBORS` points, 0..1.
    c : float
        Scale of the joint embedding.
    correlation_error, mixing_error : float
        Standard errors, since both are measured on samples.
    """

    correlation: float
    attention_correlation: float
    mixing: float
    c: float
    correlation_error: float = 0.0
    mixing_error: float = 0.0

    def metrics(self) -> dict[str, float]:
        """Values by the names of :data:`FIDELITY_METRICS`."""
        values = (self.correlation, self.attention_correlation, self.mixing, self.c)
        return {metric.name: value for metric, value in zip(FIDELITY_METRICS, values, strict=True)}

    def errors(self) -> dict[str, float]:
        """Return standard errors by the names of :data:`FIDELITY_METRICS`; NaN where nothing was sampled."""
        errors = (self.correlation_error, np.nan, self.mixing_error, np.nan)
        return {metric.name: error for metric, error in zip(FIDELITY_METRICS, errors, strict=True)}


def head_fidelity(head: Head, joint: JointEmbedding) -> Fidelity:
    """Measure how much of a head's attention its joint embedding keeps.

    Exact for a small data set, otherwise over subsets that are the same for every head: results are deterministic.
    """
    n = len(head.queries)
    directions = unit_rows(joint.vectors)
    unit_queries, unit_keys = directions[:n], directions[n:]
    sample = PairSample(n)
    dots = head.queries[sample.queries] @ head.keys[sample.keys].T
    similarity = unit_queries[sample.queries] @ unit_keys[sample.keys].T
    correlation = sample.spearman(sample.ranks(-similarity), sample.ranks(dots))
    mixing = mixing_share(unit_queries, unit_keys, sample)
    inside = []
    for instance in _chosen_instances(head.offsets):
        own, visible = head.tokens(int(instance)), head.visible(int(instance))
        if np.count_nonzero(visible) >= MIN_PAIRS:
            similarity = unit_queries[own] @ unit_keys[own].T
            inside.append(spearman(-similarity[visible], head.attention(int(instance))[visible]))
    return Fidelity(
        correlation=correlation.value,
        attention_correlation=float(np.mean(inside)) if inside else float("nan"),
        mixing=mixing.value,
        c=joint.c,
        correlation_error=correlation.error,
        mixing_error=mixing.error,
    )


def mixing_share(unit_queries: Float32, unit_keys: Float32, sample: PairSample) -> Estimate:
    """Estimate the share of a point's nearest neighbors that are of the other type, mean over points.

    Takes joint vectors of length 1, float32 [N, d_head]. 0 (queries and keys apart) to 1; 0.5 if type plays no role.
    """
    queries = _other_type_shares(unit_queries, unit_keys, sample.queries)
    keys = _other_type_shares(unit_keys, unit_queries, sample.keys)
    halves = [mean_estimate(shares, len(unit_queries)) for shares in (queries, keys)]
    error = float(np.hypot(halves[0].error, halves[1].error)) / 2
    return Estimate((halves[0].value + halves[1].value) / 2, error)


def _other_type_shares(own: Float32, other: Float32, chosen: NDArray[np.int64]) -> Float32:
    batches = [chosen[start : start + MIXING_BATCH] for start in range(0, len(chosen), MIXING_BATCH)]
    shares = [other_type_share(_similarity_to_others(own, b), own[b] @ other.T, MIXING_NEIGHBORS) for b in batches]
    return np.concatenate(shares)


def _similarity_to_others(unit: Float32, chosen: NDArray[np.int64]) -> Float32:
    similarity = unit[chosen] @ unit.T
    similarity[np.arange(len(chosen)), chosen] = -np.inf
    return similarity


def _chosen_instances(offsets: Int32) -> NDArray[np.int64]:
    """Evenly chosen instances with about :data:`ATTENTION_PAIRS` pairs, at least one instance."""
    pairs = int((np.diff(offsets).astype(np.int64) ** 2).sum())
    n = len(offsets) - 1
    return even_subset(n, max(1, n * ATTENTION_PAIRS // max(1, pairs)))
