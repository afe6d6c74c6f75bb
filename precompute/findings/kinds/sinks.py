"""Heads whose attention rests on a sink."""

from __future__ import annotations

from precompute.findings.registry import FindingKind, finding

finding(
    __name__,
    FindingKind(
        "First token",
        "Attention rests on the first token, a sink. Colored by position, its palest keys form a group of their own.",
        ("cls", "first_token"),
        color="position",
        inputs=("text",),
    ),
)
finding(
    __name__,
    FindingKind(
        "CLS",
        "Attention rests on the CLS token, a sink. Queries of all images gather near its round keys.",
        ("cls",),
        inputs=("image",),
    ),
)
finding(
    __name__,
    FindingKind(
        "Separator",
        "Attention rests on separators, a sink. Colored by punctuation, their keys form a group of their own.",
        ("sep",),
        color="punctuation",
    ),
)
finding(
    __name__,
    FindingKind(
        "Registers",
        "Attention rests on the register tokens, a sink.",
        ("registers",),
    ),
)
