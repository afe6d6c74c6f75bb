"""Heads with a known answer: queries and keys made for the attention in their name."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from precompute.attention.layer import InstanceAttention
from precompute.format.manifest import TokenTable
from precompute.numeric import Float32, Int32
from precompute.tokens.features import TokenFeatures, token_features
from tests.support.heads import layer_of

SHARPNESS = 20.0
"""Score of a target over every other key: all other keys together keep less than a millionth of the attention."""

Targets = Callable[[Sequence[str], int], list[int]]
"""From the tokens of an instance and a query position to the key positions that share its attention."""


def previous_token(_: Sequence[str], i: int) -> list[int]:
    return [i - 1] if i else []


def next_token(tokens: Sequence[str], i: int) -> list[int]:
    return [i + 1] if i + 1 < len(tokens) else []


def own_token(_: Sequence[str], i: int) -> list[int]:
    return [i]


def first_token(_: Sequence[str], __: int) -> list[int]:
    return [0]


def three_back(_: Sequence[str], i: int) -> list[int]:
    return [i - 3] if i >= 3 else []


def induction(tokens: Sequence[str], i: int) -> list[int]:
    return [j + 1 for j in range(i - 1) if tokens[j] == tokens[i]]


def reverse_induction(tokens: Sequence[str], i: int) -> list[int]:
    return [j - 1 for j in range(1, i) if tokens[j] == tokens[i]]


def duplicate_token(tokens: Sequence[str], i: int) -> list[int]:
    return [j for j in range(len(tokens)) if j != i and tokens[j] == tokens[i]]


def uniform(_: Sequence[str], __: int) -> list[int]:
    return []


@dataclass(frozen=True)
class PlantedLayer:
    """A layer of planted heads over a small data set.

    Attributes
    ----------
    names : tuple of str
        What each head does.
    table : TokenTable
        The data set.
    queries, keys : float32 [H, N, d_head]
        ``d_head`` is the length of the longest instance.
    causal : bool
        Whether a query sees no later key.
    """

    names: tuple[str, ...]
    table: TokenTable
    queries: Float32
    keys: Float32
    causal: bool

    @property
    def offsets(self) -> Int32:
        """Token range of each instance."""
        return np.array(self.table.offsets, np.int32)

    @property
    def features(self) -> TokenFeatures:
        """Of all tokens."""
        return token_features(self.table)

    def attention(self, instances: Sequence[int] | None = None) -> list[InstanceAttention]:
        """Attention of all, or of the chosen, instances."""
        return list(
            layer_of(self.queries, self.keys, 1.0, self.offsets, causal=self.causal).attention(instances=instances)
        )


def plant(heads: dict[str, Targets], sentences: Sequence[Sequence[str]], *, causal: bool = False) -> PlantedLayer:
    """Plant one head for every function.

    The key of position j is the j-th unit vector; a query points to its targets. A query without targets is zero and
    attends evenly to all it sees.

    Parameters
    ----------
    heads : dict of str to function
        By name.
    sentences : sequence of sequence of str
        Tokens of each instance; those in square brackets are special.
    causal : bool
        Whether a query sees no later key.
    """
    width = max(map(len, sentences))
    queries = np.concatenate([_queries(heads, tokens, width) for tokens in sentences], axis=1)
    keys = np.concatenate([np.eye(width, dtype=np.float32)[: len(tokens)] for tokens in sentences])
    return PlantedLayer(tuple(heads), table_of(sentences), queries, np.repeat(keys[None], len(heads), axis=0), causal)


def table_of(sentences: Sequence[Sequence[str]]) -> TokenTable:
    """Token table of sentences whose tokens in square brackets are special."""
    tokens = tuple(token for sentence in sentences for token in sentence)
    return TokenTable(
        tokens=tokens,
        texts=tuple(token.removeprefix("##") for token in tokens),
        special=tuple(token.startswith("[") for token in tokens),
        offsets=(0, *np.cumsum([len(sentence) for sentence in sentences]).tolist()),
        instances=tuple(" ".join(sentence) for sentence in sentences),
    )


def repeated_words(n_sentences: int = 6, *, segment: int = 20, seed: int = 0) -> list[list[str]]:
    """Sentences that each read a segment of different words twice."""
    rng = np.random.default_rng(seed)
    words = [f"word{i}" for i in range(200)]
    return [2 * rng.choice(words, segment, replace=False).tolist() for _ in range(n_sentences)]


def _queries(heads: dict[str, Targets], tokens: Sequence[str], width: int) -> NDArray[np.float32]:
    queries = np.zeros((len(heads), len(tokens), width), np.float32)
    for head, targets in enumerate(heads.values()):
        for i in range(len(tokens)):
            queries[head, i, targets(tokens, i)] = SHARPNESS
    return queries
