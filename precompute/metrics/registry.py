"""The registry of head metrics: one decorated function each, in a module of ``precompute/metrics/methods``."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields
from functools import cached_property
from typing import Self

import numpy as np
from numpy.typing import NDArray

from precompute.format.manifest import MetricInfo, Modality, Stronger
from precompute.numeric import Float32
from precompute.registry import Registry
from precompute.tokens.features import Bool, TokenFeatures

Float64 = NDArray[np.float64]


@dataclass(frozen=True)
class AttentionView:
    """One instance in all heads of a layer, the input of metrics.

    Attributes
    ----------
    pattern : float32 [H, n, n]
        Row i: query i over all keys.
    visible : bool [1 or H, n, n]
        Whether query i sees key j.
    query_norms, key_norms : float32 [H, n]
        L2 norms of the raw vectors.
    sink : float32 [H, n] or None
        Attention of each query on a sink logit: one more key that every query sees.
    """

    pattern: Float32
    visible: Bool
    tokens: TokenFeatures
    query_norms: Float32
    key_norms: Float32
    sink: Float32 | None = None

    @cached_property
    def n_visible(self) -> NDArray[np.int64]:
        """Keys that each query sees, a sink logit included, int64 [1 or H, n]."""
        counts: NDArray[np.int64] = self.visible.sum(axis=-1) + (self.sink is not None)
        return counts

    @cached_property
    def taking_part(self) -> Bool:
        """Tokens that see or are seen, in any head; bool [n]."""
        pairs: Bool = self.visible.reshape(-1, *self.visible.shape[-2:]).max(axis=0)
        seen: Bool = pairs.max(axis=0) | pairs.max(axis=1)
        return seen

    @cached_property
    def uniform(self) -> Float32:
        """Pattern that spreads every query's attention evenly over its visible keys, float32 [1 or H, n, n]."""
        return (self.visible / np.maximum(self.n_visible, 1)[..., None]).astype(np.float32)


@dataclass(frozen=True)
class Tally:
    """Sums over queries and instances from which a score is computed, float64 [..., H] each.

    Attributes
    ----------
    total, count : float64 [..., H]
        Values of the heads, and of a perfect head.
    uniform : float64 [..., H]
        Value of a head with uniform attention; 0 for plain means.
    """

    total: Float64
    count: Float64
    uniform: Float64

    def __add__(self, other: Self) -> Self:
        """Sum of two tallies of one kind, field by field."""
        return type(self)(*(getattr(self, each.name) + getattr(other, each.name) for each in fields(self)))

    def score(self) -> Float64:
        """(total - uniform) / (count - uniform): 0 as uniform attention, 1 perfect; 0 where nothing was counted."""
        room = self.count - self.uniform
        return np.divide(self.total - self.uniform, room, out=np.zeros_like(room), where=room > 0)


def tally(total: Float64, count: Float64 | float, uniform: Float64 | float = 0.0) -> Tally:
    """Return a tally; all heads may share ``count`` and ``uniform``."""
    shape = total.shape
    return Tally(
        total.astype(np.float64),
        np.broadcast_to(np.asarray(count, np.float64), shape),
        np.broadcast_to(np.asarray(uniform, np.float64), shape),
    )


@dataclass(frozen=True)
class HeadMetric:
    """One registered metric: ``measure`` tallies an instance, ``finish`` maps the sum of tallies to float64 [H].

    Attributes
    ----------
    probed : bool
        Whether it is also measured on random tokens that repeat, as ``probe.<name>``.
    version : int
        Part of the key of its results.
    """

    info: MetricInfo
    inputs: tuple[Modality, ...]
    measure: Callable[[AttentionView], Tally]
    finish: Callable[[Tally], Float64]
    probed: bool = False
    version: int = 1


def _score(sums: Tally) -> Float64:
    return sums.score()


METRICS: Registry[HeadMetric] = Registry("precompute.metrics.methods", "metric")


def metric(
    name: str,
    *,
    label: str,
    help: str,
    inputs: tuple[Modality, ...] = ("text", "image"),
    digits: int = 2,
    stronger: Stronger = "high",
    finish: Callable[[Tally], Float64] = _score,
    probed: bool = False,
    version: int = 1,
) -> Callable[[Callable[[AttentionView], Tally]], Callable[[AttentionView], Tally]]:
    """Register the decorated function, which tallies one instance, as a head metric.

    Parameters
    ----------
    name : str
        Column of the ``heads`` command; ValueError if it is taken.
    help : str
        One sentence: the quantity, and the meaning of its extremes.
    digits : int
        Decimals of a value in text.
    stronger : {"high", "low"}
        End of the range that marks the strongest heads.
    finish : callable
        From the tally of all instances to float64 [H].
    probed : bool
        Also measure it on random tokens that repeat, as ``probe.<name>``.
    version : int
        Raise it when the same attention gets another value.
    """

    def register(measure: Callable[[AttentionView], Tally]) -> Callable[[AttentionView], Tally]:
        info = MetricInfo(name, label, help, digits, stronger)
        METRICS.add(name, HeadMetric(info, inputs, measure, finish, probed, version), module=measure.__module__)
        return measure

    return register


def target_metric(
    name: str,
    *,
    label: str,
    help: str,
    inputs: tuple[Modality, ...] = ("text", "image"),
    probed: bool = False,
    version: int = 1,
) -> Callable[[Callable[[TokenFeatures], Bool]], Callable[[TokenFeatures], Bool]]:
    """Register the decorated function, which marks the keys a perfect head attends to, as a head metric.

    The function maps an instance's tokens to bool [n, n], row i the targets of query i. The metric is the share of
    attention on the targets, mean over the queries that see a target and another key, scaled so that uniform attention
    is 0 and all attention is 1. Parameters are those of :func:`metric`.
    """

    def register(targets: Callable[[TokenFeatures], Bool]) -> Callable[[TokenFeatures], Bool]:
        def measure(view: AttentionView) -> Tally:
            return target_tally(view, targets(view.tokens))

        measure.__module__ = targets.__module__
        metric(name, label=label, help=help, inputs=inputs, probed=probed, version=version)(measure)
        return targets

    return register


def target_tally(view: AttentionView, targets: Bool) -> Tally:
    """Tally the attention on targets, bool [n, n]: row i, the keys that query i should attend to.

    Queries that see no target, or only targets, are excluded.
    """
    wanted = view.visible & targets
    n_wanted = wanted.sum(axis=-1)
    telling = (n_wanted > 0) & (n_wanted < view.n_visible)
    wanted &= telling[..., None]
    flat = wanted.reshape(len(wanted), -1, 1).astype(np.float32)
    total = (view.pattern.reshape(len(view.pattern), 1, -1) @ flat)[:, 0, 0]
    uniform = (telling * n_wanted / np.maximum(view.n_visible, 1)).sum(axis=-1)
    return tally(total.astype(np.float64), telling.sum(axis=-1), uniform)
