"""Divergence of t-SNE, and the distance of ``fast`` and ``best`` from the end of a long run."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from precompute.format.manifest import Quality
from precompute.numeric import Float32
from precompute.projections import kernels
from precompute.projections.graph import Graph
from precompute.projections.head_space import HeadSpace
from precompute.projections.methods.tsne import (
    FAST,
    LATE_RATE,
    conditional_probabilities,
    joint_probabilities,
    tsne_layout,
)
from precompute.projections.references import scikit_learn_tsne
from precompute.projections.registry import PROJECTIONS
from tests.benchmarks.projection_costs import cpu
from tests.benchmarks.real_heads import RealHeads, space_of

LONG_RUN = 10_000
SMALLER = (100, 200, 300, 500, 750)
"""Tokens of the heads that :func:`smaller_heads` lays out."""

QUALITIES: tuple[Quality, ...] = ("fast", "best")


@dataclass(frozen=True)
class Ends:
    """Where the t-SNE of some heads ends.

    Attributes
    ----------
    above : mapping of (quality, dims) to tuple of float
        KL(P || Q) of every head, divided by that of a long run, minus 1.
    seconds : mapping of quality to float
        Of all heads, 2-D and 3-D.
    """

    above: dict[tuple[Quality, int], tuple[float, ...]]
    seconds: dict[Quality, float]

    def sentence(self) -> str:
        """Return a few lines of the report."""
        figures = {
            key: ", ".join(f"{value:+.1%}".replace("%", " %") for value in values) for key, values in self.above.items()
        }
        return f"""`best`: KL(P || Q) of t-SNE above that after {LONG_RUN} more iterations, heads as above.
2-D: `fast` {figures["fast", 2]}; `best` {figures["best", 2]}.
3-D: `fast` {figures["fast", 3]}; `best` {figures["best", 3]}.
These {sum(map(len, self.above.values())) // 2} layouts take {self.seconds["fast"]:.1f} s with `fast` and
{self.seconds["best"]:.1f} s with `best`."""


def ends_of(spaces: Sequence[HeadSpace], n_iterations: int = LONG_RUN) -> Ends:
    """Lay out heads with both qualities, and go on from ``fast`` for a long run."""
    above: dict[tuple[Quality, int], tuple[float, ...]] = {
        (quality, dims): () for quality in QUALITIES for dims in (2, 3)
    }
    seconds = dict.fromkeys(QUALITIES, 0.0)
    phase = kernels.tsne.Phase(n_iterations, 1.0, LATE_RATE, FAST.momentum, -1.0)
    for space in spaces:
        affinities = joint_probabilities(conditional_probabilities(space.neighbors))
        for dims in (2, 3):
            ends = {}
            for quality in QUALITIES:
                layout, spent = cpu(lay_out, affinities, space, dims, quality)
                ends[quality] = np.ascontiguousarray(layout.T)
                seconds[quality] += spent
            long_run = ends["fast"].copy()
            kernels.tsne.descend(long_run, affinities, phase, 0)
            lowest = kernels.tsne.kl_divergence(long_run, affinities, 0)
            for quality, end in ends.items():
                above[quality, dims] += (kernels.tsne.kl_divergence(end, affinities, 0) / lowest - 1,)
    return Ends(above, seconds)


def lay_out(affinities: Graph, space: HeadSpace, dims: int, quality: Quality) -> Float32:
    """Lay out one head from finished affinities."""
    return tsne_layout(affinities, space.directions, dims, quality=quality, seed=space.seed)


def divergence(space: HeadSpace, points: Float32) -> float:
    """KL(P || Q) at perplexity 30, over all pairs."""
    affinities = joint_probabilities(conditional_probabilities(space.neighbors))
    return kernels.tsne.kl_divergence(np.ascontiguousarray(points.T), affinities, 0)


def smaller_heads(heads: RealHeads, chosen: Sequence[tuple[int, int]]) -> list[tuple[object, ...]]:
    """Divide KL(P || Q) of our t-SNE in 2-D by that of scikit-learn's, for heads of few points.

    Returns
    -------
    list of tuple
        Number of points, then the ratio of every chosen head.
    """
    rows: list[tuple[object, ...]] = []
    tsne = PROJECTIONS.all()["tsne"].function
    for n_tokens in SMALLER:
        spaces = [space_of(heads.first(n_tokens).task(layer, head)) for layer, head in chosen]
        rows.append(
            (2 * n_tokens, *(divergence(s, tsne(s, 2)) / divergence(s, scikit_learn_tsne(s, 2)) for s in spaces))
        )
    return rows
