"""Heads on the machines of a dask cluster (package distributed, only needed here)."""

from __future__ import annotations

import logging
from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import CancelledError
from contextlib import ExitStack, contextmanager
from functools import cache
from importlib import import_module
from typing import Any

from threadpoolctl import threadpool_limits

from precompute.build.head_task import HeadResult, HeadTask, compute_head
from precompute.build.job import LAYOUT_VERSION
from precompute.errors import RecipeError, WorkerLostError

CONNECT_SECONDS = 10

WORKER_SECONDS = 30
"""How long a cluster may have no workers at all."""

NO_WARNING = {"distributed.admin.large-graph-warning-threshold": "1 TB"}
"""A head of many tokens is some ten megabytes, sent once; dask warns, because most programs would send them again."""


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
        The package is missing, no scheduler answers at the address, it has no workers, or its machines have another
        version of this project or none.
    WorkerLostError
        One head was the end of several workers, or all workers or the scheduler went away.
    """
    distributed = load_distributed()
    with ExitStack() as stack:
        stack.enter_context(import_module("dask.config").set(NO_WARNING))
        stack.enter_context(quiet_client())
        if scheduler is None:
            cluster = distributed.LocalCluster(
                n_workers=workers, threads_per_worker=1, processes=True, dashboard_address="127.0.0.1:0"
            )
            client = stack.enter_context(distributed.Client(stack.enter_context(cluster)))
        else:
            client = stack.enter_context(connect(distributed, scheduler))
        with noticing_loss(distributed):
            if not has_workers(client):
                raise RecipeError(
                    f"The dask scheduler {client.scheduler.address} has no workers: start some with "
                    f"`dask worker {client.scheduler.address} --nthreads 1`."
                )
            require_same_version(client)
        yield from results_of(distributed, client, tasks)


def results_of(distributed: Any, client: Any, tasks: Iterable[HeadTask]) -> Iterator[HeadResult]:  # noqa: ANN401
    """Give results in order of completion, with one task more handed out than there are threads of workers."""
    pending: set[Any] = set()
    for task in tasks:
        with noticing_loss(distributed):
            pending.add(client.submit(compute_on_cluster, task, LAYOUT_VERSION, pure=False))
            threads = sum(client.nthreads().values())
        if len(pending) > max(1, threads):
            yield from finished(distributed, client, pending)
    while pending:
        yield from finished(distributed, client, pending)


def finished(distributed: Any, client: Any, pending: set[Any]) -> list[HeadResult]:  # noqa: ANN401
    """Wait until a head is finished, and take what is out of ``pending``.

    Raises
    ------
    WorkerLostError
        There is nothing to wait for any more.
    """
    with noticing_loss(distributed):
        while True:
            try:
                done = distributed.wait(pending, timeout=WORKER_SECONDS, return_when="FIRST_COMPLETED").done
                break
            except TimeoutError:
                if not has_workers(client):
                    raise WorkerLostError(
                        "The dask cluster lost all its workers: start some and build again, finished heads are kept."
                    ) from None
        pending -= done
        return [future.result() for future in done]


@contextmanager
def noticing_loss(distributed: Any) -> Iterator[None]:  # noqa: ANN401 - an optional package
    """Say in one sentence which part of the cluster went away while the block talked to it.

    Raises
    ------
    WorkerLostError
        One did.
    """
    try:
        yield
    except distributed.KilledWorker as error:
        raise WorkerLostError(
            f"{error.allowed_failures + 1} workers of the dask cluster died over one head, most likely for want of "
            "memory: give them more, or choose a lower --max-tokens."
        ) from error
    except (distributed.comm.CommClosedError, CancelledError) as error:
        raise WorkerLostError(
            "The dask scheduler went away: start it again and build again, finished heads are kept."
        ) from error


@contextmanager
def quiet_client() -> Iterator[None]:
    """Keep dask's client from logging the tracebacks of a loss that is an error of ours in one sentence."""
    logger = logging.getLogger("distributed.client")
    level = logger.level
    logger.setLevel(logging.CRITICAL)
    try:
        yield
    finally:
        logger.setLevel(level)


def has_workers(client: Any) -> bool:  # noqa: ANN401 - an optional package
    """Whether the cluster has a worker, or gets one soon."""
    try:
        client.wait_for_workers(1, timeout=WORKER_SECONDS)
    except TimeoutError:
        return False
    return True


def require_same_version(client: Any) -> None:  # noqa: ANN401 - an optional package
    """Require that scheduler and workers can read tasks, and that workers lay out heads as this project does.

    Raises
    ------
    RecipeError
        One of them does not. Without this question, it would die of the first task.
    """
    ask = version_question()
    answers = {"scheduler": client.run_on_scheduler(ask), **client.run(ask)}
    for name, answer in answers.items():
        if not isinstance(answer, int):
            raise RecipeError(
                f"The dask {name if name == 'scheduler' else f'worker {name}'} cannot import this project ({answer}): "
                "start it with the directory of the project in PYTHONPATH, and with its requirements installed."
            )
        if name != "scheduler":
            refuse_other_version(answer, LAYOUT_VERSION)


def version_question() -> Callable[[], int | str]:
    """Make a function that travels with its code, so that a machine without this project can answer as well."""

    def version() -> int | str:
        try:
            return int(import_module("precompute.build.job").LAYOUT_VERSION)
        except ImportError as error:
            return str(error)

    return version


def refuse_other_version(theirs: int, ours: int) -> None:
    """Refuse layouts that another version of this project makes.

    Raises
    ------
    RecipeError
        It is another.
    """
    if theirs != ours:
        raise RecipeError(
            f"A dask worker lays out heads by version {theirs} of the layouts, this build by version {ours}: "
            "install the same version of this project on all machines and start the workers again."
        )


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


def compute_on_cluster(task: HeadTask, version: int) -> HeadResult:
    """Lay out a head in a process of the cluster.

    Parameters
    ----------
    task : HeadTask
    version : int
        Of the layouts that are wanted: a worker may have joined after :func:`require_same_version`.

    Raises
    ------
    RecipeError
        This process lays out heads in another way.
    """
    refuse_other_version(LAYOUT_VERSION, version)
    hold_linear_algebra_to_one_thread()
    return compute_head(task)


@cache
def hold_linear_algebra_to_one_thread() -> None:
    """Let numpy's linear algebra use one thread for the rest of this process: sums are then split everywhere alike."""
    threadpool_limits(1, user_api="blas")
