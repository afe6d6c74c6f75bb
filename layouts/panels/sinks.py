"""Label and note of the switch that leaves attention sinks out of every view."""

from __future__ import annotations

import numpy as np

from layouts.state.view_state import ViewState
from precompute.format.manifest import ROWS_WITHOUT_SINKS
from precompute.run.run import Run

SINK_SHARE = "sink_share"
"""Metric: share of the attention of other tokens that goes to sinks."""


def sinks_label(run: Run) -> str:
    """Return the label of the switch; empty for a run without sinks."""
    words = run.sink_names
    return f"Without {words}" if words else ""


def sinks_note(run: Run, view: ViewState) -> str:
    """Return how much attention the switch leaves out, or why metrics still include it; empty while it is off."""
    if not view.no_sinks:
        return ""
    if run.variant("head_metrics", without_sinks=True) == "head_metrics":
        return "Metrics still include these tokens: an older version built this run. Build it again."
    shares = run.metrics().get(SINK_SHARE)
    share = (
        "" if shares is None else f"They received {np.nanmean(shares):.0%} of the attention, averaged over all heads."
    )
    return f"{share} {_laid_out_note(run, view)}".strip()


def _laid_out_note(run: Run, view: ViewState) -> str:
    """Return how many heads the view shows in a layout that was made without sinks; empty if none."""
    if f"coords_without_sinks.{view.projection}.{view.dims}" not in run.manifest.arrays:
        return ""
    rows = run.array(ROWS_WITHOUT_SINKS)
    return f"{np.count_nonzero(rows >= 0)} of {rows.size} heads are laid out without them."
