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

    Attributes
    ----------
    kind : FindingKind
        The behavior.
    heads : tuple of FoundHead
        The strongest first, at most :data:`MOST_HEADS`.
    count : int
        Heads of the run that reach the threshold.
    """

    kind: FindingKind
    heads: tuple[FoundHead, ...]
    count: int

    @property
    def clearness(self) -> float:
        """Score of the strongest head, from the threshold (0) to nothing but this behavior (1)."""
        return (self.heads[0].score - self.kind.threshold) / (1 - self.kind.threshold)


def find_heads(
    metrics: Mapping[str, Float32], inputs: Modality, kinds: Iterable[FindingKind] | None = None
) -> tuple[Finding, ...]:
    """Find the heads with a known behavior.

    Parameters
    ----------
    metrics : mapping of str to float32 [L, H]
        By name; values that are not finite never count.
    inputs : {"text", "image"}
        Inputs of the run.
    kinds : iterable of FindingKind, optional
        Behaviors to look for; by default every registered one.

    Returns
    -------
    tuple of Finding
        The clearest first, those that are not striking last; only behaviors of which a head reaches the threshold.
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
