"""All runs of a store; other processes may add and remove some at the same time."""

from __future__ import annotations

from collections import OrderedDict
from threading import Lock

from precompute.errors import DamagedRunError, RunNotFoundError
from precompute.format.manifest import Manifest
from precompute.run.run import Run
from precompute.store.store import Store

OPEN_RUNS = 8
"""Runs kept open; each holds its manifest, token table and memory maps."""


class Catalog:
    """The finished runs of a store, read again whenever the store changes.

    A read-only store suffices. Every method raises StoreError if the store cannot be read.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._lock = Lock()
        self._version: tuple[int, ...] | None = None
        self._manifests: tuple[Manifest, ...] = ()
        self._damaged: dict[str, DamagedRunError] = {}
        self._open: OrderedDict[str, Run] = OrderedDict()

    def runs(self) -> tuple[Manifest, ...]:
        """Return the readable runs, newest first; :meth:`damaged` returns the others."""
        with self._lock:
            self._refresh()
            return self._manifests

    def damaged(self) -> dict[str, DamagedRunError]:
        """Return the error of each run that cannot be read, by identifier; newer versions' runs are among them."""
        with self._lock:
            self._refresh()
            return dict(self._damaged)

    def open(self, name: str) -> Run:
        """Return a run by its identifier, an unambiguous prefix of it, or its unique name; shared between callers.

        Raises
        ------
        RunNotFoundError
            If no run, or more than one, matches.
        DamagedRunError
            If the run cannot be read.
        """
        with self._lock:
            self._refresh()
            manifest = self._find(name)
            run = self._open.pop(manifest.run, None) or Run(self._store, manifest)
            self._open[manifest.run] = run
            while len(self._open) > OPEN_RUNS:
                self._open.popitem(last=False)
            return run

    def default(self) -> Run:
        """Return the newest run, shared between callers. Raises RunNotFoundError if there is none."""
        runs = self.runs()
        if not runs:
            raise RunNotFoundError(f"The store {self._store.directory} has no runs yet; build one first.")
        return self.open(runs[0].run)

    def release(self) -> None:
        """Release the resident pages of the open runs' large maps.

        Otherwise a process that has served every head keeps all queries and keys of a run in memory.
        """
        with self._lock:
            runs = tuple(self._open.values())
        for run in runs:
            run.release()

    def _find(self, name: str) -> Manifest:
        by_id = {manifest.run: manifest for manifest in self._manifests}
        if name in self._damaged:
            raise self._damaged[name]
        if name in by_id:
            return by_id[name]
        named = [m for m in self._manifests if m.name == name]
        matches = named or [m for m in self._manifests if name and m.run.startswith(name)]
        if len(matches) == 1:
            return matches[0]
        candidates = ", ".join(sorted(m.run for m in matches or self._manifests)[:5])
        if matches:
            raise RunNotFoundError(f"More than one run is called {name!r}: {candidates}; use more of the identifier.")
        remedy = f"choose one of {candidates}" if candidates else "the store is empty, build a run first"
        raise RunNotFoundError(f"There is no run {name!r}; {remedy}.")

    def _refresh(self) -> None:
        version = self._store.version()
        if version == self._version:
            return
        manifests, damaged = [], {}
        for run in self._store.run_ids():
            try:
                manifests.append(self._store.manifest(run))
            except DamagedRunError as error:
                damaged[run] = error
            except RunNotFoundError:
                continue
        manifests.sort(key=lambda manifest: (manifest.created, manifest.run), reverse=True)
        self._manifests, self._damaged, self._version = tuple(manifests), damaged, version
        for run in set(self._open) - {manifest.run for manifest in manifests}:
            del self._open[run]
        for manifest in manifests:
            if manifest.run in self._open and self._open[manifest.run].manifest != manifest:
                del self._open[manifest.run]
