"""Examples of findings: a short instance, and a token in it that shows the behavior."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from precompute.format.manifest import TokenTable
from precompute.tokens.features import token_features

Bool = NDArray[np.bool_]
Marking = Callable[[TokenTable], Bool]
"""Marks the tokens of a run that show a finding, bool [N]."""

READABLE_LENGTH = 16
"""Preferred length of an example in tokens."""


def repeated_tokens(table: TokenTable) -> Bool:
    """Mark ordinary tokens that occurred before in their instance."""
    repeated = np.zeros(len(table.tokens), bool)
    for start, end in zip(table.offsets, table.offsets[1:], strict=False):
        seen: set[str] = set()
        for index in range(start, end):
            repeated[index] = table.tokens[index] in seen and not table.special[index]
            seen.add(table.tokens[index])
    return repeated


def word_pieces(table: TokenTable) -> Bool:
    """Mark tokens that continue the word of the token before."""
    words = token_features(table).words
    return np.append(np.zeros(min(1, len(words)), bool), words[1:] == words[:-1])


def punctuation_marks(table: TokenTable) -> Bool:
    """Mark tokens that are only punctuation."""
    return token_features(table).punctuation


def example_of(marking: Marking | None, table: TokenTable) -> tuple[int, int | None]:
    """Return an instance that shows a finding, and the position of the last token in it that does.

    The instance is near :data:`READABLE_LENGTH` tokens; longer if more tokens show the finding. The position is None if
    all tokens show it (no marking), or none.
    """
    marks = np.zeros(len(table.tokens), bool) if marking is None else marking(table)
    spans = list(zip(table.offsets, table.offsets[1:], strict=False))
    counts = [int(marks[start:end].sum()) for start, end in spans]

    def drawback(instance: int) -> tuple[bool, int]:
        start, end = spans[instance]
        return counts[instance] == 0, abs(end - start - READABLE_LENGTH) - counts[instance]

    instance = min(range(len(spans)), key=drawback)
    start, end = spans[instance]
    return instance, int(np.flatnonzero(marks[start:end])[-1]) if counts[instance] else None
