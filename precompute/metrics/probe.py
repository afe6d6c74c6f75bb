"""The standard induction probe: random tokens that repeat, run through the model."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from precompute.layer_attention import InstanceAttention
from precompute.metrics.heads import layer_metrics
from precompute.metrics.token_features import TokenFeatures
from precompute.types import Float32, Int32, MetricInfo

PROBED = ("induction", "reverse_induction", "duplicate_token", "previous_token")
"""Metrics that are measured on the probe too, as ``probe.<name>``."""

SEGMENT = 24
"""Random tokens before the repetition: far longer than any offset that a head could have learned instead."""


@dataclass(frozen=True)
class InductionProbe:
    """Sequences of random tokens, each of them a segment read twice or more (Olsson et al. 2022, arXiv 2209.11895).

    Nothing but the repetition tells what comes next, so attention to it is the head's doing and not the text's.

    Attributes
    ----------
    ids : int32 [n_sequences, len]
        Token ids for the model, prefix and suffix included.
    features : TokenFeatures
        Of all sequences, one after another.
    offsets : int32 [n_sequences + 1]
        Token range of each sequence.
    """

    ids: Int32
    features: TokenFeatures
    offsets: Int32


def induction_probe(
    vocabulary: Sequence[int] | NDArray[np.integer],
    *,
    n_sequences: int = 16,
    segment: int = SEGMENT,
    repeats: int = 2,
    prefix: Sequence[int] = (),
    suffix: Sequence[int] = (),
    seed: int = 0,
) -> InductionProbe:
    """Draw the sequences of the probe.

    Parameters
    ----------
    vocabulary : sequence of int
        Ids of ordinary tokens. Within a segment no token comes twice while there are enough of them; with a smaller
        vocabulary the segment is that short.
    n_sequences : int
        Sequences.
    segment : int
        Tokens before the repetition.
    repeats : int
        Times that a segment is read, at least 2.
    prefix, suffix : sequence of int
        Special tokens that the model expects around its input: CLS, BOS, SEP.
    seed : int
        Of the draw.

    Returns
    -------
    InductionProbe

    Raises
    ------
    ValueError
        The vocabulary is empty, or nothing would repeat.
    """
    distinct = np.unique(np.asarray(vocabulary, np.int32))
    if len(distinct) == 0 or repeats < 2 or segment < 1:
        raise ValueError("a probe needs a vocabulary and at least two readings of a segment")
    rng = np.random.default_rng(seed)
    segments = [rng.choice(distinct, min(segment, len(distinct)), replace=False) for _ in range(n_sequences)]
    ids = np.array([[*prefix, *np.tile(own, repeats), *suffix] for own in segments], np.int32)
    n, length = ids.shape
    special = np.zeros(ids.shape, bool)
    special[:, : len(prefix)] = True
    special[:, length - len(suffix) :] = True
    features = TokenFeatures(
        ids=ids.ravel().astype(np.int64),
        special=special.ravel(),
        punctuation=np.zeros(ids.size, bool),
        words=np.arange(ids.size),
    )
    return InductionProbe(ids, features, np.arange(n + 1, dtype=np.int32) * length)


def probe_metrics(
    instances: Iterable[InstanceAttention], probe: InductionProbe, query_norms: Float32, key_norms: Float32
) -> dict[MetricInfo, Float32]:
    """Measure every head of one layer on the probe.

    Parameters
    ----------
    instances : iterable of InstanceAttention
        Attention of the layer over the probe's sequences.
    probe : InductionProbe
    query_norms, key_norms : float32 [H, n_tokens], [H_kv, n_tokens]
        As for :func:`precompute.metrics.heads.layer_metrics`.

    Returns
    -------
    dict of MetricInfo to float32 [H]
        The metrics :data:`PROBED`, named ``probe.<name>``.
    """
    measured = layer_metrics(instances, probe.features, query_norms, key_norms)
    return {_on_probe(info): values for info, values in measured.items() if info.name in PROBED}


def _on_probe(info: MetricInfo) -> MetricInfo:
    return replace(
        info,
        name=f"probe.{info.name}",
        label=f"{info.label}, probe",
        description=f"On random tokens that repeat. {info.description}",
    )
