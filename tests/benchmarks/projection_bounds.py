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
    }
)
"""By the name of the figure."""

ATTENTION_BOUNDS: Mapping[str, Bound] = MappingProxyType(
    {
        "attention": Bound("strongest partners that t-SNE of attention keeps, times t-SNE's", "at least", 2),
        "queries": Bound("keys of a query that t-SNE of attention keeps", "at least", 0.5),
        "keys": Bound("queries of a key that t-SNE of attention keeps", "at least", 0.38),
        "mass": Bound("attention on the nearest keys in t-SNE of attention", "at least", 0.66),
        "neighbors": Bound("neighbors that t-SNE of attention keeps", "at least", 0.39),
        "seconds": Bound("t-SNE of attention, times the seconds with one normalizer", "at most", 1.3),
        "mass_of_heads": Bound(
            "attention on the nearest keys beyond one normalizer's, worst head", "at least", -0.0005
        ),
        "other_keys": Bound("keys that are no sinks that the layout without sinks keeps", "at least", 0.44),
        "second": Bound("layouts of a build with second ones, times the seconds without", "at most", 1.5),
        "rise": Bound("KL of t-SNE of attention from check to check, largest change", "at most", 0),
    }
)
"""Of layouts of attention, by the name of the figure."""


def broken_bounds(measured: Mapping[str, float], bounds: Mapping[str, Bound] = BOUNDS) -> list[str]:
    """Return a line for each bound that the figures break.

    Parameters
    ----------
    measured : mapping of str to float
        A figure for every name of ``bounds``.
    """
    return [
        f"{bound.name}: {measured[name]:.3f}, {bound.wanted}"
        for name, bound in bounds.items()
        if not bound.holds(measured[name])
    ]
