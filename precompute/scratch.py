"""Working space on the store's file system that no crash leaves behind."""

from __future__ import annotations

import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from precompute.file_lock import file_lock

LOCK = "lock"


class Scratch:
    """Temporary directories, each held by a lock for as long as its process lives.

    Parameters
    ----------
    root : Path
        Where they are made; must exist.
    """

    def __init__(self, root: Path) -> None:
        self._root = root

    @contextmanager
    def open(self) -> Iterator[Path]:
        """Give an empty directory that is removed with everything in it when the block ends.

        Yields
        ------
        Path
            The directory.
        """
        home = self._root / secrets.token_hex(8)
        with file_lock(self._root / LOCK):
            home.mkdir()
            holder = file_lock(home / LOCK)
            holder.__enter__()
        try:
            space = home / "space"
            space.mkdir()
            yield space
        finally:
            shutil.rmtree(home, ignore_errors=True)
            holder.__exit__(None, None, None)

    def sweep(self) -> None:
        """Remove the directories of processes that died."""
        with file_lock(self._root / LOCK):
            for home in self._root.iterdir():
                if home.is_dir() and not home.is_symlink():
                    self._remove_if_abandoned(home)

    @staticmethod
    def _remove_if_abandoned(home: Path) -> None:
        with file_lock(home / LOCK, wait=False) as abandoned:
            if abandoned:
                shutil.rmtree(home, ignore_errors=True)
