"""Notes on heads: lines of the tooltip of a square in Matrix View."""

from __future__ import annotations

import numpy as np

from layouts.state.view_state import ViewState
from precompute.findings.find import partial_findings
from precompute.run.run import Run

_NUMBERS = ("effective_keys", "sink_share")


def head_notes(run: Run, view: ViewState) -> list[list[str]]:
    """Return a few lines on every head, layer by layer: its clearest behavior, the tint, effective keys, sinks.

    A head without a known behavior has no line for it.
    """
    metrics = run.metrics(without_sinks=view.no_sinks)
    infos = {info.name: info for info in run.manifest.metrics}
    named = [view.tint] if view.tint in infos else []
    named += [name for name in _NUMBERS if name in infos and name not in named]
    model, inputs = run.manifest.model, run.manifest.inputs.kind
    notes = []
    for layer, head in np.ndindex(model.n_layers, model.n_heads):
        own = {name: values[layer : layer + 1, head : head + 1] for name, values in metrics.items()}
        lines = [f"{found.kind.title} {found.score:.2f}" for found in partial_findings(own, {}, inputs)[:1]]
        for name in named:
            value = float(metrics[name][layer, head])
            if np.isfinite(value):
                lines.append(f"{infos[name].label}: {infos[name].text(value)}")
        notes.append(lines)
    return notes
