"""Encodings that follow from the tokens alone."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from precompute.encodings.registry import Encoded, EncodingSource, encoding
from precompute.format.manifest import TokenTable
from precompute.numeric import Float32
from precompute.tokens.features import is_punctuation


@encoding(
    "type",
    label="query vs key",
    kind="type",
    help="Whether a point is the query or the key of its token.",
    categories=("query", "key"),
)
def side(source: EncodingSource) -> Encoded:
    """Query (0) or key (1)."""
    n_tokens = len(source.table.tokens)
    return Encoded(np.repeat(np.array([0, 1], dtype=np.float32), n_tokens))


@encoding(
    "position",
    label="position",
    kind="sequential",
    inputs=("text",),
    help="Position of the token in its sentence, from the first to the last.",
    low_label="start",
    high_label="end",
)
def position(source: EncodingSource) -> Encoded:
    """Position in the sentence, pos / (len - 1): 0 is the first, 1 the last; 0 in a sentence of one token."""
    positions, lengths = _positions(source.table)
    return Encoded((positions / np.maximum(lengths - 1, 1)).astype(np.float32))


@encoding(
    "position-mod-5",
    label="position mod 5",
    kind="categorical",
    inputs=("text",),
    help="Remainder of a token's position divided by 5: neighbors differ, every fifth token is alike.",
    palette="five",
    categories=("0", "1", "2", "3", "4"),
)
def position_mod_5(source: EncodingSource) -> Encoded:
    """Remainder of the token's position, counted from 0, divided by 5."""
    positions, _ = _positions(source.table)
    return Encoded((positions % 5).astype(np.float32))


@encoding(
    "punctuation",
    label="punctuation",
    kind="boolean",
    inputs=("text",),
    help="Whether a token is only punctuation or a special token, or has letters or digits.",
    categories=("abc", ".?!"),
)
def punctuation(source: EncodingSource) -> Encoded:
    """1 for a token of punctuation and white space only, and for a special token; else 0."""
    marks = _each_distinct(source.table.texts, is_punctuation)
    return Encoded(np.maximum(marks, np.asarray(source.table.special, dtype=np.float32)))


@encoding(
    "token-length",
    label="token length",
    kind="sequential",
    inputs=("text",),
    help="Number of characters of a token.",
    low_label="short",
    high_label="long",
)
def token_length(source: EncodingSource) -> Encoded:
    """Characters of the token's text, without white space at its ends."""
    return _over_data_set(_each_distinct(source.table.texts, lambda text: len(text.strip())))


@encoding(
    "sentence-length",
    label="sentence length",
    kind="sequential",
    inputs=("text",),
    help="Number of tokens of a token's sentence.",
    low_label="short",
    high_label="long",
)
def sentence_length(source: EncodingSource) -> Encoded:
    """Tokens of the token's sentence, special ones included."""
    _, lengths = _positions(source.table)
    return _over_data_set(lengths)


@encoding(
    "token-frequency",
    label="token frequency",
    kind="sequential",
    inputs=("text",),
    help="Number of times the same token occurs in all sentences together.",
)
def token_frequency(source: EncodingSource) -> Encoded:
    """Occurrences in the data set of the token as the tokenizer names it."""
    _, inverse, counts = np.unique(
        np.asarray(source.table.tokens, dtype=object), return_inverse=True, return_counts=True
    )
    return _over_data_set(counts[inverse].astype(np.float32))


def _positions(table: TokenTable) -> tuple[Float32, Float32]:
    """Return the position of every token in its instance, and that instance's length, both float32 [N]."""
    offsets = np.asarray(table.offsets, dtype=np.int32)
    lengths = np.diff(offsets).astype(np.int32)
    positions = np.arange(offsets[-1], dtype=np.int32) - np.repeat(offsets[:-1], lengths)
    return positions.astype(np.float32), np.repeat(lengths, lengths).astype(np.float32)


def _each_distinct(texts: Sequence[str], value: Callable[[str], float]) -> Float32:
    """Compute a value once per distinct text."""
    values = {text: value(text) for text in set(texts)}
    return np.fromiter((values[text] for text in texts), dtype=np.float32, count=len(texts))


def _over_data_set(values: Float32) -> Encoded:
    """Span the palette over the values that occur."""
    return Encoded(values, low=float(values.min()), high=float(values.max()))
