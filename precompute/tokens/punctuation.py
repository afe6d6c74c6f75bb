"""What counts as punctuation, in any script."""

from __future__ import annotations

import unicodedata

_PUNCTUATION_SYMBOLS = frozenset({"Sm", "Sc", "Sk"})
"""ASCII punctuation that Unicode calls symbols: + < = > | ~ are Sm, $ is Sc, ^ ` are Sk. Emoji (So) stay outside."""


def is_punctuation(text: str) -> bool:
    """Say whether nothing is left of a text without punctuation and white space.

    Parameters
    ----------
    text : str
        As a person reads it.

    Returns
    -------
    bool
        True for the empty text too.
    """
    return all(map(_is_punctuation_character, text))


def _is_punctuation_character(character: str) -> bool:
    category = unicodedata.category(character)
    return category[0] == "P" or category in _PUNCTUATION_SYMBOLS or character.isspace()
