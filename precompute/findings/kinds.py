"""The kinds of heads that are known: what each does, which metric shows it, and what to look for in its picture."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np

from precompute.findings.examples import Telling, punctuation_marks, repeated_tokens, word_pieces
from precompute.format.manifest import Modality
from precompute.numeric import Float32

Side = Literal["query", "key"]


@dataclass(frozen=True)
class FindingKind:
    """Something that heads are known to do.

    Attributes
    ----------
    title : str
        What such a head is called.
    sentence : str
        What it does, and what to look for in its picture.
    metrics : tuple of str
        The first of these that the run has measures it. Random tokens that repeat come before the run's own text,
        where they are measured, because nothing but the repetition can explain attention there.
    threshold : float
        Least score. Scores are 0 for even attention and 1 for a head that does nothing else: from 0.5 on, a head does
        this more than all else. Repetition, punctuation, words and looks are rarer than places, and heads that look
        for them rest on a sink meanwhile (Olsson et al. 2022; Clark et al. 2019), so 0.35 is telling there.
    color : str
        Encoding that shows it best.
    shown_by : callable or None
        Marks the tokens of a run that show it; None where all do.
    side : {"query", "key"}
        Whether such a token does it, or it is done to it.
    explained_by : tuple of str
        Metrics that explain the score away: heads that score higher there do that instead. The pieces of a word are
        neighbors, so a previous-token head looks at them too.
    score : callable
        From the metric to the score, float32 [L, H].
    inputs : tuple of {"text", "image"}
        Where there are such heads.
    striking : bool
        Whether it is worth a look before those that are not: a head that does nothing in particular is not.
    """

    title: str
    sentence: str
    metrics: tuple[str, ...]
    threshold: float = 0.5
    color: str = "type"
    shown_by: Telling | None = None
    side: Side = "query"
    explained_by: tuple[str, ...] = ()
    score: Callable[[Float32], Float32] = np.asarray
    inputs: tuple[Modality, ...] = ("text", "image")
    striking: bool = True


KINDS: tuple[FindingKind, ...] = (
    FindingKind(
        "Previous token",
        "Every token looks at the one just before it. Colored by position, its points keep the order of the "
        "sentence: a spiral, or a clump for each place.",
        ("previous_token",),
        color="position",
    ),
    FindingKind(
        "Next token",
        "Every token looks at the one just after it. Colored by position, its points keep the order of the "
        "sentence: a spiral, or a clump for each place.",
        ("next_token",),
        color="position",
    ),
    FindingKind(
        "Induction",
        "When a token comes up again, the head looks at what followed it the last time. Look for a query beside the "
        "key that came after its twin.",
        ("probe.induction", "induction"),
        threshold=0.35,
        shown_by=repeated_tokens,
    ),
    FindingKind(
        "Reverse induction",
        "When a token comes up again, the head looks at what came before it the last time.",
        ("probe.reverse_induction", "reverse_induction"),
        threshold=0.35,
        shown_by=repeated_tokens,
    ),
    FindingKind(
        "Duplicate token",
        "A token looks at its own earlier occurrences. Look for tight clumps, each of one token.",
        ("probe.duplicate_token", "duplicate_token"),
        threshold=0.35,
        shown_by=repeated_tokens,
    ),
    FindingKind(
        "Itself",
        "Every token looks at itself. Look for pairs of a query and a key that lie on each other.",
        ("self",),
    ),
    FindingKind(
        "Same word",
        "The pieces of a word look at each other.",
        ("same_word",),
        threshold=0.35,
        explained_by=("previous_token", "next_token"),
        shown_by=word_pieces,
        color="position",
    ),
    FindingKind(
        "First token",
        "Attention rests on the token at the very start, as on a sink. Colored by position, its palest keys stand "
        "apart from all others.",
        ("cls", "first_token"),
        color="position",
        inputs=("text",),
    ),
    FindingKind(
        "CLS",
        "Attention rests on the CLS token, which stands for no patch, as on a sink. Look for its round signs: queries "
        "of all images gather near its keys.",
        ("cls",),
        inputs=("image",),
    ),
    FindingKind(
        "Separator",
        "Attention rests on separators, as on a sink. Colored by punctuation, their keys stand apart.",
        ("sep",),
        color="punctuation",
    ),
    FindingKind(
        "Registers",
        "Attention rests on the register tokens, as on a sink.",
        ("registers",),
    ),
    FindingKind(
        "Punctuation",
        "Tokens look at punctuation marks. Colored by punctuation, those keys stand apart.",
        ("punctuation",),
        threshold=0.35,
        color="punctuation",
        shown_by=punctuation_marks,
        side="key",
    ),
    *(
        FindingKind(
            title,
            f"Patches look at patches of {of}. Colored by {color}, neighbors in the picture have the same color.",
            (color,),
            threshold=0.35,
            color=color,
        )
        for title, of, color in (
            ("Hue", "the same hue", "hue"),
            ("Brightness", "the same brightness", "brightness"),
            ("Fineness", "patterns as fine as their own", "frequency"),
            ("Direction", "stripes and edges in the same direction", "angle"),
            ("Row", "the same row", "row"),
            ("Column", "the same column", "column"),
        )
    ),
    FindingKind(
        "Neighbor patches",
        "Patches look at the patches that touch them. Colored by row or column, the picture comes back together.",
        ("neighbour",),
        threshold=0.35,
        color="row",
    ),
    FindingKind(
        "Everything at once",
        "Attention is spread almost evenly over all tokens. Look for a cloud without shape.",
        ("focus",),
        threshold=0.9,
        score=lambda focus: 1 - focus,
        striking=False,
    ),
    FindingKind(
        "Unequal lengths",
        "Queries and keys differ much in length, so a few of them carry most of the weight. Color by norm shows which.",
        ("norm_gap",),
        threshold=0.35,
        color="norm",
        score=np.abs,
        striking=False,
    ),
)
"""Every kind, in the order in which equals are shown."""
