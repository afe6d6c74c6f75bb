"""The standard induction probe: random tokens that repeat, run through the model."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from precompute.attention.layer import InstanceAttention
from precompute.format.manifest import MetricInfo, TokenTable
from precompute.metrics.layer_measure import layer_metrics
from precompute.metrics.registry import METRICS
from precompute.numeric import Float32
from precompute.tokens.features import token_features

SEGMENT = 24
"""Random tokens before the repetition: far longer than any offset that a head could have learned instead."""


@dataclass(frozen=True)
class InductionProbe:
    """Sequences of random tokens, each a segment repeated at least once (Olsson et al. 2022, arXiv 2209.11895).

    Only the repetition predicts the next token, so attention to it is a property of the head, not of the text.

    Attributes
    ----------
    ids : int64 [n_sequences, len]
        Token ids for the model, prefix and suffix included.
    table : TokenTable
        The same tokens, each named by its id.
    """

    ids: NDArray[np.int64]
    table: TokenTable


@dataclass(frozen=True)
class Vocabulary:
    """Token ids for a probe: ordinary int64 [n] to draw from; special prefix and suffix that the model expects."""

    ordinary: NDArray[np.int64]
    prefix: tuple[int, ...] = ()
    suffix: tuple[int, ...] = ()


def vocabulary_in_use(rows: Sequence[NDArray[np.int64]], table: TokenTable) -> Vocabulary:
    """Return the ordinary tokens of a data set, and the special ones around its first instance.

    ``rows`` are the token ids int64 [len] of each instance of the table.
    """
    special = np.asarray(table.special, bool)
    ordinary = np.unique(np.concatenate([np.asarray(row, np.int64) for row in rows])[~special])
    first, flags = rows[0], special[: len(rows[0])]
    n_prefix = int(np.logical_and.accumulate(flags).sum())
    n_suffix = int(np.logical_and.accumulate(flags[n_prefix:][::-1]).sum())
    return Vocabulary(
        ordinary,
        prefix=tuple(int(token) for token in first[:n_prefix]),
        suffix=tuple(int(token) for token in first[len(first) - n_suffix :]),
    )


def induction_probe(
    vocabulary: Vocabulary,
    *,
    n_sequences: int = 16,
    segment: int = SEGMENT,
    repeats: int = 2,
    max_length: int | None = None,
    seed: int = 0,
) -> InductionProbe:
    """Draw the sequences of the probe.

    Parameters
    ----------
    vocabulary : Vocabulary
        Within a segment every ordinary token is unique, so the vocabulary limits its length.
    segment : int
        Tokens before the repetition.
    repeats : int
        Occurrences of a segment, at least 2.
    max_length : int, optional
        Length limit of the model in tokens; a longer segment is shortened.

    Raises
    ------
    ValueError
        Nothing would repeat: no ordinary token, ``repeats`` below 2, or no room for two segments.
    """
    prefix, suffix = vocabulary.prefix, vocabulary.suffix
    if max_length is not None:
        segment = min(segment, (max_length - len(prefix) - len(suffix)) // max(repeats, 1))
    segment = min(segment, len(vocabulary.ordinary))
    if segment < 1 or repeats < 2:
        raise ValueError("a probe needs ordinary tokens and room for at least two readings of them")
    rng = np.random.default_rng(seed)
    segments = [rng.choice(vocabulary.ordinary, segment, replace=False) for _ in range(n_sequences)]
    ids = np.array([[*prefix, *np.tile(own, repeats), *suffix] for own in segments], np.int64)
    flags = (True,) * len(prefix) + (False,) * (segment * repeats) + (True,) * len(suffix)
    names = tuple(str(token) for token in ids.ravel())
    table = TokenTable(
        tokens=names,
        texts=names,
        special=flags * n_sequences,
        offsets=tuple(range(0, ids.size + 1, ids.shape[1])),
        instances=tuple(f"probe {i}" for i in range(n_sequences)),
    )
    return InductionProbe(ids, table)


def probe_metrics(
    instances: Iterable[InstanceAttention], probe: InductionProbe, query_norms: Float32, key_norms: Float32
) -> dict[MetricInfo, Float32]:
    """Measure every head of one layer on the probe: float32 [H] for each probed metric, named ``probe.<name>``.

    Norms are as for :func:`precompute.metrics.layer_measure.layer_metrics`.
    """
    measured = layer_metrics(instances, token_features(probe.table), query_norms, key_norms)
    return {_on_probe(info): values for info, values in measured.items() if METRICS.get(info.name).probed}


def _on_probe(info: MetricInfo) -> MetricInfo:
    return replace(
        info,
        name=f"probe.{info.name}",
        label=f"{info.label}, probe",
        description=f"On random tokens that repeat. {info.description}",
    )
