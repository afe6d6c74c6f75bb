"""Heads that attend by position."""

from __future__ import annotations

from precompute.findings.registry import FindingKind, finding

ORDER = "Colored by position, its points keep the order of the sentence: a spiral, or a clump for each position."

finding(
    __name__,
    FindingKind(
        "Previous token",
        f"Every token attends to the one just before it. {ORDER}",
        ("previous_token",),
        color="position",
    ),
)
finding(
    __name__,
    FindingKind(
        "Next token",
        f"Every token attends to the one just after it. {ORDER}",
        ("next_token",),
        color="position",
    ),
)
finding(
    __name__,
    FindingKind(
        "Itself",
        "Every token attends to itself. Look for a query and a key at the same point.",
        ("self",),
    ),
)
