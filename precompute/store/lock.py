"""Locks between processes that the system releases when their holder dies."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def file_lock(path: Path, *, shared: bool = False, wait: bool = True) -> Iterator[bool]:
    """Hold a lock while the block runs; yield whether it is held, always True with `wait`.

    Parameters
    ----------
    path : Path
        Lock file, created in an existing directory and never removed: removing it would split the lock in two.
    shared : bool
        Whether other shared holders are accepted.
    wait : bool
        Whether to wait for other holders.
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
