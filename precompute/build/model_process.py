"""A process for torch and transformers, whose memory is freed when it ends."""

from __future__ import annotations

import multiprocessing
import signal
import traceback
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection
from multiprocessing.context import BaseContext
from multiprocessing.process import BaseProcess
from pathlib import Path
from types import TracebackType
from typing import Self

from precompute.build.capture import CaptureRecord
from precompute.build.child_process import begin_child, main_module_hidden, sigint_blocked
from precompute.build.request import OnProgress, Progress
from precompute.errors import StoreError, UserError, WorkerLostError
from precompute.inputs.reader import Inputs
from precompute.models.source import ModelSource
from precompute.store.store import Store

START: BaseContext = multiprocessing.get_context("spawn")
"""Start method of the process: a forked process could not use a GPU."""


@dataclass(frozen=True)
class CaptureOrder:
    """A model to run over inputs, as :func:`precompute.build.run_model.capture_run` takes it; not yet loaded."""

    source: ModelSource
    inputs: Inputs
    max_tokens: int | None
    device: str


@dataclass(frozen=True)
class _Failure:
    """An unexpected error, as text: not every exception can be pickled."""

    traceback: str


class ModelProcess:
    """A process that runs one model after another during the ``with`` block.

    It starts with the first order, so a build that finds its capture in the store starts none. It ends at once on
    Ctrl-C, on any other error, and when this process ends.

    The caller holds a build lock, so that arrays are not collected before they are named.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._running: tuple[BaseProcess, Connection] | None = None

    def __enter__(self) -> Self:
        """Return self; the process starts with the first order."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End the process and wait until its memory is free."""
        if self._running is None:
            return
        process, connection = self._running
        with connection, suppress(BrokenPipeError):
            if error is None:
                connection.send(None)
            else:
                process.terminate()
        process.join()
        process.close()
        if error is not None:
            with suppress(StoreError):
                self._store.sweep_scratch()

    def capture(self, order: CaptureOrder, on_progress: OnProgress) -> CaptureRecord:
        """Run a model over its inputs; its arrays are in the store.

        ``on_progress`` is called in this process, for every instance and with warnings.

        Raises
        ------
        UserError
            As raised by :func:`precompute.build.run_model.capture_run`.
        WorkerLostError
            The process died.
        RuntimeError
            Any other error; the message is the traceback.
        """
        process, connection = self._running = self._running or _start(self._store.directory)
        with _noticing_death(process):
            connection.send(order)
        while True:
            with _noticing_death(process):
                message = connection.recv()
            match message:
                case Progress():
                    on_progress(message)
                case CaptureRecord():
                    return message
                case UserError():
                    raise message
                case _:
                    raise RuntimeError(f"the model could not be run:\n\n{message.traceback}")


def _start(store: Path) -> tuple[BaseProcess, Connection]:
    ours, theirs = START.Pipe()
    process = START.Process(target=run_orders, args=(theirs, store), name="model", daemon=True)  # type: ignore[attr-defined]
    with sigint_blocked(), main_module_hidden():
        process.start()
    theirs.close()
    return process, ours


@contextmanager
def _noticing_death(process: BaseProcess) -> Iterator[None]:
    try:
        yield
    except (EOFError, ConnectionError) as error:
        process.join()
        if process.exitcode and process.exitcode < 0:
            name = signal.Signals(-process.exitcode).name
            why = f"was killed ({name}), most likely because memory ran out. Free some, or choose a smaller model"
        else:
            why = f"ended early (exit code {process.exitcode}). Its last output shows the reason"
        raise WorkerLostError(f"The process that ran the model {why}.") from error


def run_orders(connection: Connection, store: Path) -> None:
    """Run orders in the new process until one is None; send progress, then a record or an error for each."""
    begin_child()
    with connection, suppress(EOFError, BrokenPipeError):
        while order := connection.recv():
            connection.send(_carried_out(order, store, connection.send))


def _carried_out(order: CaptureOrder, directory: Path, on_progress: OnProgress) -> CaptureRecord | UserError | _Failure:
    try:
        from precompute.build.run_model import capture_run

        with Store(directory) as store:
            return capture_run(
                order.source,
                order.inputs,
                store,
                max_tokens=order.max_tokens,
                device=order.device,
                on_progress=on_progress,
            )
    except UserError as error:
        return error
    except Exception:
        return _Failure(traceback.format_exc())
