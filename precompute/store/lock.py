"""Locks between processes that the system releases when their holder dies."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def file_lock(path: Path, *, shared: bool = False, wait: bool = True) -> Iterator[bool]:
    """Hold a lock while the block runs.

    Parameters
    ----------
    path : Path
        Of the lock's file, made if it is not there and never removed: removing it would split the lock in two. Its
        directory exists.
    shared : bool
        Whether other shared holders are let in.
    wait : bool
        Whether to wait for other holders.

    Yields
    ------
    bool
        Whether the lock is held; always true with `wait`.
    """
    mode = fcntl.LOCK_SH if shared else fcntl.LOCK_EX
    with path.open("ab") as file:
        try:
            fcntl.flock(file, mode if wait else mode | fcntl.LOCK_NB)
        except BlockingIOError:
            held = False
        else:
            held = True
        yield held
