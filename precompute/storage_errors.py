"""What the system says about a disk, in one sentence that says what to do."""

from __future__ import annotations

import errno
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from precompute.errors import StoreError

_ADVICE = {
    errno.ENOSPC: "The disk of the store {store} is full; free some space or choose another --store.",
    errno.EDQUOT: "The disk quota of the store {store} is used up; free some space or choose another --store.",
    errno.EFBIG: "A file for the store {store} is larger than its file system allows; choose another --store.",
    errno.EROFS: "The store {store} is on a read-only file system; choose another --store to build.",
    errno.EACCES: "The store {store} may not be used by this user; change its permissions or choose another --store.",
    errno.EPERM: "The store {store} may not be used by this user; change its permissions or choose another --store.",
    errno.ENOTDIR: "The store {store} is not a directory; choose another --store.",
    errno.EEXIST: "The store {store} is not a directory; choose another --store.",
    errno.ENOENT: "The store {store} is not there or cannot be made; choose another --store.",
    errno.EIO: "The disk of the store {store} fails to read or write; check the disk.",
}

_DATABASE_ADVICE = {
    sqlite3.SQLITE_FULL: _ADVICE[errno.ENOSPC],
    sqlite3.SQLITE_IOERR: _ADVICE[errno.EIO],
    sqlite3.SQLITE_READONLY: "The store {store} cannot be written; choose another --store to build.",
    sqlite3.SQLITE_CANTOPEN: "The database of the store {store} cannot be opened; check its permissions.",
    sqlite3.SQLITE_BUSY: "The store {store} is kept busy by another process; try again when that is done.",
    sqlite3.SQLITE_NOTADB: "The store {store} holds a file cache.db that is no database; restore a copy or remove it.",
    sqlite3.SQLITE_CORRUPT: "The database of the store {store} is damaged; restore a copy or build the runs again.",
}


@contextmanager
def storage_errors(store: Path) -> Iterator[None]:
    """Turn errors of the disk and the database into one sentence.

    Parameters
    ----------
    store : Path
        Directory of the store.

    Raises
    ------
    StoreError
        For every OSError and sqlite3.Error of the block.
    """
    try:
        yield
    except OSError as error:
        advice = _ADVICE.get(error.errno or 0, f"The store {{store}} cannot be used: {error.strerror or error}.")
        raise StoreError(advice.format(store=store)) from error
    except sqlite3.Error as error:
        code = getattr(error, "sqlite_errorcode", 0) & 0xFF
        advice = _DATABASE_ADVICE.get(code, f"The database of the store {{store}} cannot be used: {error}.")
        raise StoreError(advice.format(store=store)) from error
