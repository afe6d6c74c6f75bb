"""One model type: a tiny random checkpoint, shown by this project, held to the model's own eager attention."""

from __future__ import annotations

import tempfile
import traceback
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from precompute.capture import capture_instances
from precompute.errors import UserError
from precompute.models.loaded import LoadedModel
from precompute.models.source import resolve_model
from scripts.census.checkpoint import save_checkpoint
from scripts.census.own_patterns import largest_difference, own_patterns, recomputed

EXACT = 1e-5

TEXTS = ("the cat sat on the mat and the dog ran far away and", "cat", "dog ran far away", "and and the mat sat on")


@dataclass(frozen=True)
class Sentences:
    """Sentences as a model is given them, of different length."""

    texts: tuple[str, ...] = TEXTS
    columns: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


def census_of(model_type: str) -> dict[str, Any]:
    """Return the outcome of a model type.

    ``outcome`` is ``exact``, ``wrong``, ``refused``, ``traceback``, ``image`` (a vision model, measured elsewhere) or
    ``unbuildable``; ``reason`` is the answer to the user, ``worst`` is the largest difference of a pattern.
    """
    with tempfile.TemporaryDirectory() as folder:
        directory = Path(folder) / "model"
        try:
            save_checkpoint(model_type, directory)
        except Exception as error:  # the library cannot build its own type from a tiny configuration
            return {"outcome": "unbuildable", "reason": f"{type(error).__name__}: {error}"[:200]}
        try:
            source = resolve_model(str(directory))
            return {"outcome": "image"} if source.kind == "image" else _compare(source.load())
        except UserError as error:
            return {"outcome": "refused", "reason": str(error).replace(str(directory), "DIR")}
        except Exception as error:  # the fault that a census finds
            reason = f"{type(error).__name__}: {error}"[:200]
            return {"outcome": "traceback", "reason": reason, "trace": traceback.format_exc()[-800:]}


def _compare(model: LoadedModel[Any]) -> dict[str, Any]:
    warnings: list[str] = []
    prepared = model.prepare(Sentences())
    captured = list(capture_instances(model, prepared, batch_size=len(TEXTS), on_warning=warnings.append))
    n_layers = len(captured[0].queries)
    worst = max(
        largest_difference(
            [recomputed(instance, layer) for layer in range(n_layers)], own_patterns(model, prepared, instance.index)
        )
        for instance in captured
    )
    return {
        "outcome": "exact" if worst <= EXACT else "wrong",
        "worst": worst,
        "layers": captured[0].layers,
        "masks": sorted({kind for instance in captured for kind in instance.masks}),
        "cap": any(cap is not None for cap in captured[0].caps),
        "sink": any(sinks is not None for sinks in captured[0].sinks),
        "warnings": [*prepared.warnings, *warnings],
    }
