"""Database of a store: its rows, its transactions and its working space."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from diskcache import Timeout

from precompute.errors import StoreError
from precompute.store.disk_errors import storage_errors
from precompute.store.read_only_cache import ReadOnlyCache
from precompute.store.scratch import Scratch
from precompute.store.strict_disk import BUSY_SECONDS, DATABASE, StrictCache


class Database:
    """Rows by key in a directory that threads and processes share.

    Parameters
    ----------
    directory : Path
        Created, for its owner only, unless `read_only`.
    read_only : bool
        Write nothing, not even a lock; works on a read-only file system.

    Attributes
    ----------
    rows : StrictCache or ReadOnlyCache
        For reading.

    Raises
    ------
    StoreError
        If the directory cannot be used; every method raises it when the disk fails, is full or is read-only.
    """

    def __init__(self, directory: Path, *, read_only: bool) -> None:
        self.directory = Path(directory).absolute()
        self._writer: StrictCache | None = None
        self._scratch = Scratch(self.directory / "scratch")
        with storage_errors(self.directory):
            if read_only:
                if not self.directory.is_dir():
                    raise StoreError(
                        f"There is no store {self.directory}; build a run in it or choose another one with --store."
                    )
                self.rows: StrictCache | ReadOnlyCache = ReadOnlyCache(self.directory)
                return
            self.directory.mkdir(mode=0o700, parents=True, exist_ok=True)
            for name in ("locks", "scratch"):
                (self.directory / name).mkdir(mode=0o700, exist_ok=True)
            self._scratch.sweep()
            self.rows = self._writer = StrictCache(self.directory)

    @contextmanager
    def transaction(self) -> Iterator[StrictCache]:
        """Yield the rows for writing; all changes of the block are kept, or none if it fails."""
        rows = self.writer()
        started = time.monotonic()
        with storage_errors(self.directory):
            try:
                with rows.transact():
                    yield rows
            except Timeout:
                # diskcache raises Timeout for every reason that a transaction cannot begin.
                (self.directory / "locks" / "probe").write_bytes(b"?" * 4096)
                waited = time.monotonic() - started >= BUSY_SECONDS
                why = "busy with another process; try again later" if waited else "not writable"
                raise StoreError(f"The store {self.directory} is {why}.") from None

    def writer(self) -> StrictCache:
        """Return the rows for writing; StoreError if the store is read-only."""
        if self._writer is None:
            raise StoreError(f"The store {self.directory} is open for reading only.")
        return self._writer

    def version(self) -> tuple[int, ...]:
        """Return a value that changes whenever anything in the store does; empty while there is no database.

        Device, inode, time and SQLite's change counter (file format, section 1.3.7) of the database's file. The counter
        distinguishes two changes within one clock tick.

        Raises
        ------
        StoreError
            If the directory no longer exists.
        """
        path = self.directory / DATABASE
        with storage_errors(self.directory):
            try:
                status = path.stat()
                with path.open("rb") as file:
                    counter = int.from_bytes(file.read(28)[24:28], "big")
            except FileNotFoundError:
                self.directory.stat()
                return ()
        return status.st_dev, status.st_ino, status.st_mtime_ns, counter

    @contextmanager
    def scratch(self) -> Iterator[Path]:
        """Yield an empty temporary directory on the store's file system.

        It is removed when the block ends or, if the process dies in it, when the store is next opened for writing.
        """
        self.writer()
        with ExitStack() as stack:
            with storage_errors(self.directory):
                space = stack.enter_context(self._scratch.open())
            yield space

    def sweep_scratch(self) -> None:
        """Remove the temporary directories of dead processes."""
        self.writer()
        with storage_errors(self.directory):
            self._scratch.sweep()

    def abandoned_scratch(self) -> list[int]:
        """Return the size in bytes of every temporary directory whose process died."""
        if not (self.directory / "scratch").is_dir():
            return []
        with storage_errors(self.directory):
            return self._scratch.abandoned()

    def close(self) -> None:
        """Close the calling thread's connection."""
        if self._writer is not None:
            self._writer.close()
