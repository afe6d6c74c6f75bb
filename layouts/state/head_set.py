"""A set of heads, as a link names it: ``0.2_1.11`` is layer 0 head 2 and layer 1 head 11."""

from __future__ import annotations

import re
from collections.abc import Iterable

Head = tuple[int, int]

_HEADS = re.compile(r"\d{1,4}\.\d{1,4}(?:_\d{1,4}\.\d{1,4})*", re.ASCII)


def read_heads(text: str, n_layers: int, n_heads: int) -> tuple[Head, ...]:
    """Read a set of heads.

    Parameters
    ----------
    text : str
        From a link; what is no set of heads is an empty one.
    n_layers, n_heads : int
        Heads outside are left out.

    Returns
    -------
    tuple of (layer, head)
        Ascending, each once.
    """
    if not _HEADS.fullmatch(text):
        return ()
    pairs = {(int(layer), int(head)) for layer, head in (part.split(".") for part in text.split("_"))}
    return tuple(sorted((layer, head) for layer, head in pairs if layer < n_layers and head < n_heads))


def write_heads(heads: Iterable[Head]) -> str:
    """Write a set of heads, ascending; empty for none."""
    return "_".join(f"{layer}.{head}" for layer, head in sorted(set(heads)))
