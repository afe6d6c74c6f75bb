"""Examples of findings: an instance that can be read at a glance, and in it a token that shows what a head does."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from precompute.format.manifest import TokenTable
from precompute.tokens.features import token_features

Bool = NDArray[np.bool_]
Telling = Callable[[TokenTable], Bool]
"""Marks the tokens of a run that show what a kind of head does, bool [N]."""

READABLE_LENGTH = 16
"""Tokens of an example that can be read at a glance; the instance nearest to it is taken."""


def repeated_tokens(table: TokenTable) -> Bool:
    """Tokens, not special, that occurred before in their instance."""
    repeated = np.zeros(len(table.tokens), bool)
    for start, end in zip(table.offsets, table.offsets[1:], strict=False):
        seen: set[str] = set()
        for index in range(start, end):
            repeated[index] = table.tokens[index] in seen and not table.special[index]
            seen.add(table.tokens[index])
    return repeated


def word_pieces(table: TokenTable) -> Bool:
    """Tokens that go on with the word of the token before them."""
    words = token_features(table).words
    return np.append(np.zeros(min(1, len(words)), bool), words[1:] == words[:-1])


def punctuation_marks(table: TokenTable) -> Bool:
    """Tokens that are only punctuation."""
    return token_features(table).punctuation


def example_of(telling: Telling | None, table: TokenTable) -> tuple[int, int | None]:
    """Choose an instance that shows what a kind of head does.

    Parameters
    ----------
    telling : callable or None
        Marks the tokens that show it; None where all do.
    table : TokenTable
        Of the run.

    Returns
    -------
    instance : int
        Of a length that can be read; the more tokens show it, the longer it may be.
    token : int or None
        Position in the instance of the last token that shows it; None where all do, or none.
    """
    marks = np.zeros(len(table.tokens), bool) if telling is None else telling(table)
    spans = list(zip(table.offsets, table.offsets[1:], strict=False))
    counts = [int(marks[start:end].sum()) for start, end in spans]

    def drawback(instance: int) -> tuple[bool, int]:
        start, end = spans[instance]
        return counts[instance] == 0, abs(end - start - READABLE_LENGTH) - counts[instance]

    instance = min(range(len(spans)), key=drawback)
    start, end = spans[instance]
    return instance, int(np.flatnonzero(marks[start:end])[-1]) if counts[instance] else None
