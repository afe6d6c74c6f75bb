"""Findings of a run, computed from its head metrics."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from precompute.findings.registry import FINDINGS, FindingKind
from precompute.format.manifest import Modality
from precompute.numeric import Float32

MOST_HEADS = 3
"""Heads named per behavior."""


@dataclass(frozen=True)
class FoundHead:
    """A head and its score."""

    layer: int
    head: int
    score: float


@dataclass(frozen=True)
class Finding:
    """A behavior that heads of the run show.

    ``heads`` are the strongest first, at most :data:`MOST_HEADS`; ``count`` is all heads that reach the threshold.
    """

    kind: FindingKind
    heads: tuple[FoundHead, ...]
    count: int

    @property
    def clearness(self) -> float:
        """Score of the strongest head, scaled: 0 at the threshold, 1 for a head with only this behavior."""
        return (self.heads[0].score - self.kind.threshold) / (1 - self.kind.threshold)


def find_heads(
    metrics: Mapping[str, Float32], inputs: Modality, kinds: Iterable[FindingKind] | None = None
) -> tuple[Finding, ...]:
    """Find the heads with a known behavior.

    ``metrics`` are float32 [L, H] by name; values that are not finite never count. Without ``kinds``, every registered
    behavior is considered. Returns behaviors that a head shows, the clearest first; those not striking are last.
    """
    wanted = FINDINGS.all().values() if kinds is None else kinds
    found = [finding for kind in wanted if inputs in kind.inputs and (finding := _found(metrics, kind))]
    return tuple(sorted(found, key=lambda finding: (not finding.kind.striking, -finding.clearness)))


def _found(metrics: Mapping[str, Float32], kind: FindingKind) -> Finding | None:
    name = next((name for name in kind.metrics if name in metrics), None)
    if name is None:
        return None
    scores = np.nan_to_num(kind.score(metrics[name]), nan=-np.inf, posinf=-np.inf, neginf=-np.inf)
    for other in kind.explained_by:
        if other in metrics:
            scores = np.where(metrics[other] > scores, -np.inf, scores)
    reached = np.argwhere(scores >= kind.threshold)
    order = np.argsort([-scores[layer, head] for layer, head in reached], kind="stable")
    heads = [FoundHead(int(layer), int(head), float(scores[layer, head])) for layer, head in reached[order]]
    return Finding(kind, tuple(heads[:MOST_HEADS]), len(heads)) if heads else None
