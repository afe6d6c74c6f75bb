"""One-sentence messages for errors of the disk and the database."""

from __future__ import annotations

import errno
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from precompute.errors import StoreError

_ADVICE = {
    errno.ENOSPC: "The disk of the {place} is full; free some space or choose another directory.",
    errno.EDQUOT: "The disk quota of the {place} is used up; free some space or choose another directory.",
    errno.EFBIG: "A file for the {place} is larger than its file system allows; choose another directory.",
    errno.EROFS: "The {place} is on a read-only file system; choose another directory.",
    errno.EACCES: "The {place} may not be used by this user; change its permissions or choose another directory.",
    errno.EPERM: "The {place} may not be used by this user; change its permissions or choose another directory.",
    errno.ENOTDIR: "The {place} is not a directory; choose another directory.",
    errno.EEXIST: "The {place} is not a directory; choose another directory.",
    errno.ENOENT: "The {place} does not exist and cannot be created; choose another directory.",
    errno.EIO: "The disk of the {place} cannot be read or written; check the disk.",
}

_DATABASE_ADVICE = {
    sqlite3.SQLITE_FULL: _ADVICE[errno.ENOSPC],
    sqlite3.SQLITE_IOERR: _ADVICE[errno.EIO],
    sqlite3.SQLITE_READONLY: "The {place} cannot be written; choose another directory.",
    sqlite3.SQLITE_CANTOPEN: "The database of the {place} cannot be opened; check its permissions.",
    sqlite3.SQLITE_BUSY: "The {place} is busy with another process; try again later.",
    sqlite3.SQLITE_NOTADB: "The {place} has a file cache.db that is not a database; restore a copy or remove it.",
    sqlite3.SQLITE_CORRUPT: "The database of the {place} is damaged; restore a copy or build the runs again.",
}


@contextmanager
def storage_errors(path: Path, what: str = "store") -> Iterator[None]:
    """Raise errors of the disk and the database as StoreError.

    Parameters
    ----------
    path : Path
        File or directory that the message names.
    what : str
        Noun for it.

    Raises
    ------
    StoreError
        For every OSError and sqlite3.Error of the block.
    """
    try:
        yield
    except OSError as error:
        advice = _ADVICE.get(error.errno or 0, f"The {{place}} cannot be used: {error.strerror or error}.")
        raise StoreError(advice.format(place=f"{what} {path}")) from error
    except sqlite3.Error as error:
        code = getattr(error, "sqlite_errorcode", 0) & 0xFF
        advice = _DATABASE_ADVICE.get(
            code, "The database of the {place} cannot be used; restore a copy or choose another directory."
        )
        raise StoreError(advice.format(place=f"{what} {path}")) from error
