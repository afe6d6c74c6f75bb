"""Heads on a real cluster of two worker processes."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import distributed
import pytest

from precompute.build import dask_backend
from precompute.build.backends import run_head_tasks
from precompute.build.execution import ExecutionOptions
from precompute.build.head_task import HeadTask
from precompute.build.job import LAYOUT_VERSION
from precompute.errors import RecipeError, WorkerLostError
from precompute.format.manifest import LayoutKey
from tests.support.head_tasks import head_task
from tests.unit.precompute.build.test_backends import fingerprint, tasks

ONE_THREAD = {"threads_per_worker": 1, "processes": True, "dashboard_address": "127.0.0.1:0"}
WIDE = 50_000
"""Tokens of a head of more than ten megabytes."""


@pytest.fixture(scope="module")
def scheduler() -> Iterator[Any]:
    with distributed.LocalCluster(n_workers=2, **ONE_THREAD) as local:
        yield local


@pytest.fixture
def empty() -> Iterator[Any]:
    """Start a scheduler that has no workers."""
    with distributed.LocalCluster(n_workers=0, **ONE_THREAD) as local:
        yield local


@contextmanager
def program(name: str, *arguments: str, **options: Any) -> Iterator[subprocess.Popen[str]]:
    """Start a program of dask."""
    command = [sys.executable, "-m", f"distributed.cli.dask_{name}", *arguments]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, **options) as process:
        yield process
        process.kill()
        process.communicate()


def on_cluster(scheduler: str) -> ExecutionOptions:
    """Lay out heads on a running cluster."""
    return ExecutionOptions(1, backend="dask", scheduler=scheduler)


def die(_: HeadTask, __: int) -> None:
    """End the worker that lays out a head."""
    os.kill(os.getpid(), signal.SIGKILL)


def size(task: HeadTask, _: int) -> int:
    """Lay out nothing."""
    return task.head.queries.nbytes + task.head.keys.nbytes


def long_tasks(count: int) -> list[HeadTask]:
    """Make heads that take a second each."""
    return [
        head_task(head, n_instances=60, layouts=(LayoutKey("tsne", 2), LayoutKey("tsne", 3))) for head in range(count)
    ]


def test_a_cluster_gives_the_same_bytes(scheduler: Any) -> None:
    remote = run_head_tasks(tasks(), on_cluster(scheduler.scheduler_address))
    assert fingerprint(remote) == fingerprint(run_head_tasks(tasks(), ExecutionOptions(1)))


def test_heads_of_a_worker_that_dies_are_taken_over(scheduler: Any) -> None:
    expected = fingerprint(run_head_tasks(long_tasks(4), ExecutionOptions(1)))
    results = run_head_tasks(long_tasks(4), on_cluster(scheduler.scheduler_address))
    first = next(results)
    busy = next(worker for worker in scheduler.scheduler.workers.values() if worker.processing)
    lost = list(busy.processing)
    (nanny,) = [nanny for nanny in scheduler.workers.values() if nanny.worker_address == busy.address]
    os.kill(nanny.process.pid, signal.SIGKILL)
    assert fingerprint([first, *results]) == expected
    assert 1 in [head.suspicious for head in lost], "a head was lost with its worker"


def test_without_a_scheduler_processes_are_started_here() -> None:
    local = run_head_tasks(tasks(2), ExecutionOptions(1, backend="dask"))
    assert fingerprint(local) == fingerprint(run_head_tasks(tasks(2), ExecutionOptions(1)))


def test_large_heads_are_sent_without_a_warning(scheduler: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dask_backend, "compute_on_cluster", size)
    head = head_task(n_instances=WIDE // 10, d_head=64, layouts=())
    sent: list[Any] = list(run_head_tasks([head], on_cluster(scheduler.scheduler_address)))
    assert sent == [2 * 4 * 64 * WIDE]


def test_an_address_without_a_scheduler_is_a_clear_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dask_backend, "CONNECT_SECONDS", 1)
    with pytest.raises(RecipeError, match=r"No dask scheduler answers at 'tcp://127\.0\.0\.1:9'"):
        next(run_head_tasks([head_task()], on_cluster("tcp://127.0.0.1:9")))


def test_a_scheduler_without_workers_is_a_clear_error(empty: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dask_backend, "WORKER_SECONDS", 1)
    with pytest.raises(RecipeError, match=r"has no workers. Start some with `dask worker tcp://127\.0\.0\.1:\d+ --nth"):
        next(run_head_tasks([head_task()], on_cluster(empty.scheduler_address)))


def test_a_head_that_is_the_end_of_workers_is_a_clear_error(empty: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    empty.scheduler.allowed_failures = 0
    empty.scale(1)
    monkeypatch.setattr(dask_backend, "compute_on_cluster", die)
    with pytest.raises(
        WorkerLostError, match="1 workers of the dask cluster died over one head, most likely because mem"
    ):
        next(run_head_tasks([head_task()], on_cluster(empty.scheduler_address)))


def test_losing_all_workers_is_a_clear_error(empty: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    empty.scale(1)
    results = run_head_tasks(long_tasks(3), on_cluster(empty.scheduler_address))
    next(results)
    monkeypatch.setattr(dask_backend, "WORKER_SECONDS", 1)
    empty.scale(0)
    with pytest.raises(WorkerLostError, match="lost all its workers"):
        list(results)


@pytest.mark.slow
def test_losing_the_scheduler_is_a_clear_error_and_nothing_else(capfd: pytest.CaptureFixture[str]) -> None:
    local = ("--host", "127.0.0.1", "--port", "0", "--no-dashboard")
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    with program("scheduler", *local, env=environment) as scheduler:
        assert scheduler.stderr
        address = next(found[0] for line in scheduler.stderr if (found := re.search(r"tcp://[\d.]+:\d+", line)))
        with program("worker", address, "--nthreads", "1", "--no-dashboard", env=environment):
            results = run_head_tasks(long_tasks(3), on_cluster(address))
            next(results)
            scheduler.kill()
            with pytest.raises(WorkerLostError, match="connection to the dask scheduler was lost"):
                list(results)
    assert capfd.readouterr() == ("", "")


def test_workers_of_another_version_are_refused(scheduler: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    ours = dask_backend.layouts_version(head_task())
    with pytest.raises(RecipeError, match=f"version {re.escape(ours)} of the layouts, this build by version 99"):
        dask_backend.compute_on_cluster(head_task(), "99")
    monkeypatch.setattr(dask_backend, "LAYOUT_VERSION", 99)
    with pytest.raises(RecipeError, match=f"version {LAYOUT_VERSION} of the layouts, this build by version 99"):
        next(run_head_tasks([head_task()], on_cluster(scheduler.scheduler_address)))


def test_workers_with_another_version_of_a_projection_are_refused(
    scheduler: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dask_backend, "layouts_version", lambda _: f"{LAYOUT_VERSION} (pca 99)")
    with pytest.raises(RecipeError, match=rf"this build by version {LAYOUT_VERSION} \(pca 99\)\. Install"):
        next(run_head_tasks([head_task(layouts=(LayoutKey("pca", 2),))], on_cluster(scheduler.scheduler_address)))


@pytest.mark.slow
def test_workers_without_this_project_are_refused(empty: Any, tmp_path: Path) -> None:
    without = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    arguments = (empty.scheduler_address, "--nthreads", "1", "--no-dashboard")
    with (
        program("worker", *arguments, cwd=tmp_path, env=without),
        pytest.raises(RecipeError, match=r"cannot import this project \(No module named 'precompute'\)"),
    ):
        next(run_head_tasks([head_task()], on_cluster(empty.scheduler_address)))


def test_a_missing_package_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(name: str) -> None:
        raise ImportError(name)

    monkeypatch.setattr(dask_backend, "import_module", missing)
    with pytest.raises(RecipeError, match="pip install distributed"):
        next(run_head_tasks([head_task()], ExecutionOptions(1, backend="dask")))
