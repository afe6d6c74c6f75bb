"""Backends that lay out heads side by side: threads, processes or a dask cluster."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable, Generator, Iterable
from concurrent.futures import FIRST_COMPLETED, Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from functools import partial
from multiprocessing.synchronize import Event as ProcessEvent
from threading import Event

from threadpoolctl import threadpool_limits

from precompute.build.child_process import begin_child
from precompute.build.dask_backend import run_on_cluster
from precompute.build.execution import ExecutionOptions
from precompute.build.head_task import HeadResult, HeadTask, compute_head
from precompute.errors import WorkerLostError


def run_in_threads(tasks: Iterable[HeadTask], workers: int) -> Generator[HeadResult, None, None]:
    """Lay out heads in threads of this process.

    Linear algebra uses one thread: more would compete with the heads, and split sums differently.
    """
    stop = Event()
    with threadpool_limits(1, user_api="blas"), ThreadPoolExecutor(workers, thread_name_prefix="head") as executor:
        try:
            yield from as_finished(executor, partial(compute_head, stopped=stop.is_set), tasks, workers + 1)
        finally:
            stop.set()
            executor.shutdown(wait=False, cancel_futures=True)


def run_in_processes(tasks: Iterable[HeadTask], workers: int) -> Generator[HeadResult, None, None]:
    """Lay out heads in spawned processes: a fork would inherit broken threads of torch.

    WorkerLostError if a process died.
    """
    context = multiprocessing.get_context("spawn")
    stop = context.Event()
    with ProcessPoolExecutor(workers, context, initializer=begin_worker, initargs=(stop,)) as executor:
        try:
            yield from as_finished(executor, compute_in_worker, tasks, workers + 1)
        except BrokenProcessPool as error:
            raise WorkerLostError(
                "A worker process died, most likely because memory ran out. Build again with fewer --workers."
            ) from error
        finally:
            stop.set()
            executor.shutdown(wait=False, cancel_futures=True)


def as_finished(
    executor: Executor, work: Callable[[HeadTask], HeadResult], tasks: Iterable[HeadTask], most: int
) -> Generator[HeadResult, None, None]:
    """Yield results in order of completion, with at most ``most`` tasks submitted at any time."""
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
    """Prepare a worker process: one thread for linear algebra, no Ctrl-C, an end with the parent."""
    global _stop  # noqa: PLW0603 - an executor can pass it in no other way
    _stop = stop
    begin_child()
    threadpool_limits(1, user_api="blas")


def compute_in_worker(task: HeadTask) -> HeadResult:
    """Lay out a head in a worker process."""
    return compute_head(task, stopped=None if _stop is None else _stop.is_set)


def run_head_tasks(tasks: Iterable[HeadTask], execution: ExecutionOptions) -> Generator[HeadResult, None, None]:
    """Lay out heads and yield each result as soon as it is finished, in order of completion.

    At most ``workers + 1`` tasks are read ahead and in memory. A head's result does not depend on the execution
    options. Closing the generator, or Ctrl-C, cancels running heads after their current layout.

    Raises
    ------
    RecipeError
        The backend ``dask`` cannot be used.
    WorkerLostError
        A process died, and no other could take over its head.
    """
    if execution.backend == "dask":
        return run_on_cluster(tasks, workers=execution.workers, scheduler=execution.scheduler)
    run = run_in_threads if execution.backend == "threads" else run_in_processes
    return run(tasks, execution.workers)
