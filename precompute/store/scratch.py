"""Working space on the store's file system that survives no crash."""

from __future__ import annotations

import secrets
import shutil
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from precompute.store.lock import file_lock

LOCK = "lock"


class Scratch:
    """Temporary directories in `root`, each locked for as long as its process lives."""

    def __init__(self, root: Path) -> None:
        self._root = root

    @contextmanager
    def open(self) -> Iterator[Path]:
        """Yield an empty directory, removed with its contents when the block ends."""
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
        """Remove the directories of dead processes."""
        with self._abandoned() as homes:
            for home in homes:
                shutil.rmtree(home, ignore_errors=True)

    def abandoned(self) -> list[int]:
        """Return the size in bytes of every directory whose process died."""
        with self._abandoned() as homes:
            return [sum(path.lstat().st_size for path in home.rglob("*") if path.is_file()) for home in homes]

    @contextmanager
    def _abandoned(self) -> Iterator[list[Path]]:
        with file_lock(self._root / LOCK), ExitStack() as locks:
            homes = [home for home in self._root.iterdir() if home.is_dir() and not home.is_symlink()]
            yield [home for home in homes if locks.enter_context(file_lock(home / LOCK, wait=False))]
