"""A diskcache that never unpickles and never leaves its directory.

diskcache 5.6.3 calls ``pickle.load`` on keys and values that its database marks as pickled, opens and deletes any file
name that a row holds, and turns rows of its Settings table into attributes and PRAGMA statements. Write access to the
directory is therefore code execution (CVE-2025-69872). Here a row is a text or a file of the cache's own naming, a key
is a text, settings are fixed, and everything else is rejected in both directions.
"""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import IO

from diskcache import Cache, Disk
from diskcache.core import DBNAME, ENOVAL, MODE_BINARY, MODE_RAW, UNKNOWN

from precompute.errors import StoreError

DATABASE = DBNAME
FILE_NAME = re.compile(r"[0-9a-f]{2}/[0-9a-f]{2}/[0-9a-f]{28}\.val")

SETTINGS: dict[str, int | str] = {
    "statistics": 0,
    "tag_index": 0,
    "eviction_policy": "none",
    "size_limit": 2**62,
    "cull_limit": 0,
    "sqlite_auto_vacuum": 1,
    "sqlite_cache_size": 2**13,
    # One file, always whole, that read-only media can hold; a write-ahead log needs two more, writable, files.
    "sqlite_journal_mode": "delete",
    "sqlite_mmap_size": 0,
    "sqlite_synchronous": 1,
    "disk_min_file_size": 2**62,
    "disk_pickle_protocol": 0,
}
"""Every setting of the cache; a database with other values is rejected."""

COUNTERS = frozenset({"count", "size", "hits", "misses"})
BUSY_SECONDS = 60.0


class StrictDisk(Disk):  # type: ignore[misc]  # diskcache has no types
    """Values are texts (in the database) or finished files (moved in); keys are texts; nothing is pickled.

    diskcache passes `min_file_size` and `pickle_protocol`; both are unused.
    """

    def __init__(self, directory: str, min_file_size: int = 0, pickle_protocol: int = 0) -> None:
        super().__init__(directory, min_file_size=min_file_size, pickle_protocol=pickle_protocol)

    def put(self, key: object) -> tuple[str, bool]:
        """Return the database form of a key; TypeError if it is not a str."""
        if type(key) is not str:
            raise TypeError(f"A key of the store is a str, not {type(key).__name__}")
        return key, True

    def get(self, key: object, raw: object) -> str:
        """Return a key of the database; StoreError if it is not plain text or marked as pickled."""
        if type(key) is not str or raw != 1:
            raise self._tampered("a key")
        return key

    def store(self, value: object, read: bool, key: object = UNKNOWN) -> tuple[int, int, str | None, str | None]:
        """Store a text, or move in a finished file of the same file system; return diskcache's columns.

        `value` is the text, or with `read` the Path of the file; TypeError if it is anything else.
        """
        if type(value) is str and not read:
            return 0, MODE_RAW, None, value
        if isinstance(value, Path) and read:
            size = value.stat().st_size
            return size, MODE_BINARY, self._move_in(value), None
        raise TypeError(f"The store keeps texts and files, not {type(value).__name__}")

    def _move_in(self, source: Path) -> str:
        name, target = self.filename()
        for attempt in range(10):
            Path(target).parent.mkdir(parents=True, exist_ok=True)
            try:
                source.rename(target)
                break
            except FileNotFoundError:
                # Another process may remove the directory, empty until now, together with its last file.
                if attempt == 9 or not source.exists():
                    raise
        return str(name)

    def fetch(self, mode: object, filename: object, value: object, read: bool) -> str | IO[bytes]:
        """Return the text of a row, or its file opened for reading.

        StoreError if the row is neither, in particular if it is marked as pickled or its file lies elsewhere; OSError
        if the file is missing.
        """
        if mode == MODE_RAW and type(value) is str and not read:
            return value
        if mode == MODE_BINARY and value is None and read:
            return self.path(filename).open("rb")
        raise self._tampered("a value")

    def path(self, filename: object) -> Path:
        """Return the full path of a row's file ``ab/cd/<28 hex digits>.val``, inside the cache's directory.

        StoreError if the name has another form, or leads elsewhere through a link.
        """
        if type(filename) is not str or not FILE_NAME.fullmatch(filename):
            raise self._tampered("a file name")
        root = Path(os.path.realpath(self._directory))
        path = root / filename
        if os.path.realpath(path) != str(path):
            raise self._tampered("a link")
        return path

    def remove(self, file_path: object) -> None:
        """Remove a file of the cache and the directories that it leaves empty; StoreError for any other file."""
        self.path(file_path)
        super().remove(file_path)

    def _tampered(self, what: str) -> StoreError:
        return StoreError(f"The store {self._directory} holds {what} that this program never writes: restore a copy.")


class StrictCache(Cache):  # type: ignore[misc]  # diskcache has no types
    """A diskcache with :class:`StrictDisk` that evicts nothing and reads no setting from its database."""

    def __init__(self, directory: Path) -> None:
        super().__init__(str(directory), timeout=BUSY_SECONDS, disk=StrictDisk, **SETTINGS)

    def reset(self, key: str, value: object = ENOVAL, update: bool = True) -> object:
        """Set a setting to its fixed value, or reload a counter; StoreError for any other setting or value."""
        ours = (ENOVAL, SETTINGS[key]) if key in SETTINGS else (ENOVAL,)
        if value not in ours or (key not in SETTINGS and key not in COUNTERS):
            raise StoreError(f"The store {self.directory} has settings of another program: restore a copy.")
        return super().reset(key, value, update)

    def text(self, key: str) -> str | None:
        """Return the text of a key, or None."""
        text: str | None = self.get(key)
        return text

    def file(self, key: str) -> Path | None:
        """Return the path of the file of a key; None if there is none or it is missing."""
        handle: IO[bytes] | None = self.get(key, read=True)
        if handle is None:
            return None
        handle.close()
        return Path(handle.name)

    def keys(self, prefix: str) -> list[str]:
        """Return the keys that begin with `prefix`, sorted."""
        return [key for key in self.iterkeys() if key.startswith(prefix)]
