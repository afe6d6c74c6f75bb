"""Public functions: build a run, open one, list those of a directory."""

from __future__ import annotations

import os
import warnings
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from precompute.format.manifest import Quality, Recipe
from precompute.recipe import execution_of, request_of
from precompute.run.catalog import Catalog
from precompute.run.run import Run
from precompute.store import DEFAULT_STORE
from precompute.store.store import Store as ArrayStore

if TYPE_CHECKING:
    from precompute.build.execution import Backend
    from precompute.build.request import Progress

DEFAULTS = Recipe()

StorePath = str | os.PathLike[str]


class Store:
    """The runs of a directory, opened for reading.

    Creating one, and every method, raises StoreError if there is no such directory or it cannot be read.
    """

    def __init__(self, directory: StorePath = DEFAULT_STORE) -> None:
        self.directory = Path(directory)
        self._catalog = Catalog(ArrayStore(self.directory, read_only=True))

    def runs(self) -> list[Run]:
        """Return the runs, newest first, without damaged ones and those of newer versions."""
        return [self._catalog.open(manifest.run) for manifest in self._catalog.runs()]

    def open(self, name: str) -> Run:
        """Return a run by its identifier, an unambiguous prefix of it, or its unique name on the screen.

        Raises RunNotFoundError if no run, or more than one, matches; DamagedRunError if it cannot be read.
        """
        return self._catalog.open(name)


def open_run(name: str, *, store: StorePath = DEFAULT_STORE) -> Run:
    """Return a run of the directory ``store``; names and errors are those of :class:`Store`."""
    return Store(store).open(name)


def build(
    model: str,
    inputs: StorePath,
    *,
    name: str | None = None,
    projections: str | Iterable[str] = DEFAULTS.projections,
    dims: str | int | Iterable[int] = DEFAULTS.dims,
    max_tokens: int | None = None,
    limit: int | None = None,
    quality: Quality = DEFAULTS.quality,
    seed: int = DEFAULTS.seed,
    workers: int | None = None,
    backend: Backend = "threads",
    scheduler: str | None = None,
    device: str = "cpu",
    store: StorePath = DEFAULT_STORE,
    on_progress: Callable[[Progress], None] | None = None,
) -> Run:
    """Build a run and return it, or return it at once if the store has it.

    The options are those of ``python -m precompute build``. An interrupted build resumes when it is started again.
    Raises UserError if an option is out of range, the model or inputs are unusable, or the store cannot be written.

    Parameters
    ----------
    model : str
        A preset, a hub id, a local directory, or ``timm:NAME``.
    inputs : str or path
        A built-in name, a .txt, .csv or .jsonl file, or a directory of images.
    name : str, optional
        The run's name on the screen, 1 to 100 printable characters.
    dims : int or iterable of int
        Dimensions of the layouts: 2, 3 or both.
    max_tokens : int, optional
        Keep whole instances, evenly drawn, up to this number of tokens.
    limit : int, optional
        Keep only the first instances.
    quality : {"fast", "best", "reference"}
        ``best`` optimizes the layouts longer; ``reference`` lays ``pca``, ``tsne`` and ``umap`` out with scikit-learn
        and umap-learn, and the others as ``best``.
    seed : int
        0 to 2^32 - 1. Equal seeds produce equal bytes.
    workers : int, optional
        Heads laid out in parallel; by default one per core.
    backend : {"threads", "processes", "dask"}
        ``processes`` and ``dask`` import the main module again: protect a script with ``if __name__ == "__main__":``.
    scheduler : str, optional
        Address of a dask scheduler, such as ``tcp://host:8786``.
    device : str
        Torch device of the model: ``cpu``, ``cuda``, ``cuda:1``, ``mps``.
    store : path
        Created if it does not exist.
    on_progress : callable, optional
        Called at every step. By default only warnings are reported, through :mod:`warnings`.
    """
    execution = execution_of(workers, device=device, backend=backend, scheduler=scheduler)
    request = request_of(
        model,
        os.fspath(inputs),
        name=name,
        projections=projections,
        dims=dims,
        quality=quality,
        seed=seed,
        limit=limit,
        max_tokens=max_tokens,
    )

    from precompute.build import build as build_run  # imported late: heavy

    with ArrayStore(Path(store)) as opened:
        outcome = build_run(request, opened, execution, on_progress=on_progress or _warn)
    return open_run(outcome.run, store=store)


def _warn(progress: Progress) -> None:
    if progress.warning:
        warnings.warn(progress.detail, stacklevel=2)
