"""The stages of a build: the names of its progress, its recorded times and its code."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum


class Stage(StrEnum):
    """The stages of a build, in order."""

    LOAD = "load"
    """Find the model and read the inputs (``build``)."""

    CAPTURE = "capture"
    """Run the model and store its queries, keys, masks and norms (``run_model``)."""

    HEADS = "heads"
    """Lay out every head (``layouts``) and assemble the heads of each layout (``assemble``)."""

    METRICS = "metrics"
    """Compute what follows from the capture alone: encodings, metrics, mean attention (``measure``)."""

    SUMMARY = "summary"
    """Join the metrics of the capture and of the layouts (``measure``)."""

    FINISH = "finish"
    """Write the manifest (``pipeline``)."""


class StageClock:
    """Wall time of each finished stage, in seconds, by its name."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}

    @contextmanager
    def time(self, stage: Stage) -> Iterator[None]:
        """Record how long the block takes as the time of a stage."""
        start = time.perf_counter()
        yield
        self.seconds[stage.value] = time.perf_counter() - start
