"""Heads without a particular target."""

from __future__ import annotations

import numpy as np

from precompute.findings.registry import FindingKind, finding

finding(
    __name__,
    FindingKind(
        "Everything at once",
        "Attention is spread almost evenly over all tokens. Look for a cloud without structure.",
        ("focus",),
        threshold=0.9,
        score=lambda focus: 1 - focus,
        striking=False,
    ),
)
finding(
    __name__,
    FindingKind(
        "Unequal lengths",
        "Queries and keys differ much in length, so a few carry most of the weight. Color by norm to see which.",
        ("norm_gap",),
        threshold=0.35,
        color="norm",
        score=np.abs,
        striking=False,
    ),
)
