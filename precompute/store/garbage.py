"""Garbage of a store: arrays that no manifest and no part names."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from pathlib import Path

from precompute.store.content import ARRAY
from precompute.store.database import Database
from precompute.store.strict_disk import FILE_NAME, StrictCache

MANIFEST, PART = "manifest:", "part:"
HASH = re.compile(r'"sha256":"([0-9a-f]{64})"')


def named_arrays(database: Database, keys: Iterable[str]) -> set[str]:
    """Return the hashes that manifests or parts name, also damaged ones and those of newer versions."""
    return {name for key in keys for name in HASH.findall(database.rows.text(key) or "")}


def unneeded_parts(database: Database) -> list[str]:
    """Return the keys of parts that name an array that no run does.

    They belong to unfinished builds or old versions. A part of a finished run takes no space and saves the next build
    work.
    """
    rows = database.rows
    of_runs = named_arrays(database, rows.keys(MANIFEST))
    return [key.removeprefix(PART) for key in rows.keys(PART) if named_arrays(database, [key]) - of_runs]


def garbage_bytes(database: Database, without: Collection[str]) -> int:
    """Return the size in bytes of all garbage, as if the parts of the keys `without` were removed."""
    rows = database.rows
    keys = {*rows.keys(MANIFEST), *rows.keys(PART)} - {PART + key for key in without}
    kept = {rows.file(ARRAY + name) for name in named_arrays(database, keys)}
    return sum(path.stat().st_size for path in _files(database.directory) if path not in kept)


def sweep(database: Database, rows: StrictCache) -> None:
    """Remove all garbage in a transaction's rows."""
    named = named_arrays(database, rows.keys(MANIFEST) + rows.keys(PART))
    kept = set()
    for key in rows.keys(ARRAY):
        if key.removeprefix(ARRAY) in named:
            kept.add(rows.file(key))
        else:
            rows.delete(key)
    # Files without a row: moved in by a process that died before its transaction ended.
    for path in _files(database.directory):
        if path not in kept:
            path.unlink(missing_ok=True)


def _files(directory: Path) -> list[Path]:
    return [path for path in directory.glob("*/*/*.val") if FILE_NAME.fullmatch(str(path.relative_to(directory)))]
