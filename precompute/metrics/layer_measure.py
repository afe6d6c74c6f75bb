"""All head metrics of a layer, or of a run, in one pass over its instances."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from precompute.attention.head import key_heads
from precompute.attention.layer import InstanceAttention
from precompute.format.manifest import MetricInfo, Modality
from precompute.metrics.registry import METRICS, AttentionView, Tally
from precompute.numeric import Float32
from precompute.tokens.features import TokenFeatures


class LayerMeasure:
    """Running measurement of every head of one layer, instance by instance.

    Parameters
    ----------
    tokens : TokenFeatures
        Of all tokens of the data set.
    query_norms, key_norms : float32 [H, N], [H_kv, N]
        L2 norms of the raw vectors; query head h reads row h // (H / H_kv) of the keys.
    kind : {"text", "image"}
        Selects the metrics that apply.
    """

    def __init__(
        self, tokens: TokenFeatures, query_norms: Float32, key_norms: Float32, *, kind: Modality = "text"
    ) -> None:
        self._tokens = tokens
        self._query_norms = query_norms
        self._key_norms = key_norms[key_heads(len(query_norms), len(key_norms))]
        self._metrics = [metric for metric in METRICS.all().values() if kind in metric.inputs]
        self._tallies: dict[str, Tally] = {}

    def add(self, instance: InstanceAttention) -> None:
        """Add an instance, in any order."""
        view = AttentionView(
            instance.pattern,
            instance.visible,
            self._tokens[instance.tokens],
            self._query_norms[:, instance.tokens],
            self._key_norms[:, instance.tokens],
            instance.sink,
        )
        for metric in self._metrics:
            own = metric.measure(view)
            before = self._tallies.get(metric.info.name)
            self._tallies[metric.info.name] = own if before is None else before + own

    def metrics(self) -> dict[MetricInfo, Float32]:
        """Return float32 [H] for every metric, in the order of registration.

        A metric is omitted if no query of the data set has a target (SEP without special tokens, induction without
        repetition).
        """
        return {
            metric.info: metric.finish(self._tallies[metric.info.name]).astype(np.float32)
            for metric in self._metrics
            if metric.info.name in self._tallies and (self._tallies[metric.info.name].count > 0).any()
        }


def layer_metrics(
    instances: Iterable[InstanceAttention],
    tokens: TokenFeatures,
    query_norms: Float32,
    key_norms: Float32,
    *,
    kind: Modality = "text",
) -> dict[MetricInfo, Float32]:
    """Measure every head of one layer over all instances, in any order; see :class:`LayerMeasure`."""
    measure = LayerMeasure(tokens, query_norms, key_norms, kind=kind)
    for instance in instances:
        measure.add(instance)
    return measure.metrics()


def stack_layers(layers: Sequence[Mapping[MetricInfo, Float32]]) -> dict[MetricInfo, Float32]:
    """Stack :func:`layer_metrics` of all layers, float32 [H] from layer 0 on, to float32 [L, H].

    A layer whose mask hides all targets of a metric gets 0, as uniform attention.
    """
    names = dict.fromkeys(info for layer in layers for info in layer)
    width = len(next(iter(layers[0].values())))
    absent = np.zeros(width, np.float32)
    return {info: np.stack([layer.get(info, absent) for layer in layers]) for info in names}
