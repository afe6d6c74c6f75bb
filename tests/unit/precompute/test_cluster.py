"""Heads on a real cluster of two worker processes."""

import os
import signal
from collections.abc import Iterator
from typing import Any

import distributed
import pytest

from precompute.errors import RecipeError
from precompute.parallel import cluster, run_head_tasks
from tests.head_tasks import head_task
from tests.unit.precompute.test_parallel import fingerprint, tasks


@pytest.fixture(scope="module")
def scheduler() -> Iterator[Any]:
    options = {"n_workers": 2, "threads_per_worker": 1, "processes": True, "dashboard_address": "127.0.0.1:0"}
    with distributed.LocalCluster(**options) as local:
        yield local


def test_a_cluster_gives_the_same_bytes(scheduler: Any) -> None:
    remote = run_head_tasks(tasks(), backend="dask", scheduler=scheduler.scheduler_address)
    assert fingerprint(remote) == fingerprint(run_head_tasks(tasks()))


def test_heads_of_a_worker_that_dies_are_taken_over(scheduler: Any) -> None:
    pids = {worker: nanny.process.pid for worker, nanny in scheduler.workers.items()}
    results = run_head_tasks(tasks(), backend="dask", scheduler=scheduler.scheduler_address)
    first = next(results)
    os.kill(next(iter(pids.values())), signal.SIGKILL)
    assert fingerprint([first, *results]) == fingerprint(run_head_tasks(tasks()))


def test_without_a_scheduler_processes_are_started_here() -> None:
    local = run_head_tasks(tasks(2), workers=1, backend="dask")
    assert fingerprint(local) == fingerprint(run_head_tasks(tasks(2)))


def test_an_address_without_a_scheduler_is_a_clear_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cluster, "CONNECT_SECONDS", 1)
    with pytest.raises(RecipeError, match=r"No dask scheduler answers at 'tcp://127\.0\.0\.1:9'"):
        next(run_head_tasks([head_task()], backend="dask", scheduler="tcp://127.0.0.1:9"))


def test_a_missing_package_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(name: str) -> None:
        raise ImportError(name)

    monkeypatch.setattr(cluster, "import_module", missing)
    with pytest.raises(RecipeError, match="pip install distributed"):
        next(run_head_tasks([head_task()], backend="dask"))
