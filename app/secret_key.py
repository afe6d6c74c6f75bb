"""Secret key of the browser's signed data: created once per store and shared by its servers."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from precompute.store.disk_errors import storage_errors
from precompute.store.lock import file_lock

FILE = "secret_key"
_LENGTH = 64


def kept_secret_key(directory: Path) -> str:
    """Return the key of a directory, 64 hex digits, created if missing; concurrent servers create one.

    Parameters
    ----------
    directory : Path
        Exists and is writable. The key's file is readable by its owner only.

    Raises
    ------
    StoreError
        If the disk fails.
    """
    path = directory / FILE
    with storage_errors(directory):
        (directory / "locks").mkdir(mode=0o700, exist_ok=True)
        with file_lock(directory / "locks" / FILE):
            kept = path.read_text("utf-8", "replace") if path.is_file() else ""
            if len(kept) != _LENGTH:
                kept = secrets.token_hex(_LENGTH // 2)
                _write(path, kept)
            path.chmod(0o600)
    return kept


def _write(path: Path, text: str) -> None:
    new = path.with_name(f"{path.name}.new")
    new.unlink(missing_ok=True)
    with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    new.replace(path)
