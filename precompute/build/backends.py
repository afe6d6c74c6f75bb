"""Heads on the cores of this machine."""

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
from precompute.build.head_task import HeadResult, HeadTask, compute_head
from precompute.errors import WorkerLostError


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
