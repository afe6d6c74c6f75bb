"""Bounds on projections, and the figures that break them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal


@dataclass(frozen=True)
class Bound:
    """A number that a measurement has to keep.

    Attributes
    ----------
    name : str
        The measured quantity, for the line that reports a broken bound.
    kind : {"at least", "at most"}
    value : float
    """

    name: str
    kind: Literal["at least", "at most"]
    value: float

    @property
    def wanted(self) -> str:
        """Words for the report."""
        return f"{self.kind} {self.value:g} wanted"

    def holds(self, measured: float) -> bool:
        """Compare; NaN keeps no bound."""
        return measured >= self.value if self.kind == "at least" else measured <= self.value


BOUNDS: Mapping[str, Bound] = MappingProxyType(
    {
        "speed": Bound("all six projections, times faster than the libraries", "at least", 15),
        "divergence": Bound("KL of t-SNE, times scikit-learn's, worst head", "at most", 1.02),
        "recall": Bound("neighbors that t-SNE keeps beyond scikit-learn's, worst head", "at least", -0.02),
        "trust": Bound("trustworthiness of UMAP beyond umap-learn's, worst head", "at least", -0.01),
        "large_speed": Bound("t-SNE of 10 000 points, times faster than scikit-learn", "at least", 5),
        "workers": Bound("two workers, times faster than one", "at least", 1.7),
        "memory": Bound("memory of the process that lays out heads, MiB", "at most", 1024),
        "unmapped": Bound("memory of a whole build without mapped files, MiB", "at most", 1024),
        "attention": Bound("strongest partners that t-SNE of attention keeps, times t-SNE's", "at least", 2),
    }
)
"""By the name of the figure."""


def broken_bounds(measured: Mapping[str, float]) -> list[str]:
    """Return a line for each bound that the figures break.

    Parameters
    ----------
    measured : mapping of str to float
        A figure for every name of ``BOUNDS``.
    """
    return [
        f"{bound.name}: {measured[name]:.3f}, {bound.wanted}"
        for name, bound in BOUNDS.items()
        if not bound.holds(measured[name])
    ]
