"""How values of head metrics are read: which end is the stronger one, and how a number is written."""

from __future__ import annotations

import numpy as np


def lower_is_stronger(metric: str) -> bool:
    """Whether the best heads have the lowest values: correlations of distance with attention are -1 at best."""
    return metric.rsplit(".", 1)[-1] in {"correlation", "attention_correlation"}


def is_whole_number(metric: str) -> bool:
    """Whether a metric counts something and so needs no decimals."""
    return metric == "best_offset"


def metric_text(metric: str, value: float) -> str:
    """Say a metric's value as all views do.

    Parameters
    ----------
    metric : str
        Its name.
    value : float
        A value that is not finite is said to be none.
    """
    if not np.isfinite(value):
        return "none"
    return f"{value:.0f}" if is_whole_number(metric) else f"{value:.2f}"
