"""Heads on the machines of a dask cluster (package distributed, only needed here)."""

from __future__ import annotations

from collections.abc import Generator, Iterable
from contextlib import ExitStack
from functools import cache
from importlib import import_module
from typing import Any

from threadpoolctl import threadpool_limits

from precompute.errors import RecipeError
from precompute.head_task import HeadResult, HeadTask, compute_head

CONNECT_SECONDS = 10


def run_on_cluster(
    tasks: Iterable[HeadTask], *, workers: int, scheduler: str | None
) -> Generator[HeadResult, None, None]:
    """Lay out heads on a dask cluster.

    The scheduler holds each task until its result is here, so a worker that dies costs only the time of its heads:
    others take them over. Tasks and results travel pickled, as all of dask's messages do: use a scheduler of your own
    network, or one with TLS.

    Parameters
    ----------
    tasks : iterable of HeadTask
    workers : int
        Processes to start here if there is no scheduler.
    scheduler : str or None
        Address of a running scheduler.

    Raises
    ------
    RecipeError
        The package is missing, or no scheduler answers at the address.
    """
    distributed = load_distributed()
    with ExitStack() as stack:
        if scheduler is None:
            cluster = distributed.LocalCluster(
                n_workers=workers, threads_per_worker=1, processes=True, dashboard_address="127.0.0.1:0"
            )
            client = stack.enter_context(distributed.Client(stack.enter_context(cluster)))
        else:
            client = stack.enter_context(connect(distributed, scheduler))
        running = distributed.as_completed(with_results=True)
        for task in tasks:
            running.add(client.submit(compute_on_cluster, task, pure=False))
            if running.count() > max(1, sum(client.nthreads().values())):
                yield next(running)[1]
        for _, result in running:
            yield result


def load_distributed() -> Any:  # noqa: ANN401 - an optional package
    """Import dask.distributed.

    Raises
    ------
    RecipeError
        It is not installed.
    """
    try:
        return import_module("distributed")
    except ImportError as error:
        raise RecipeError(
            "--backend dask needs the package distributed: run `pip install distributed`, here and on the workers."
        ) from error


def connect(distributed: Any, scheduler: str) -> Any:  # noqa: ANN401 - an optional package
    """Connect to a running scheduler.

    Raises
    ------
    RecipeError
        None answers.
    """
    try:
        return distributed.Client(scheduler, timeout=CONNECT_SECONDS)
    except (OSError, ValueError) as error:
        raise RecipeError(
            f"No dask scheduler answers at {scheduler!r}: give --scheduler the tcp://HOST:PORT it prints at start."
        ) from error


def compute_on_cluster(task: HeadTask) -> HeadResult:
    """Lay out a head in a process of the cluster."""
    hold_linear_algebra_to_one_thread()
    return compute_head(task)


@cache
def hold_linear_algebra_to_one_thread() -> None:
    """Let numpy's linear algebra use one thread for the rest of this process: sums are then split everywhere alike."""
    threadpool_limits(1, user_api="blas")
