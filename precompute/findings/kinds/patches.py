"""Heads that compare patches."""

from __future__ import annotations

from precompute.findings.registry import FindingKind, finding

for _title, _of, _color in (
    ("Hue", "the same hue", "hue"),
    ("Brightness", "the same brightness", "brightness"),
    ("Fineness", "patterns as fine as their own", "frequency"),
    ("Direction", "stripes and edges in the same direction", "angle"),
    ("Row", "the same row", "row"),
    ("Column", "the same column", "column"),
):
    finding(
        __name__,
        FindingKind(
            _title,
            f"Patches attend to patches of {_of}. Colored by {_color}, neighbors in the plot have the same color.",
            (_color,),
            threshold=0.35,
            color=_color,
        ),
    )
finding(
    __name__,
    FindingKind(
        "Neighbor patches",
        "Patches attend to the patches that touch them. Colored by row or column, the plot resembles the picture.",
        ("neighbour",),
        threshold=0.35,
        color="row",
    ),
)
