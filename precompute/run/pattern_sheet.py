"""All heads of a layer on one instance, small: what a sheet of little heat maps shows."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from precompute.attention.sinks import attention_without, share_on
from precompute.numeric import Float32
from precompute.run.run import Run

Bool = NDArray[np.bool_]

MOST_CELLS = 96
"""Rows and columns of a heat map at most: more than a small picture can show."""


def pattern_sheet(
    run: Run, layer: int, instance: int, *, hidden: Bool | None = None, most: int = MOST_CELLS
) -> NDArray[np.uint8]:
    """Shade the attention of one instance in all heads of a layer.

    Parameters
    ----------
    run : Run
        Holds queries and keys.
    layer, instance : int
        From 0.
    hidden : bool [N], optional
        Tokens that are taken out: the attention of the others is divided by what is left of it.
    most : int
        Longer instances are pooled to so many rows and columns.

    Returns
    -------
    uint8 [H, side, side]
        255 times the square root of the weight, so that weights of one in a hundred stay visible beside a sink;
        rows are queries. Where cells are pooled, the highest weight counts: a thin diagonal stays.

    Raises
    ------
    IndexError
        If there is no such layer or instance.
    """
    patterns = _all_heads(run, layer, instance)
    if hidden is not None:
        patterns = attention_without(patterns, hidden[slice(*run.token_range(instance))])
    weights = np.stack([pool_highest(pattern, most) for pattern in patterns])
    shades: NDArray[np.uint8] = np.rint(255 * np.sqrt(np.clip(weights, 0, 1))).astype(np.uint8)
    return shades


def hidden_shares(run: Run, layer: int, instance: int, hidden: Bool) -> Float32:
    """Say how much attention taking tokens out of one instance removes, in all heads of a layer.

    Parameters
    ----------
    run : Run
        Holds queries and keys.
    layer, instance : int
        From 0.
    hidden : bool [N]
        Tokens that are taken out.

    Returns
    -------
    float32 [H]
        Mean over the tokens that stay, 0..1.

    Raises
    ------
    IndexError
        If there is no such layer or instance.
    """
    return share_on(_all_heads(run, layer, instance), hidden[slice(*run.token_range(instance))])


def _all_heads(run: Run, layer: int, instance: int) -> Float32:
    return np.stack([run.pattern(layer, head, instance) for head in range(run.manifest.model.n_heads)])


def pool_highest(pattern: Float32, most: int) -> Float32:
    """Shrink a pattern to at most so many rows and columns, each the highest of a block of nearly equal size.

    Parameters
    ----------
    pattern : float32 [n, n]
        At least one row.
    most : int
        At least 1.

    Returns
    -------
    float32 [min(n, most), min(n, most)]
    """
    n = len(pattern)
    if n <= most:
        return pattern
    starts = np.arange(most) * n // most
    pooled: Float32 = np.maximum.reduceat(np.maximum.reduceat(pattern, starts, axis=0), starts, axis=1)
    return pooled
