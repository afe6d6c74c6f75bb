"""Language of the tiny GPT-2: 128 words, a grammar, and random repeated segments."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

Ids = NDArray[np.int64]

UNKNOWN, PADDING = "<unk>", "<pad>"
PUNCTUATION = (".", ",", "?", "!", '"')

CATEGORIES: Mapping[str, tuple[str, ...]] = {
    "NAME": ("anna", "ben", "clara", "david", "emma", "frank"),
    "PERSON": ("man", "woman", "boy", "girl", "child", "king", "queen", "teacher", "doctor", "farmer"),
    "ANIMAL": ("dog", "cat", "bird", "horse", "mouse", "fox", "bear"),
    "THING": ("key", "cup", "ball", "bell", "hat", "lamp", "ring", "map"),
    "FURNITURE": ("chair", "table"),
    "OPENABLE": ("book", "letter", "box", "bag", "door", "window"),
    "PLACE": ("house", "garden", "river", "forest", "school", "market", "kitchen", "village", "city"),
    "HANDLED": ("found", "took", "lost", "kept", "carried", "painted"),
    "MOVED": ("opened", "closed"),
    "MET": ("saw", "liked", "loved", "helped", "followed"),
    "RESTED": ("slept", "sang", "laughed", "waited", "danced"),
    "WENT": ("ran", "walked", "went", "came"),
    "COLOR": ("red", "green", "blue", "white"),
    "SIZE": ("big", "small", "old"),
    "MOOD": ("happy", "tired", "kind", "quiet", "young"),
    "OWNER": ("my", "your", "his", "her"),
    "AT": ("in", "near", "behind"),
    "PRONOUN": ("he", "she"),
}
"""Words that can stand for one another. A category's name is a symbol of the grammar."""

RULES: Mapping[str, tuple[str, ...]] = {
    "SENTENCE": (
        "CLAUSE .",
        "CLAUSE today .",
        "CLAUSE again !",
        "CLAUSE and CLAUSE .",
        "CLAUSE , but CLAUSE .",
        "CLAUSE because CLAUSE .",
        "when CLAUSE , CLAUSE .",
        "CLAUSE , and then CLAUSE .",
        "every ANIMAL RESTED , and every PERSON RESTED .",
        "where is OWNER THING1 ? OWNER THING1 is AT the PLACE .",
        "who HANDLED1 the THING1 ? NAME1 HANDLED1 the THING1 .",
        "who MET1 the ANIMAL1 ? not NAME1 , but NAME2 MET1 the ANIMAL1 .",
        "NAME1 gave NAME2 the THING1 , and NAME2 gave NAME1 the THING2 .",
        "the ANIMAL1 MET1 the ANIMAL2 , but the ANIMAL2 never MET1 the ANIMAL1 .",
        "NAME1 , NAME2 and NAME3 WENT to the PLACE .",
        "NAME1 and NAME2 found the THING1 , and they gave the THING1 to the PERSON .",
        '" where is my THING1 ? " asked NAME1 . " your THING1 is AT the PLACE , " said NAME2 .',
        '" PRONOUN MET the PERSON1 , " said the PERSON2 .',
        "the THING1 is COLOR1 , the OPENABLE1 is COLOR2 , and the THING2 is COLOR3 .",
        "one , two , three , four , five !",
    ),
    "CLAUSE": (
        "SUBJECT RESTED",
        "SUBJECT RESTED AT the PLACE",
        "SUBJECT WENT to the PLACE",
        "SUBJECT WENT from the PLACE to the PLACE",
        "SUBJECT WENT to the PLACE with OBJECT",
        "SUBJECT HANDLED OBJECT",
        "SUBJECT MOVED the OPENABLE",
        "SUBJECT MET SUBJECT",
        "SUBJECT was MOOD",
        "the THING was on the FURNITURE",
    ),
    "SUBJECT": (
        "NAME",
        "NAME",
        "the PERSON",
        "the MOOD PERSON",
        "OWNER teacher",
        "OWNER ANIMAL",
        "the ANIMAL",
        "a SIZE ANIMAL",
    ),
    "OBJECT": ("the THING", "a THING", "a SIZE THING", "the COLOR OPENABLE", "OWNER THING", "OWNER COLOR OPENABLE"),
}
"""Productions of the grammar. ``NAME1`` twice in one production is the same name twice, ``NAME2`` is another name."""

SYMBOL = re.compile(r"([A-Z]+)(\d?)")


def vocabulary() -> tuple[str, ...]:
    """Return the 128 words by id: special tokens, punctuation, words of the grammar."""
    function_words = [
        word
        for productions in RULES.values()
        for production in productions
        for word in production.split()
        if word.isalpha() and word.islower()
    ]
    words = [*function_words, "an", *(word for category in CATEGORIES.values() for word in category)]
    return tuple(dict.fromkeys([UNKNOWN, PADDING, *PUNCTUATION, *words]))


def sentence(rng: np.random.Generator) -> list[str]:
    """Draw one sentence of the grammar: 3 to 30 words and punctuation marks of :func:`vocabulary`."""
    words = _expand("SENTENCE", rng, set())
    return [
        "an" if word == "a" and following[:1] in {"a", "e", "i", "o", "u"} else word
        for word, following in zip(words, [*words[1:], ""], strict=True)
    ]


def _expand(symbol: str, rng: np.random.Generator, taken: set[str]) -> list[str]:
    production = _pick(RULES[symbol], rng)
    bound: dict[str, str] = {}
    words: list[str] = []
    for part in production.split():
        match = SYMBOL.fullmatch(part)
        if match is None:
            words.append(part)
        elif match[1] in RULES:
            words.extend(_expand(match[1], rng, taken))
        elif match[2] and part in bound:
            words.append(bound[part])
        else:
            category = CATEGORIES[match[1]]
            bound[part] = _pick([word for word in category if word not in taken] or category, rng)
            taken.add(bound[part])
            words.append(bound[part])
    return words


def _pick(choices: Sequence[str], rng: np.random.Generator) -> str:
    return choices[int(rng.integers(len(choices)))]


def repeated_segments(
    rng: np.random.Generator, n_rows: int, segment: int, length: int, n_words: int, *, distinct: bool = True
) -> Ids:
    """Draw rows of random words that repeat with a period.

    Parameters
    ----------
    n_rows, segment, length : int
        Rows, period, and words in a row.
    n_words : int
        Size of the vocabulary, at least ``segment`` if ``distinct``.
    distinct : bool
        Whether the words of one segment all differ.

    Returns
    -------
    int64 [n_rows, length]
        Ids below ``n_words``; column i equals column i + ``segment``.
    """
    if distinct:
        one = rng.permuted(np.tile(np.arange(n_words), (n_rows, 1)), axis=1)[:, :segment]
    else:
        one = rng.integers(n_words, size=(n_rows, segment))
    return np.tile(one, (1, -(-length // segment)))[:, :length].astype(np.int64)
