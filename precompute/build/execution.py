"""Execution options of a build: workers, device and backend."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from typing import Literal, get_args

from precompute.errors import RecipeError

Backend = Literal["threads", "processes", "dask"]
BACKENDS: tuple[str, ...] = get_args(Backend)


def available_cores() -> int:
    """Return the number of cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@dataclass(frozen=True)
class ExecutionOptions:
    """Execution options. They affect speed, never the result.

    Attributes
    ----------
    workers
        Heads laid out at a time, at least 1; by default one per core. Ignored with a running dask scheduler.
    device
        Torch device that runs the model.
    backend : {"threads", "processes", "dask"}
        Threads suffice on one machine: the kernels release the interpreter's lock. ``dask`` needs the package
        distributed.
    scheduler
        Address of a running dask scheduler, such as ``tcp://host:8786``; without it, ``dask`` starts ``workers``
        processes on this machine.

    Raises
    ------
    RecipeError
        An option is out of range, or a scheduler is named for a backend that has none.
    """

    workers: int = field(default_factory=available_cores)
    device: str = "cpu"
    backend: str = "threads"
    scheduler: str | None = None

    def __post_init__(self) -> None:
        """Check the options."""
        if self.workers < 1:
            raise RecipeError(f"--workers {self.workers} is out of range: it must be at least 1.")
        if self.backend not in BACKENDS:
            raise RecipeError(f"There is no backend {self.backend!r}: choose from {', '.join(BACKENDS)}.")
        if self.scheduler is not None and self.backend != "dask":
            raise RecipeError(f"--scheduler needs --backend dask, not {self.backend}.")
