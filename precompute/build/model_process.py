"""The process that runs models: torch and transformers are loaded there alone, and their memory goes with it."""

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
"""How the process starts: afresh, because a forked one could not use a graphics card."""


@dataclass(frozen=True)
class CaptureOrder:
    """A model to be run over inputs.

    Attributes
    ----------
    source : ModelSource
        The model, not yet loaded.
    inputs : Inputs
        What it reads.
    max_tokens : int or None
        As for :func:`precompute.build.run_model.capture_run`.
    device : str
        Of torch.
    """

    source: ModelSource
    inputs: Inputs
    max_tokens: int | None
    device: str


@dataclass(frozen=True)
class _Failure:
    """An error that is not the user's, as text: not every exception survives the way to another process."""

    traceback: str


class ModelProcess:
    """A process that runs one model after another, while the ``with`` block lasts.

    It starts with the first order, so a build that finds its capture in the store starts none. Ctrl-C and any other
    error end it at once; so does the end of this process, however it comes.

    Parameters
    ----------
    store : Store
        Receives the arrays. The caller holds a build lock, so that they are not collected before they are named.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._running: tuple[BaseProcess, Connection] | None = None

    def __enter__(self) -> Self:
        """Start nothing yet."""
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
        """Run a model over its inputs.

        Parameters
        ----------
        order : CaptureOrder
            What to run.
        on_progress : callable
            Hears, in this process, of every instance and of warnings.

        Returns
        -------
        CaptureRecord
            Its arrays are in the store.

        Raises
        ------
        UserError
            As :func:`precompute.build.run_model.capture_run` raises it.
        WorkerLostError
            The process died.
        RuntimeError
            Anything else went wrong; the message is the traceback.
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
            why = f"was killed ({name}), most likely for want of memory: free some, or choose a smaller model"
        else:
            why = f"ended before its time (exit code {process.exitcode}): what it wrote last says why"
        raise WorkerLostError(f"The process that ran the model {why}.") from error


def run_orders(connection: Connection, store: Path) -> None:
    """Carry out orders in the new process until no more come.

    Parameters
    ----------
    connection : Connection
        Brings orders, at last None; takes progress, and for every order what became of it.
    store : Path
        Directory of the store.
    """
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
