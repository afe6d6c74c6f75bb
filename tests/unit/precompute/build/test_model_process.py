"""Models run in a separate process: its messages arrive, and it ends with its work, its parent or an error."""

from __future__ import annotations

import os
import select
import signal
import subprocess
import sys
import textwrap
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from multiprocessing import active_children
from pathlib import Path
from typing import IO, Any

import pytest

from precompute.build import BuildRequest, Progress, build, capture_ahead, ignore_progress, model_process
from precompute.build.model_process import CaptureOrder, ModelProcess
from precompute.build.run_model import capture_run
from precompute.errors import RecipeError, UserError, WorkerLostError
from precompute.format.manifest import Recipe
from precompute.inputs import load_inputs
from precompute.models.source import resolve_model
from precompute.store.store import Store

ROOT = Path(__file__).resolve().parents[4]
REQUEST = BuildRequest("tiny-gpt2", "tiny-words", recipe=Recipe(projections=("pca",), dims=(2,), limit=3))
SECONDS = 60


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "store")


def order(fetch: Callable[[], Path] | None = None) -> CaptureOrder:
    """Order the smallest model; ``fetch`` is what the process does in place of finding it."""
    source = resolve_model("tiny-gpt2")
    inputs = load_inputs("tiny-words", limit=3)
    return CaptureOrder(source if fetch is None else replace(source, fetch=fetch), inputs, None, "cpu")


def scratch_of(store: Store) -> list[Path]:
    return [path for path in (store.directory / "scratch").iterdir() if path.is_dir()]


def test_a_capture_is_the_same_in_a_process_of_its_own(store: Store, tmp_path: Path) -> None:
    heard: list[Progress] = []
    with ModelProcess(store) as process:
        captured = process.capture(order(), heard.append)
        assert process.capture(order(), ignore_progress) == captured
    expected: list[Progress] = []
    inputs = load_inputs("tiny-words", limit=3)
    here = Store(tmp_path / "here")
    model = resolve_model("tiny-gpt2")
    assert captured == capture_run(model, inputs, here, max_tokens=None, device="cpu", on_progress=expected.append)
    assert heard == expected
    assert [step.done for step in heard] == [0, 1, 2, 3]
    assert store.array(captured.arrays["queries"]).shape[:2] == (2, 4)
    assert active_children() == []


def test_an_error_of_the_user_arrives_as_it_is(store: Store) -> None:
    with pytest.raises(RecipeError, match="no torch device 'abacus'"), ModelProcess(store) as process:
        process.capture(replace(order(), device="abacus"), ignore_progress)


def test_warnings_arrive(store: Store, tmp_path: Path) -> None:
    long = tmp_path / "long.txt"
    long.write_text("the cat " * 500, encoding="utf-8")
    heard: list[Progress] = []
    with ModelProcess(store) as process:
        captured = process.capture(replace(order(), inputs=load_inputs(str(long))), heard.append)
    assert [step.detail for step in heard if step.warning] == list(captured.warnings) != []


@pytest.mark.parametrize(
    ("fetch", "error", "message"),
    [
        (partial(int, "not a number"), RuntimeError, "ValueError: invalid literal for int"),
        (partial(os._exit, 3), WorkerLostError, "ended early \\(exit code 3\\)"),
        (partial(signal.raise_signal, signal.SIGKILL), WorkerLostError, "killed \\(SIGKILL\\), most likely because m"),
    ],
)
def test_a_process_that_fails_or_dies_is_a_clear_error(
    store: Store, fetch: Callable[[], Any], error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=message) as raised, ModelProcess(store) as process:
        process.capture(order(fetch), ignore_progress)
    assert isinstance(raised.value, UserError) == (error is WorkerLostError)
    assert active_children() == []


def test_stopping_ends_the_process_and_leaves_no_scratch(store: Store, tmp_path: Path) -> None:
    many = tmp_path / "many.txt"  # too many sentences to finish before this process reads the first step
    many.write_text("the cat saw the dog\n" * 1000, encoding="utf-8")
    request = replace(REQUEST, inputs=str(many), recipe=replace(REQUEST.recipe, limit=None))

    def interrupt(progress: Progress) -> None:
        if progress.done:
            assert scratch_of(store)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        build(request, store, on_progress=interrupt)
    assert active_children() == []
    assert scratch_of(store) == []


def test_a_capture_that_is_there_starts_no_process(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    begun: list[Path] = []
    start = model_process._start

    def counted(directory: Path) -> Any:
        begun.append(directory)
        return start(directory)

    monkeypatch.setattr(model_process, "_start", counted)
    requests = [replace(REQUEST, recipe=replace(REQUEST.recipe, limit=limit)) for limit in (2, 3)]
    capture_ahead(requests, store)
    assert len(begun) == 1, "one process for all"
    for request in requests:
        build(request, store)
    capture_ahead(requests, store)
    build(replace(REQUEST, recipe=replace(REQUEST.recipe, dims=(3,))), store)
    assert len(begun) == 1


PROGRAM = """
    import multiprocessing, sys
    from precompute.cli import app
    from precompute.cli.progress import BuildProgress

    def tell(_, progress):
        if progress.stage == "capture":
            print(*(child.pid for child in multiprocessing.active_children()), flush=True)

    if __name__ == "__main__":
        BuildProgress.__call__ = tell
        code = app.run(["build", "--model", "minilm", "--inputs", "short-sentences", *sys.argv[1:]])
        print("torch" in sys.modules)
        sys.exit(code)
"""


@contextmanager
def running(directory: Path, *options: str) -> Iterator[subprocess.Popen[str]]:
    """Run a build in a program of its own, as from a terminal."""
    program = directory / "program.py"
    program.write_text(textwrap.dedent(PROGRAM), encoding="utf-8")
    with subprocess.Popen(
        [sys.executable, program, "--store", directory / "store", *options],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
        text=True,
    ) as process:
        yield process


def end_of(process: int) -> IO[bytes]:
    """Return a file that can be read once a process has ended."""
    return os.fdopen(os.pidfd_open(process), "rb")


@pytest.mark.slow
@pytest.mark.parametrize("to_all", [True, False], ids=["from the terminal", "to the build alone"])
def test_ctrl_c_ends_both_processes_in_silence(tmp_path: Path, to_all: bool) -> None:
    with running(tmp_path) as process:
        assert process.stdout
        model = end_of(int(process.stdout.readline()))
        (os.killpg if to_all else os.kill)(process.pid, signal.SIGINT)
        _, said = process.communicate(timeout=SECONDS)
    assert process.returncode == 128 + signal.SIGINT
    assert said.startswith("Error: interrupted. Finished parts of a build are kept")
    assert said.count("\n") == 1
    with model:
        assert select.select([model], [], [], 0)[0], "the process has ended"


@pytest.mark.slow
def test_the_process_does_not_outlive_a_build_that_is_killed(tmp_path: Path) -> None:
    with running(tmp_path) as process:
        assert process.stdout
        model = end_of(int(process.stdout.readline()))
        process.kill()
    with model:
        assert select.select([model], [], [], SECONDS)[0]


@pytest.mark.slow
def test_the_process_that_lays_out_heads_never_loads_torch(tmp_path: Path) -> None:
    with running(tmp_path, "--limit", "3", "--projections", "pca", "--dims", "2") as process:
        told, said = process.communicate(timeout=SECONDS)
    assert process.returncode == 0, said
    assert told.splitlines()[-1] == "False"
