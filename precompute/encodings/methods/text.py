"""Encodings that follow from the tokens alone."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from precompute.encodings.registry import Encoded, EncodingSource, register_encoding
from precompute.format.manifest import EncodingInfo, TokenTable
from precompute.numeric import Float32
from precompute.tokens.features import is_punctuation


@register_encoding("text", "image")
def side(source: EncodingSource) -> Encoded:
    """Whether a point is a query (0) or a key (1)."""
    n_tokens = len(source.table.tokens)
    info = EncodingInfo(
        name="type",
        label="query vs key",
        kind="type",
        description="Whether a point is the query or the key of its token.",
        categories=("query", "key"),
    )
    return info, np.repeat(np.array([0, 1], dtype=np.float32), n_tokens)


@register_encoding("text")
def position(source: EncodingSource) -> Encoded:
    """Place of the token in its sentence, pos / (len - 1): 0 is the first, 1 the last; 0 in a sentence of one token."""
    positions, lengths = _positions(source.table)
    info = EncodingInfo(
        name="position",
        label="position",
        kind="sequential",
        description="How far into its sentence a token stands, from the first to the last.",
        low_label="start",
        high_label="end",
    )
    return info, (positions / np.maximum(lengths - 1, 1)).astype(np.float32)


@register_encoding("text")
def position_mod_5(source: EncodingSource) -> Encoded:
    """Remainder of the token's position, counted from 0, divided by 5."""
    positions, _ = _positions(source.table)
    info = EncodingInfo(
        name="position-mod-5",
        label="position mod 5",
        kind="categorical",
        description="Remainder of a token's position divided by 5: neighbors differ, every fifth token is alike.",
        categories=("0", "1", "2", "3", "4"),
    )
    return info, (positions % 5).astype(np.float32)


@register_encoding("text")
def punctuation(source: EncodingSource) -> Encoded:
    """Whether nothing is left of the token without punctuation and white space (1), or it is special (1)."""
    bare = _each_distinct(source.table.texts, is_punctuation)
    info = EncodingInfo(
        name="punctuation",
        label="punctuation",
        kind="boolean",
        description="Whether a token is only punctuation or a special token, or has letters or digits.",
        categories=("abc", ".?!"),
    )
    return info, np.maximum(bare, np.asarray(source.table.special, dtype=np.float32))


@register_encoding("text")
def token_length(source: EncodingSource) -> Encoded:
    """Characters of the token as a person reads it, without white space at its ends."""
    lengths = _each_distinct(source.table.texts, lambda text: len(text.strip()))
    return _over_data_set(
        "token-length", "token length", "How many characters a token has.", lengths, ("short", "long")
    )


@register_encoding("text")
def sentence_length(source: EncodingSource) -> Encoded:
    """Tokens of the token's sentence, special ones included."""
    _, lengths = _positions(source.table)
    text = "How many tokens a token's sentence has."
    return _over_data_set("sentence-length", "sentence length", text, lengths, ("short", "long"))


@register_encoding("text")
def token_frequency(source: EncodingSource) -> Encoded:
    """How often the token, as the tokenizer names it, occurs in the whole data set."""
    _, inverse, counts = np.unique(
        np.asarray(source.table.tokens, dtype=object), return_inverse=True, return_counts=True
    )
    text = "How often the same token occurs in all sentences together."
    values = counts[inverse].astype(np.float32)
    return _over_data_set("token-frequency", "token frequency", text, values, ("low", "high"))


def _positions(table: TokenTable) -> tuple[Float32, Float32]:
    """Position of every token in its instance, and the length of that instance: float32 [N] both."""
    offsets = np.asarray(table.offsets, dtype=np.int32)
    lengths = np.diff(offsets).astype(np.int32)
    positions = np.arange(offsets[-1], dtype=np.int32) - np.repeat(offsets[:-1], lengths)
    return positions.astype(np.float32), np.repeat(lengths, lengths).astype(np.float32)


def _each_distinct(texts: Sequence[str], value: Callable[[str], float]) -> Float32:
    """Evaluate once for every distinct text."""
    values = {text: value(text) for text in set(texts)}
    return np.fromiter((values[text] for text in texts), dtype=np.float32, count=len(texts))


def _over_data_set(name: str, label: str, description: str, values: Float32, ends: tuple[str, str]) -> Encoded:
    """Sequential, the palette spanning the values that occur."""
    info = EncodingInfo(
        name=name,
        label=label,
        kind="sequential",
        description=description,
        low=float(values.min()),
        high=float(values.max()),
        low_label=ends[0],
        high_label=ends[1],
    )
    return info, values
