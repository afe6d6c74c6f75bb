"""Comparison of a run with its hashes."""

from __future__ import annotations

from precompute.errors import RunNotFoundError, StoreError
from precompute.format.manifest import ArrayInfo
from precompute.format.schema import DOCUMENT
from precompute.run.run import Run
from precompute.store.array_file import hash_file
from precompute.store.disk_errors import storage_errors
from precompute.store.store import Store


def verify_run(store: Store, run: str) -> list[str]:
    """Read the run of full identifier ``run`` and return every difference from its hashes, as sentences.

    The store may be read-only. Raises RunNotFoundError if there is no such run.
    """
    try:
        manifest = store.manifest(run)
    except RunNotFoundError:
        raise
    except StoreError as error:
        return [str(error)]
    problems = [problem for name, info in manifest.arrays.items() for problem in _array_problems(store, name, info)]
    return problems or content_problems(Run(store, manifest))


def content_problems(run: Run) -> list[str]:
    """Return every contradiction between the manifest and token table, offsets or draw order, as sentences."""
    problems = []
    for read in (lambda: run.tokens, lambda: run.offsets, lambda: run.draw_order):
        try:
            read()
        except StoreError as error:
            problems.append(str(error))
    return problems


def _array_problems(store: Store, name: str, info: ArrayInfo) -> list[str]:
    try:
        path = store.array_path(info)
        with storage_errors(store.directory):
            found = hash_file(path)
        if found != info.sha256:
            return [f"The array {name} has changed on disk: its hash is {found[:12]}, not {info.sha256[:12]}."]
        if info.dtype == DOCUMENT:
            store.document(info)
        else:
            store.array(info)
    except StoreError as error:
        return [f"Array {name}: {error}"]
    return []
