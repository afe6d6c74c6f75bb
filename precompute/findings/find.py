"""Which heads of a run are worth a look, and why: from their metrics to findings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from precompute.findings.kinds import KINDS, FindingKind
from precompute.format.manifest import Modality
from precompute.numeric import Float32

MOST_HEADS = 3
"""Heads of one kind that are named."""


@dataclass(frozen=True)
class FoundHead:
    """A head and how much it is of the kind."""

    layer: int
    head: int
    score: float


@dataclass(frozen=True)
class Finding:
    """A kind of head that the run has.

    Attributes
    ----------
    kind : FindingKind
        What they do.
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
        """How far the strongest head is from the threshold (0) to doing nothing else (1)."""
        return (self.heads[0].score - self.kind.threshold) / (1 - self.kind.threshold)


def find_heads(
    metrics: Mapping[str, Float32], inputs: Modality, kinds: Sequence[FindingKind] = KINDS
) -> tuple[Finding, ...]:
    """Find the heads that do something known.

    Parameters
    ----------
    metrics : mapping of str to float32 [L, H]
        By name; a number that is not finite never counts.
    inputs : {"text", "image"}
        What the model read.
    kinds : sequence of FindingKind
        What to look for.

    Returns
    -------
    tuple of Finding
        The clearest first, those that are not striking last. A kind of which no head reaches the threshold is left
        out.
    """
    found = [finding for kind in kinds if inputs in kind.inputs and (finding := _found(metrics, kind))]
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
