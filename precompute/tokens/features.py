"""Features of tokens for metrics: equality, special tokens, punctuation, words."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from precompute.format.manifest import TokenTable
from precompute.tokens.patches import PatchFeatures, patch_features

Int64 = NDArray[np.int64]
Bool = NDArray[np.bool_]

WORD_STARTS = ("Ġ", "▁")
"""Marks of a word's first token: byte-level BPE, SentencePiece."""

WORD_CONTINUES = "##"
"""Mark of a word's later tokens: WordPiece."""

REGISTER = "[REG"
"""Prefix of the names of register tokens (``precompute.capture.patch_grid``)."""

WORD_ENDS = "</w>"
"""Mark of a word's last token: BPE as in CLIP."""


@dataclass(frozen=True)
class TokenFeatures:
    """Features of consecutive tokens.

    Attributes
    ----------
    ids : int64 [n]
        Equal for equal tokens.
    special : bool [n]
        Special and prefix tokens.
    punctuation : bool [n]
        Tokens that are only punctuation and not special.
    words : int64 [n]
        Equal for the tokens of one word.
    patches : PatchFeatures or None
        None for sentences.
    sinks : bool [n] or None
        Tokens of :func:`precompute.attention.sinks.sink_tokens`; None where not needed.
    registers : bool [n] or None
        Register tokens; None where there are none.
    """

    ids: Int64
    special: Bool
    punctuation: Bool
    words: Int64
    patches: PatchFeatures | None = None
    sinks: Bool | None = None
    registers: Bool | None = None

    def __getitem__(self, tokens: slice) -> TokenFeatures:
        """Return the features of a range of the tokens."""
        return TokenFeatures(
            self.ids[tokens],
            self.special[tokens],
            self.punctuation[tokens],
            self.words[tokens],
            None if self.patches is None else self.patches[tokens],
            None if self.sinks is None else self.sinks[tokens],
            None if self.registers is None else self.registers[tokens],
        )


def token_features(table: TokenTable, pictures: NDArray[np.uint8] | None = None) -> TokenFeatures:
    """Return the features of all tokens of a run.

    Images are uint8 [n_instances, height, width, 3], as the model reads them.
    """
    special = np.asarray(table.special, bool)
    number = {token: i for i, token in enumerate(dict.fromkeys(table.tokens))}
    only_punctuation = {text: is_punctuation(text) for text in set(table.texts)}
    punctuation = np.array([only_punctuation[text] for text in table.texts], bool) & ~special
    starts = ~_continues(table.tokens) | special | punctuation
    starts[1:] |= special[:-1] | punctuation[:-1]
    starts[[start for start in table.offsets[:-1] if start < len(starts)]] = True
    ids = np.array([number[token] for token in table.tokens], np.int64)
    patches = None if pictures is None else patch_features(pictures, table)
    registers = np.array([token.startswith(REGISTER) for token in table.tokens], bool) & special
    return TokenFeatures(
        ids, special, punctuation, np.cumsum(starts), patches, registers=registers if registers.any() else None
    )


def _continues(tokens: Sequence[str]) -> Bool:
    """Whether each token's own mark, or lack of one, attaches it to the word before it."""
    if any(token.startswith(WORD_STARTS) for token in tokens):
        return np.array([not token.startswith(WORD_STARTS) for token in tokens], bool)
    if any(token.endswith(WORD_ENDS) for token in tokens):
        return np.array([False] + [not token.endswith(WORD_ENDS) for token in tokens[:-1]], bool)
    return np.array([token.startswith(WORD_CONTINUES) for token in tokens], bool)


_PUNCTUATION_SYMBOLS = frozenset({"Sm", "Sc", "Sk"})
"""ASCII punctuation that Unicode calls symbols: + < = > | ~ are Sm, $ is Sc, ^ ` are Sk. Emoji (So) stay outside."""


def is_punctuation(text: str) -> bool:
    """Whether a readable text is only punctuation and white space; True for the empty text."""
    return all(map(_is_punctuation_character, text))


def _is_punctuation_character(character: str) -> bool:
    category = unicodedata.category(character)
    return category[0] == "P" or category in _PUNCTUATION_SYMBOLS or character.isspace()
