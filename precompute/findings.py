"""Which heads of a run are worth a look, and why: from their metrics to findings."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from precompute.types import Float32, TokenTable

MOST_HEADS = 3
"""Heads of one kind that are named."""

READABLE_LENGTH = 16
"""Tokens of an example that can be read at a glance; the instance nearest to it is taken."""


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
    repeats : bool
        Whether an example needs a token that comes twice.
    explained_by : tuple of str
        Metrics that explain the score away: heads that score higher there do that instead. The pieces of a word are
        neighbours, so a previous-token head looks at them too.
    score : callable
        From the metric to the score, float32 [L, H].
    """

    title: str
    sentence: str
    metrics: tuple[str, ...]
    threshold: float = 0.5
    color: str = "type"
    repeats: bool = False
    explained_by: tuple[str, ...] = ()
    score: Callable[[Float32], Float32] = np.asarray


@dataclass(frozen=True)
class FoundHead:
    """A head and how much it is of the kind."""

    layer: int
    head: int
    score: float


@dataclass(frozen=True)
class Finding:
    """A kind of head that the run has.

    Attributes
    ----------
    kind : FindingKind
        What they do.
    heads : tuple of FoundHead
        The strongest first, at most :data:`MOST_HEADS`.
    count : int
        Heads of the run that reach the threshold.
    """

    kind: FindingKind
    heads: tuple[FoundHead, ...]
    count: int


KINDS: tuple[FindingKind, ...] = (
    FindingKind(
        "Previous token",
        "Every token looks at the one just before it. Coloured by position, its points keep the order of the "
        "sentence: a spiral, or a clump for each place.",
        ("previous_token",),
        color="position",
    ),
    FindingKind(
        "Next token",
        "Every token looks at the one just after it. Coloured by position, its points keep the order of the "
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
        repeats=True,
    ),
    FindingKind(
        "Reverse induction",
        "When a token comes up again, the head looks at what came before it the last time.",
        ("probe.reverse_induction", "reverse_induction"),
        threshold=0.35,
        repeats=True,
    ),
    FindingKind(
        "Duplicate token",
        "A token looks at its own earlier occurrences. Look for tight clumps, each of one token.",
        ("probe.duplicate_token", "duplicate_token"),
        threshold=0.35,
        repeats=True,
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
        color="position",
    ),
    FindingKind(
        "First token",
        "Attention rests on the token at the very start, as on a sink. Coloured by position, its palest keys stand "
        "apart from all others.",
        ("cls", "first_token"),
        color="position",
    ),
    FindingKind(
        "Separator",
        "Attention rests on separators, as on a sink. Coloured by punctuation, their keys stand apart.",
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
        "Tokens look at punctuation marks. Coloured by punctuation, those keys stand apart.",
        ("punctuation",),
        threshold=0.35,
        color="punctuation",
    ),
    *(
        FindingKind(
            title,
            f"Patches look at patches of {of}. Coloured by {color}, neighbours in the picture have the same colour.",
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
        "Neighbour patches",
        "Patches look at the patches that touch them. Coloured by row or column, the picture comes back together.",
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
    ),
    FindingKind(
        "Unequal lengths",
        "Queries and keys differ much in length, so a few of them carry most of the weight. Colour by norm shows "
        "which.",
        ("norm_gap",),
        threshold=0.35,
        color="norm",
        score=np.abs,
    ),
)
"""Every kind, in the order in which equals are shown."""


def find_heads(metrics: Mapping[str, Float32], kinds: Sequence[FindingKind] = KINDS) -> tuple[Finding, ...]:
    """Find the heads that do something known.

    Parameters
    ----------
    metrics : mapping of str to float32 [L, H]
        By name; a number that is not finite never counts.
    kinds : sequence of FindingKind
        What to look for.

    Returns
    -------
    tuple of Finding
        The clearest first. A kind of which no head reaches the threshold is left out.
    """
    found = []
    for kind in kinds:
        name = next((name for name in kind.metrics if name in metrics), None)
        if name is None:
            continue
        scores = np.nan_to_num(kind.score(metrics[name]), nan=-np.inf, posinf=-np.inf, neginf=-np.inf)
        for other in kind.explained_by:
            if other in metrics:
                scores = np.where(metrics[other] > scores, -np.inf, scores)
        reached = np.argwhere(scores >= kind.threshold)
        order = np.argsort([-scores[layer, head] for layer, head in reached], kind="stable")
        heads = [FoundHead(int(layer), int(head), float(scores[layer, head])) for layer, head in reached[order]]
        if heads:
            found.append(Finding(kind, tuple(heads[:MOST_HEADS]), len(heads)))
    return tuple(sorted(found, key=lambda finding: -finding.heads[0].score))


def example_of(kind: FindingKind, table: TokenTable) -> tuple[int, int | None]:
    """Choose an instance that shows what a kind of head does.

    Parameters
    ----------
    kind : FindingKind
        What the head does.
    table : TokenTable
        Of the run.

    Returns
    -------
    instance : int
        Of a length that can be read; with the most repetition where the kind needs it.
    token : int or None
        Position in the instance of a token that comes again; None where all tokens show it.
    """
    spans = list(zip(table.offsets, table.offsets[1:], strict=False))
    unwieldy = [abs(end - start - READABLE_LENGTH) for start, end in spans]
    if not kind.repeats:
        return min(range(len(spans)), key=unwieldy.__getitem__), None
    again = [_repeated(table, start, end) for start, end in spans]
    instance = min(range(len(spans)), key=lambda i: (not again[i], unwieldy[i] - len(again[i])))
    return instance, again[instance][-1] if again[instance] else None


def lower_is_stronger(metric: str) -> bool:
    """Whether the best heads have the lowest values: correlations of distance with attention are -1 at best."""
    return metric.rsplit(".", 1)[-1] in {"correlation", "attention_correlation"}


def is_whole_number(metric: str) -> bool:
    """Whether a metric counts something and so needs no decimals."""
    return metric == "best_offset"


def metric_text(metric: str, value: float) -> str:
    """Say a metric's value as all views do.

    Parameters
    ----------
    metric : str
        Its name.
    value : float
        A value that is not finite is said to be none.
    """
    if not np.isfinite(value):
        return "none"
    return f"{value:.0f}" if is_whole_number(metric) else f"{value:.2f}"


def _repeated(table: TokenTable, start: int, end: int) -> list[int]:
    """Positions of tokens, not special, that occurred before in the instance."""
    seen: Counter[str] = Counter()
    positions = []
    for position, index in enumerate(range(start, end)):
        token = table.tokens[index]
        if seen[token] and not table.special[index]:
            positions.append(position)
        seen[token] += 1
    return positions
