"""Heads on the cores of this machine."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable, Generator, Iterable
from concurrent.futures import FIRST_COMPLETED, Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from functools import partial
from multiprocessing.synchronize import Event as ProcessEvent
from threading import Event
from typing import Literal, get_args

from threadpoolctl import threadpool_limits

from precompute.build.child_process import begin_child
from precompute.build.dask_backend import run_on_cluster
from precompute.build.head_task import HeadResult, HeadTask, compute_head
from precompute.errors import RecipeError, WorkerLostError


def run_in_threads(tasks: Iterable[HeadTask], workers: int) -> Generator[HeadResult, None, None]:
    """Lay out heads in threads of this process.

    Meanwhile numpy's linear algebra keeps to one thread: several would compete with the heads, and split sums
    differently.
    """
    stop = Event()
    with threadpool_limits(1, user_api="blas"), ThreadPoolExecutor(workers, thread_name_prefix="head") as executor:
        try:
            yield from as_finished(executor, partial(compute_head, stopped=stop.is_set), tasks, workers + 1)
        finally:
            stop.set()
            executor.shutdown(wait=False, cancel_futures=True)


def run_in_processes(tasks: Iterable[HeadTask], workers: int) -> Generator[HeadResult, None, None]:
    """Lay out heads in processes started afresh: a forked one would inherit the threads of torch half alive.

    Raises
    ------
    WorkerLostError
        A process died.
    """
    context = multiprocessing.get_context("spawn")
    stop = context.Event()
    with ProcessPoolExecutor(workers, context, initializer=begin_worker, initargs=(stop,)) as executor:
        try:
            yield from as_finished(executor, compute_in_worker, tasks, workers + 1)
        except BrokenProcessPool as error:
            raise WorkerLostError(
                "A worker process died, most likely for want of memory: build again with fewer --workers."
            ) from error
        finally:
            stop.set()
            executor.shutdown(wait=False, cancel_futures=True)


def as_finished(
    executor: Executor, work: Callable[[HeadTask], HeadResult], tasks: Iterable[HeadTask], most: int
) -> Generator[HeadResult, None, None]:
    """Give results in order of completion, with at most ``most`` tasks handed out at any time."""
    pending: set[Future[HeadResult]] = set()
    for task in tasks:
        pending.add(executor.submit(work, task))
        if len(pending) == most:
            done, pending = wait(pending, return_when=FIRST_COMPLETED)
            yield from (future.result() for future in done)
    while pending:
        done, pending = wait(pending, return_when=FIRST_COMPLETED)
        yield from (future.result() for future in done)


_stop: ProcessEvent | None = None


def begin_worker(stop: ProcessEvent) -> None:
    """Prepare a worker: one thread for linear algebra, Ctrl-C left to the parent, no life without the parent."""
    global _stop  # noqa: PLW0603 - an executor hands a worker nothing but globals
    _stop = stop
    begin_child()
    threadpool_limits(1, user_api="blas")


def compute_in_worker(task: HeadTask) -> HeadResult:
    """Lay out a head in a worker process."""
    return compute_head(task, stopped=_stop.is_set) if _stop is not None else compute_head(task)


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
