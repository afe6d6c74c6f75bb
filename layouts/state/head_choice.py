"""Which heads Matrix View shows, in which order, and how each is tinted: what a state asks of a run's metrics."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from layouts.state.head_set import read_heads
from layouts.state.view_state import ViewState
from precompute.numeric import Float32
from precompute.run.run import Run


@dataclass(frozen=True)
class HeadChoice:
    """The heads of a picture.

    Attributes
    ----------
    order : tuple of int or None
        Heads to show, counted row by row, in this order; None for the whole matrix, each head in its place.
    captions : tuple of str
        The metric's value of each head in ``order``; empty without a metric or an order.
    shades : float32 [L, H]
        0 (weakest of the run) to 1 (strongest); NaN for a head without a tint.
    weakest, strongest : float
        Values at the ends of the shades; NaN without a tint.
    """

    order: tuple[int, ...] | None
    captions: tuple[str, ...]
    shades: Float32
    weakest: float = np.nan
    strongest: float = np.nan

    def document(self) -> dict[str, Any]:
        """Return what the browser draws, as JSON values."""
        tinted = bool(np.isfinite(self.shades).any())
        shades = [None if np.isnan(shade) else round(float(shade), 4) for shade in self.shades.flat]
        return {"order": self.order, "captions": self.captions, "shades": shades if tinted else None}


def head_choice(run: Run, view: ViewState) -> HeadChoice:
    """Work out the heads that a state shows.

    Parameters
    ----------
    run : Run
        The run on show.
    view : ViewState
        Resolved. ``tint`` names a metric; ``strongest`` asks for so many heads, the strongest first; ``only`` for
        certain heads, ordered by the metric where there is one. Heads without a number come last, and never among
        the strongest.
    """
    model = run.manifest.model
    shape = (model.n_layers, model.n_heads)
    only = [layer * model.n_heads + head for layer, head in read_heads(view.only, *shape)]
    if not view.tint:
        return HeadChoice(tuple(only) or None, (), np.full(shape, np.nan, np.float32))
    values = np.asarray(run.metric(view.tint, without_sinks=view.no_sinks), np.float64)
    info = next(info for info in run.manifest.metrics if info.name == view.tint)
    sign = -1 if info.stronger == "low" else 1
    strength = np.where(np.isfinite(values), sign * values, -np.inf).ravel()
    known = strength[np.isfinite(strength)]
    if not known.size:
        return HeadChoice(tuple(only) or None, (), np.full(shape, np.nan, np.float32))
    low, high = float(known.min()), float(known.max())
    shades = (sign * values - low) / (high - low) if high > low else np.where(np.isfinite(values), 1, np.nan)
    order = _order(strength, only, view.strongest)
    return HeadChoice(
        order,
        () if order is None else tuple(info.text(float(values.flat[head])) for head in order),
        shades.astype(np.float32),
        sign * low,
        sign * high,
    )


def _order(strength: NDArray[np.float64], only: list[int], most: int | None) -> tuple[int, ...] | None:
    if not only and most is None:
        return None
    ranked = [int(head) for head in np.argsort(-strength, kind="stable")]
    chosen = [head for head in ranked if not only or head in only]
    return tuple(chosen if most is None else [head for head in chosen if np.isfinite(strength[head])][:most])
