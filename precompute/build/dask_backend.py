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
from precompute.projections.registry import PROJECTIONS

CONNECT_SECONDS = 10

WORKER_SECONDS = 30
"""Longest time without any worker in the cluster."""

NO_WARNING = {"distributed.admin.large-graph-warning-threshold": "1 TB"}
"""A head of many tokens is some ten megabytes. It is sent once; dask warns of programs that send it repeatedly."""


def run_on_cluster(
    tasks: Iterable[HeadTask], *, workers: int, scheduler: str | None
) -> Generator[HeadResult, None, None]:
    """Lay out heads on a dask cluster: that of ``scheduler``, or ``workers`` processes on this machine.

    The scheduler keeps each task until its result has arrived, so other workers repeat the heads of a worker that
    died. Tasks and results are pickled, as all of dask's messages are: use a scheduler in a network that you trust, or
    one with TLS.

    Raises
    ------
    RecipeError
        The package is missing, no scheduler answers at the address, it has no workers, or its machines have another
        version of this project or none.
    WorkerLostError
        One head killed several workers, or all workers or the scheduler are gone.
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
                    f"The dask scheduler {client.scheduler.address} has no workers. Start some with "
                    f"`dask worker {client.scheduler.address} --nthreads 1`."
                )
            require_same_version(client)
        yield from results_of(distributed, client, tasks)


def results_of(distributed: Any, client: Any, tasks: Iterable[HeadTask]) -> Iterator[HeadResult]:  # noqa: ANN401
    """Yield results in order of completion; one task more than there are worker threads is submitted."""
    pending: set[Any] = set()
    for task in tasks:
        with noticing_loss(distributed):
            pending.add(client.submit(compute_on_cluster, task, layouts_version(task), pure=False))
            threads = sum(client.nthreads().values())
        if len(pending) > max(1, threads):
            yield from finished(distributed, client, pending)
    while pending:
        yield from finished(distributed, client, pending)


def finished(distributed: Any, client: Any, pending: set[Any]) -> list[HeadResult]:  # noqa: ANN401
    """Wait until a head is finished and remove it from ``pending``; WorkerLostError if the cluster has no workers."""
    with noticing_loss(distributed):
        while True:
            try:
                done = distributed.wait(pending, timeout=WORKER_SECONDS, return_when="FIRST_COMPLETED").done
                break
            except TimeoutError:
                if not has_workers(client):
                    raise WorkerLostError(
                        "The dask cluster lost all its workers. Start some and build again: finished heads are kept."
                    ) from None
        pending -= done
        return [future.result() for future in done]


@contextmanager
def noticing_loss(distributed: Any) -> Iterator[None]:  # noqa: ANN401 - an optional package
    """Raise WorkerLostError if workers or scheduler are lost inside the block."""
    try:
        yield
    except distributed.KilledWorker as error:
        raise WorkerLostError(
            f"{error.allowed_failures + 1} workers of the dask cluster died over one head, most likely because memory "
            "ran out. Start workers with more memory, or choose a lower --max-tokens."
        ) from error
    except (distributed.comm.CommClosedError, CancelledError) as error:
        raise WorkerLostError(
            "The connection to the dask scheduler was lost. Restart it and build again: finished heads are kept."
        ) from error


@contextmanager
def quiet_client() -> Iterator[None]:
    """Suppress tracebacks that dask's client logs for a loss: it is reported as a WorkerLostError."""
    logger = logging.getLogger("distributed.client")
    level = logger.level
    logger.setLevel(logging.CRITICAL)
    try:
        yield
    finally:
        logger.setLevel(level)


def has_workers(client: Any) -> bool:  # noqa: ANN401 - an optional package
    """Return whether the cluster has a worker within ``WORKER_SECONDS``."""
    try:
        client.wait_for_workers(1, timeout=WORKER_SECONDS)
    except TimeoutError:
        return False
    return True


def require_same_version(client: Any) -> None:  # noqa: ANN401 - an optional package
    """Check that scheduler and workers can import this project, and that workers have its LAYOUT_VERSION.

    RecipeError if not. Without this check, the first task would kill them.
    """
    question = version_question()
    answers = {"scheduler": client.run_on_scheduler(question), **client.run(question)}
    for name, answer in answers.items():
        if not isinstance(answer, int):
            raise RecipeError(
                f"The dask {name if name == 'scheduler' else f'worker {name}'} cannot import this project ({answer}). "
                "Start it with the project's directory in PYTHONPATH and its requirements installed."
            )
        if name != "scheduler":
            refuse_other_version(str(answer), str(LAYOUT_VERSION))


def version_question() -> Callable[[], int | str]:
    """Return a function that is sent with its code, so that it also runs on a machine without this project."""

    def version() -> int | str:
        try:
            return int(import_module("precompute.build.job").LAYOUT_VERSION)
        except ImportError as error:
            return str(error)

    return version


def layouts_version(task: HeadTask) -> str:
    """Return the versions that a task's layouts depend on, such as "8 (pca 2, tsne 3)"."""
    names = sorted({key.projection for key in task.layouts})
    return f"{LAYOUT_VERSION} ({', '.join(f'{name} {PROJECTIONS.get(name).version}' for name in names)})"


def refuse_other_version(theirs: str, ours: str) -> None:
    """Raise RecipeError if a worker's version of the layouts is another."""
    if theirs != ours:
        raise RecipeError(
            f"A dask worker lays out heads by version {theirs} of the layouts, this build by version {ours}. "
            "Install the same version of this project on all machines and restart the workers."
        )


def load_distributed() -> Any:  # noqa: ANN401 - an optional package
    """Import dask.distributed; RecipeError if it is not installed."""
    try:
        return import_module("distributed")
    except ImportError as error:
        raise RecipeError(
            "--backend dask needs the package distributed. Run `pip install distributed`, here and on the workers."
        ) from error


def connect(distributed: Any, scheduler: str) -> Any:  # noqa: ANN401 - an optional package
    """Connect to a running scheduler; RecipeError if none answers."""
    try:
        return distributed.Client(scheduler, timeout=CONNECT_SECONDS)
    except (OSError, ValueError) as error:
        raise RecipeError(
            f"No dask scheduler answers at {scheduler!r}. Set --scheduler to the tcp://HOST:PORT it prints at start."
        ) from error


def compute_on_cluster(task: HeadTask, version: str) -> HeadResult:
    """Lay out a head in a process of the cluster.

    RecipeError if :func:`layouts_version` differs from ``version`` here: a worker may have joined after
    :func:`require_same_version`, or have other versions of the projections.
    """
    refuse_other_version(layouts_version(task), version)
    hold_linear_algebra_to_one_thread()
    return compute_head(task)


@cache
def hold_linear_algebra_to_one_thread() -> None:
    """Limit linear algebra to one thread for the rest of this process: sums are then split alike on all workers."""
    threadpool_limits(1, user_api="blas")
