"""The choice of where heads are laid out."""

from __future__ import annotations

from collections.abc import Generator, Iterable
from typing import Literal, get_args

from precompute.build.backends import run_in_processes, run_in_threads
from precompute.build.dask_backend import run_on_cluster
from precompute.build.head_task import HeadResult, HeadTask
from precompute.errors import RecipeError

Backend = Literal["threads", "processes", "dask"]


def run_head_tasks(
    tasks: Iterable[HeadTask], *, workers: int = 1, backend: str = "threads", scheduler: str | None = None
) -> Generator[HeadResult, None, None]:
    """Lay out heads, ``workers`` at a time, and give each result as soon as it is finished.

    A task is taken from the iterable only when a worker is about to be free, so no more than ``workers + 1`` heads
    are in memory. A head's result does not depend on the backend or on the number of workers.

    Parameters
    ----------
    tasks : iterable of HeadTask
        Read in the calling thread.
    workers : int
        At least 1. A running scheduler brings its own workers.
    backend : {"threads", "processes", "dask"}
        Threads suffice on one machine: the kernels release the interpreter's lock. ``dask`` needs the package
        distributed.
    scheduler : str, optional
        Address of a running dask scheduler, as ``tcp://host:8786``; without one, ``dask`` starts ``workers``
        processes here.

    Returns
    -------
    generator of HeadResult
        In order of completion. Closing it, or Ctrl-C, gives up the heads in work after the projection they are at.

    Raises
    ------
    RecipeError
        An option is out of range.
    WorkerLostError
        A process died, and no other could take over its head.
    """
    if workers < 1:
        raise RecipeError(f"--workers must be at least 1, not {workers}.")
    if backend not in get_args(Backend):
        raise RecipeError(f"There is no backend {backend!r}: choose from {', '.join(get_args(Backend))}.")
    if scheduler is not None and backend != "dask":
        raise RecipeError("--scheduler goes with --backend dask.")
    if backend == "dask":
        return run_on_cluster(tasks, workers=workers, scheduler=scheduler)
    run = run_in_threads if backend == "threads" else run_in_processes
    return run(tasks, workers)
