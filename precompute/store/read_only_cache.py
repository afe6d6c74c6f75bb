"""Read access to a store without writing a byte."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO
from urllib.parse import quote

from precompute.store.strict_disk import BUSY_SECONDS, DATABASE, StrictDisk


class ReadOnlyCache:
    """The rows of a :class:`StrictCache`; works on read-only media.

    Each call opens the database again, so that a replaced or emptied store is read as it is.
    """

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._disk = StrictDisk(str(directory))

    def text(self, key: str) -> str | None:
        """Return the text of a key, or None."""
        text = self._fetch(key, read=False)
        return text if isinstance(text, str) else None

    def file(self, key: str) -> Path | None:
        """Return the path of the file of a key; None if there is none or it is missing."""
        handle = self._fetch(key, read=True)
        if handle is None or isinstance(handle, str):
            return None
        handle.close()
        return Path(handle.name)

    def keys(self, prefix: str) -> list[str]:
        """Return the keys that begin with `prefix`, sorted."""
        rows = self._select("SELECT key, raw FROM Cache ORDER BY key")
        return [name for name in (self._disk.get(key, raw) for key, raw in rows) if name.startswith(prefix)]

    def _fetch(self, key: str, *, read: bool) -> str | IO[bytes] | None:
        for mode, name, value in self._select("SELECT mode, filename, value FROM Cache WHERE key = ? AND raw = 1", key):
            try:
                return self._disk.fetch(mode, name, value, read)
            except FileNotFoundError:
                return None
        return None

    def _select(self, statement: str, *values: str) -> list[tuple[object, ...]]:
        path = self._directory / DATABASE
        if not path.exists():
            return []
        try:
            return _query(path, "ro", statement, values)
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_READONLY_ROLLBACK:
                raise
            return _query_rolled_back(path, statement, values)


def _query(path: Path, mode: str, statement: str, values: tuple[str, ...]) -> list[tuple[object, ...]]:
    address = f"file:{quote(str(path.absolute()))}?mode={mode}"
    with closing(sqlite3.connect(address, uri=True, timeout=BUSY_SECONDS)) as connection:
        return connection.execute(statement, values).fetchall()


def _query_rolled_back(path: Path, statement: str, values: tuple[str, ...]) -> list[tuple[object, ...]]:
    # A writer died while it committed, and only a writer may undo what it began: do so in a copy.
    journal = path.with_name(path.name + "-journal")
    with TemporaryDirectory() as space:
        before = _identity(path), _identity(journal)
        copy = Path(shutil.copy(path, space))
        if journal.exists():
            shutil.copy(journal, space)
        if (_identity(path), _identity(journal)) == before:
            return _query(copy, "rw", statement, values)
    # Another writer has undone it by now.
    return _query(path, "ro", statement, values)


def _identity(path: Path) -> tuple[int, ...]:
    try:
        status = path.stat()
    except FileNotFoundError:
        return ()
    return status.st_ino, status.st_mtime_ns, status.st_size
