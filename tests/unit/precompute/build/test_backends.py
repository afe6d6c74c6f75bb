"""Heads side by side: same bytes, little memory, quick to stop."""

import hashlib
import os
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import Iterable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from precompute.build.backends import run_head_tasks
from precompute.build.execution import ExecutionOptions
from precompute.build.head_task import HeadResult, HeadTask
from precompute.errors import NumericalError, RecipeError
from tests.support.head_tasks import head_task, result_bytes


def tasks(count: int = 5) -> list[HeadTask]:
    return [head_task(head, n_instances=4) for head in range(count)]


def fingerprint(results: Iterable[HeadResult]) -> str:
    ordered = sorted(results, key=lambda result: result.head)
    return hashlib.sha256(b"".join(result_bytes(result) for result in ordered)).hexdigest()


@pytest.fixture(scope="module")
def expected() -> str:
    return fingerprint(run_head_tasks(tasks(), ExecutionOptions(1)))


@pytest.mark.parametrize(("backend", "workers"), [("threads", 2), ("threads", 4), ("processes", 2)])
def test_the_bytes_depend_on_neither_workers_nor_backend(backend: str, workers: int, expected: str) -> None:
    assert fingerprint(run_head_tasks(tasks(), ExecutionOptions(workers, backend=backend))) == expected


def test_tasks_are_pulled_only_when_a_worker_will_be_free() -> None:
    pulled, finished, most = 0, 0, 0

    def counted() -> Iterator[HeadTask]:
        nonlocal pulled, most
        for task in tasks(8):
            pulled += 1
            most = max(most, pulled - finished)
            yield task

    for _ in run_head_tasks(counted(), ExecutionOptions(2)):
        finished += 1
    assert finished == pulled == 8
    assert most <= 4  # three handed out and one that is being handed out


@pytest.mark.parametrize("backend", ["threads", "processes"])
def test_an_error_in_a_head_ends_the_run_with_that_error(backend: str) -> None:
    bad = head_task(3)
    bad.head.queries[0, 0] = float("nan")
    with pytest.raises(NumericalError, match="layer 1, head 3"):
        list(run_head_tasks([head_task(0), bad], ExecutionOptions(2, backend=backend)))


def test_closing_the_results_gives_up_what_is_left() -> None:
    pulled = 0

    def counted() -> Iterator[HeadTask]:
        nonlocal pulled
        for task in tasks(8):
            pulled += 1
            yield task

    with closing(run_head_tasks(counted(), ExecutionOptions(1))) as results:
        next(results)
    assert pulled < 5


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"workers": 0}, "--workers 0 is out of range: it must be at least 1"),
        ({"backend": "spark"}, "choose from threads, processes, dask"),
        ({"scheduler": "tcp://host:1"}, "--scheduler needs --backend dask, not threads"),
    ],
)
def test_wrong_options_are_refused_at_once(options: dict[str, Any], message: str) -> None:
    with pytest.raises(RecipeError, match=message):
        ExecutionOptions(**options)


SCRIPT = """
    import sys
    from precompute.build.backends import run_head_tasks
    from precompute.build.execution import ExecutionOptions
    from tests.support.head_tasks import head_task, result_bytes
    if __name__ == "__main__":
        import hashlib
        digest = hashlib.sha256()
        for result in run_head_tasks([head_task(0), head_task(1)], ExecutionOptions(1)):
            digest.update(result_bytes(result))
        print(digest.hexdigest())
"""


@pytest.mark.slow
def test_a_fresh_compilation_and_its_cached_copy_give_the_same_bytes(tmp_path: Path) -> None:
    environment = {**os.environ, "NUMBA_CACHE_DIR": str(tmp_path)}

    def run() -> str:
        command = [sys.executable, "-c", textwrap.dedent(SCRIPT)]
        return subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout

    fresh = run()
    assert list(tmp_path.rglob("*.nbc"))
    assert run() == fresh


INTERRUPTED = """
    from precompute.build.backends import run_head_tasks
    from precompute.build.execution import ExecutionOptions
    from precompute.format.manifest import LayoutKey
    from tests.support.head_tasks import head_task
    if __name__ == "__main__":
        layouts = (LayoutKey("tsne", 2), LayoutKey("tsne", 3)) * 2
        endless = (head_task(head, n_instances=60, layouts=layouts) for head in range(10_000))
        for result in run_head_tasks(endless, ExecutionOptions(2, backend={backend!r})):
            print(result.head, flush=True)
"""


@pytest.mark.parametrize("backend", ["threads", "processes"])
def test_an_interrupt_stops_quickly(backend: str, tmp_path: Path) -> None:
    script = tmp_path / "endless.py"
    script.write_text(textwrap.dedent(INTERRUPTED.format(backend=backend)))
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    with subprocess.Popen(
        [sys.executable, str(script)], env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline()
        begin = time.monotonic()
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=60)
    assert process.returncode != 0
    assert time.monotonic() - begin < 30
