"""Findings of a run, computed from its head metrics."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from precompute.findings.registry import FINDINGS, FindingKind
from precompute.format.manifest import Modality
from precompute.numeric import Float32


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
    metric : str
        The metric of the run that measures it.
    heads : tuple of FoundHead
        All heads that reach the threshold, the strongest first; at least one.
    """

    kind: FindingKind
    metric: str
    heads: tuple[FoundHead, ...]

    @property
    def clearness(self) -> float:
        """Score of the strongest head, scaled: 0 at the threshold, 1 for a head with only this behavior."""
        return (self.heads[0].score - self.kind.threshold) / (1 - self.kind.threshold)


@dataclass(frozen=True)
class PartialFinding:
    """A behavior that one head shows in part.

    ``score`` and ``score_without_sinks`` are 0 to 1; the second is NaN if it is not known.
    """

    kind: FindingKind
    score: float
    score_without_sinks: float


PARTLY = 0.5
"""Share of a kind's threshold from which a head shows it in part."""


def find_heads(
    metrics: Mapping[str, Float32],
    inputs: Modality,
    kinds: Iterable[FindingKind] | None = None,
    *,
    without_sinks: Mapping[str, Float32] | None = None,
) -> tuple[Finding, ...]:
    """Find the heads with a known behavior.

    ``metrics`` are float32 [L, H] by name; values that are not finite never count. Without ``kinds``, every registered
    behavior is considered. ``without_sinks`` are the metrics by which one behavior explains another; by default
    ``metrics``. Returns behaviors that a head shows, the clearest first; those not striking are last.
    """
    wanted = FINDINGS.all().values() if kinds is None else kinds
    rivals = without_sinks or metrics
    found = [finding for kind in wanted if inputs in kind.inputs and (finding := _found(metrics, rivals, kind))]
    return tuple(sorted(found, key=lambda finding: (not finding.kind.striking, -finding.clearness)))


def partial_findings(
    metrics: Mapping[str, Float32], without_sinks: Mapping[str, Float32], inputs: Modality
) -> tuple[PartialFinding, ...]:
    """Find what one head shows in part: half of the threshold with sinks, or all of it without.

    Both mappings are float32 [1, 1] by name; ``without_sinks`` is empty if that is not known. Returns the strongest
    first.
    """
    found = []
    for kind in FINDINGS.all().values():
        if inputs not in kind.inputs or not kind.striking:
            continue
        score, alone = _score(metrics, kind), _score(without_sinks, kind)
        if score >= PARTLY * kind.threshold or alone >= kind.threshold:
            found.append(PartialFinding(kind, score, alone))
    return tuple(sorted(found, key=lambda each: -max(each.score, np.nan_to_num(each.score_without_sinks))))


def _score(metrics: Mapping[str, Float32], kind: FindingKind) -> float:
    """Return the score of one head, at least 0; NaN if it is not known."""
    scored = _scores(metrics, metrics, kind)
    value = float(scored[1].item()) if scored else np.nan
    return max(value, 0.0) if np.isfinite(value) else np.nan


def _found(metrics: Mapping[str, Float32], rivals: Mapping[str, Float32], kind: FindingKind) -> Finding | None:
    scored = _scores(metrics, rivals, kind)
    if scored is None:
        return None
    name, scores = scored
    reached = np.argwhere(scores >= kind.threshold)
    order = np.argsort([-scores[layer, head] for layer, head in reached], kind="stable")
    heads = [FoundHead(int(layer), int(head), float(scores[layer, head])) for layer, head in reached[order]]
    return Finding(kind, name, tuple(heads)) if heads else None


def _scores(
    metrics: Mapping[str, Float32], rivals: Mapping[str, Float32], kind: FindingKind
) -> tuple[str, Float32] | None:
    """Return the metric that measures a kind and its scores, float32 [L, H]; -inf for a head that it does not fit.

    A head does not fit if another metric of ``rivals`` explains it better there.
    """
    name = next((name for name in kind.metrics if name in metrics), None)
    if name is None:
        return None
    scores = np.nan_to_num(kind.score(metrics[name]), nan=-np.inf, posinf=-np.inf, neginf=-np.inf)
    for other in kind.explained_by:
        if other in rivals and name in rivals:
            scores = np.where(rivals[other] > kind.score(rivals[name]), -np.inf, scores)
    return name, scores
