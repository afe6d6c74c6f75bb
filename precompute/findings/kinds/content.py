"""Heads that attend by content: repetition, words, punctuation."""

from __future__ import annotations

from precompute.findings.examples import punctuation_marks, repeated_tokens, word_pieces
from precompute.findings.registry import FindingKind, finding

finding(
    __name__,
    FindingKind(
        "Induction",
        "A repeated token attends to what followed its earlier occurrence. Look for a query beside the key that "
        "came after the same token.",
        ("probe.induction", "induction"),
        threshold=0.35,
        shown_by=repeated_tokens,
        sinks_hide=True,
    ),
)
finding(
    __name__,
    FindingKind(
        "Reverse induction",
        "A repeated token attends to what preceded its earlier occurrence.",
        ("probe.reverse_induction", "reverse_induction"),
        threshold=0.35,
        shown_by=repeated_tokens,
        sinks_hide=True,
    ),
)
finding(
    __name__,
    FindingKind(
        "Duplicate token",
        "A token attends to its own earlier occurrences. Look for tight clumps of one token each.",
        ("probe.duplicate_token", "duplicate_token"),
        threshold=0.35,
        shown_by=repeated_tokens,
        sinks_hide=True,
    ),
)
finding(
    __name__,
    FindingKind(
        "Same word",
        "The tokens of a word attend to each other.",
        ("same_word",),
        threshold=0.35,
        explained_by=("previous_token", "next_token"),
        shown_by=word_pieces,
        color="position",
    ),
)
finding(
    __name__,
    FindingKind(
        "Punctuation",
        "Tokens attend to punctuation marks. Colored by punctuation, those keys form a group of their own.",
        ("punctuation",),
        threshold=0.35,
        color="punctuation",
        shown_by=punctuation_marks,
        side="key",
    ),
)
