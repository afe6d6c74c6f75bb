"""Heads of presets over built-in data, as tasks."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from precompute.attention.sinks import sink_tokens
from precompute.build.head_task import HeadTask
from precompute.capture import capture_instances
from precompute.embedding.joint import joint_embedding
from precompute.format.manifest import LayoutKey, Quality
from precompute.inputs.load import load_inputs
from precompute.models.source import resolve_model
from precompute.numeric import Float32, Int32
from precompute.projections.head_space import HeadSpace
from tests.support.heads import head_of


@dataclass(frozen=True)
class RealHeads:
    """Queries and keys of a real model over real data.

    Attributes
    ----------
    queries, keys : float32 [L, H, N, d_head]
    scale : float
    offsets : int32 [n_instances + 1]
    sinks : bool [N]
    causal : bool
        Whether later keys are hidden in all layers.
    """

    queries: Float32
    keys: Float32
    scale: float
    offsets: Int32
    sinks: NDArray[np.bool_]
    causal: bool

    def first(self, n_tokens: int) -> RealHeads:
        """Keep the first tokens, the last sentence cut."""
        offsets = self.offsets[self.offsets < n_tokens]
        return RealHeads(
            self.queries[:, :, :n_tokens],
            self.keys[:, :, :n_tokens],
            self.scale,
            np.append(offsets, np.int32(n_tokens)),
            self.sinks[:n_tokens],
            self.causal,
        )

    def task(self, layer: int, head: int, layouts: tuple[LayoutKey, ...] = (), quality: Quality = "fast") -> HeadTask:
        """Make the task of laying out one head."""
        own = head_of(
            np.ascontiguousarray(self.queries[layer, head]),
            np.ascontiguousarray(self.keys[layer, head]),
            self.scale,
            self.offsets,
            causal=self.causal,
            layer=layer,
            index=head,
        )
        return HeadTask(own, layouts, quality, sinks=self.sinks)


def real_heads() -> RealHeads:
    """Run MiniLM over both built-in sets of sentences."""
    return heads_of("minilm", "sentences", "tiny-words")


def heads_of(preset: str, *names: str) -> RealHeads:
    """Run a preset over built-in data; its masks are all full, or all causal."""
    model = resolve_model(preset).load()
    prepared = [model.prepare(load_inputs(name)) for name in names]
    instances = [instance for part in prepared for instance in capture_instances(model, part)]
    lengths = [length for part in prepared for length in np.diff(part.table.offsets)]
    causal = instances[0].masks[0] == "causal"
    return RealHeads(
        np.concatenate([np.stack(instance.queries) for instance in instances], axis=2),
        np.concatenate([np.stack(instance.keys) for instance in instances], axis=2),
        float(instances[0].scales[0]),
        np.concatenate([[0], np.cumsum(lengths)]).astype(np.int32),
        np.concatenate([sink_tokens(part.table, causal=causal) for part in prepared]),
        causal,
    )


def space_of(task: HeadTask) -> HeadSpace:
    """Return a new space of a head, with nothing computed yet."""
    head = task.head
    return HeadSpace(head, joint_embedding(head.queries, head.keys).vectors, task.quality)
