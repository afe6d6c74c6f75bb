"""The registry of findings: known behaviors of heads, registered by the modules of ``precompute/findings/kinds``."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np

from precompute.findings.examples import Marking
from precompute.format.manifest import Modality
from precompute.numeric import Float32
from precompute.registry import Registry

Side = Literal["query", "key"]


@dataclass(frozen=True)
class FindingKind:
    """A known behavior of heads.

    Attributes
    ----------
    sentence : str
        The behavior, and how to recognize it in the plot.
    metrics : tuple of str
        The first of these that the run has measures the behavior. Random tokens that repeat come before the run's own
        text: only the repetition explains attention there.
    threshold : float
        Minimum score; 0 is even attention, 1 is only this behavior. From 0.5 on, this behavior dominates. Repetition,
        punctuation, words and appearance are rarer than positions, and heads that attend to them rest on a sink
        otherwise (Olsson et al. 2022; Clark et al. 2019), so they use 0.35.
    color : str
        Encoding that shows it best.
    shown_by : callable or None
        Marks the tokens of a run that show it; None if all do.
    side : {"query", "key"}
        Whether such a token attends or is attended to.
    explained_by : tuple of str
        Metrics that exclude heads that score higher there, both without sinks where that is known: the tokens of a word
        are neighbors, so a previous-token head attends to them too.
    score : callable
        From the metric to the score, float32 [L, H].
    sinks_hide : bool
        Whether its heads rest on a sink wherever they find no target, so that they open without sinks.
    striking : bool
        False for behaviors without a target; they are shown last.
    version : int
        No key depends on it: findings are computed when a run is shown.
    """

    title: str
    sentence: str
    metrics: tuple[str, ...]
    threshold: float = 0.5
    color: str = "type"
    shown_by: Marking | None = None
    side: Side = "query"
    explained_by: tuple[str, ...] = ()
    score: Callable[[Float32], Float32] = np.asarray
    inputs: tuple[Modality, ...] = ("text", "image")
    sinks_hide: bool = False
    striking: bool = True
    version: int = 1


FINDINGS: Registry[FindingKind] = Registry("precompute.findings.kinds", "finding")


def finding(module: str, kind: FindingKind) -> None:
    """Register a finding under its title; ValueError if it is taken. ``module`` is the ``__name__`` of its module."""
    FINDINGS.add(kind.title, kind, module=module)
