"""Choice of heads in Matrix View: which are shown, in which order, with which tint; and its form in a link."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from layouts.state.view_state import ViewState
from precompute.numeric import Float32
from precompute.run.run import Run

Head = tuple[int, int]

_HEADS = re.compile(r"\d{1,4}\.\d{1,4}(?:_\d{1,4}\.\d{1,4})*", re.ASCII)


@dataclass(frozen=True)
class HeadChoice:
    """Heads that a state shows.

    Attributes
    ----------
    order : tuple of int or None
        Heads to show, counted row by row, in this order; None for the whole matrix.
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
        """Return the choice as JSON values for the browser; shades are None without a tint."""
        tinted = bool(np.isfinite(self.shades).any())
        shades = [None if np.isnan(shade) else round(float(shade), 4) for shade in self.shades.flat]
        return {"order": self.order, "captions": self.captions, "shades": shades if tinted else None}


def head_choice(run: Run, view: ViewState) -> HeadChoice:
    """Return the heads that a resolved state shows.

    ``strongest`` limits their number, strongest first by the metric ``tint``; ``only`` names them. Heads whose metric
    is not finite come last and are never among the strongest.
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


def read_heads(text: str, n_layers: int, n_heads: int) -> tuple[Head, ...]:
    """Return the heads that a link names, ascending, without those outside the model; none for any other text.

    ``0.2_1.11`` is layer 0 head 2 and layer 1 head 11.
    """
    if not _HEADS.fullmatch(text):
        return ()
    pairs = {(int(layer), int(head)) for layer, head in (part.split(".") for part in text.split("_"))}
    return tuple(sorted((layer, head) for layer, head in pairs if layer < n_layers and head < n_heads))


def write_heads(heads: Iterable[Head]) -> str:
    """Return the form of a set of heads in a link, ascending; empty for none."""
    return "_".join(f"{layer}.{head}" for layer, head in sorted(set(heads)))
