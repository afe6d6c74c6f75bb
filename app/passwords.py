"""Users and password hashes, from a setting or a file."""

from __future__ import annotations

import hmac
import json
import re
import secrets
from collections.abc import Callable, Mapping
from pathlib import Path
from threading import Lock

from werkzeug.security import check_password_hash, generate_password_hash

from app.settings import SettingsError

METHOD = "scrypt:32768:8:3"
"""scrypt with N = 2^15, r = 8, p = 3 (OWASP, Password Storage Cheat Sheet): 32 MiB and 0.25 s a check."""

_HASH = re.compile(re.escape(METHOD) + r"\$[A-Za-z0-9]{8,}\$[0-9a-f]{128}")
_MOST_BYTES = 1_000_000
_HOW_TO = "make a line with python -m app hash-password"


class PasswordsError(SettingsError):
    """Users and hashes cannot be read; the message reveals nothing of them."""


def hash_password(password: str) -> str:
    """Return the salted hash of a password.

    Raises
    ------
    PasswordsError
        If it is empty.
    """
    if not password:
        raise PasswordsError("An empty password protects nothing; choose a longer one.")
    return generate_password_hash(password, METHOD)


def parse_users(text: str) -> dict[str, str]:
    """Return the hash by user of lines of ``user:hash``; empty lines and lines that begin with ``#`` are skipped.

    Raises
    ------
    PasswordsError
        If a line has another form, a user is repeated, or there is no user.
    """
    users: dict[str, str] = {}
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip() or line.startswith("#"):
            continue
        user, _, kept = line.strip().partition(":")
        if not user or not _HASH.fullmatch(kept):
            raise PasswordsError(f"Line {number} of the passwords is not user:hash; {_HOW_TO}.")
        if user in users:
            raise PasswordsError(f"Line {number} of the passwords repeats a user; keep one line per user.")
        users[user] = kept
    if not users:
        raise PasswordsError(f"The passwords contain no user; {_HOW_TO}.")
    return users


class PasswordFile:
    """Users of a UTF-8 file in the form of :func:`parse_users`, read again when it changes.

    Raises
    ------
    PasswordsError
        If it cannot be read.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._read: tuple[tuple[int, ...], Mapping[str, str]] | None = None
        self.users()

    def users(self) -> Mapping[str, str]:
        """Return the hash of every user.

        Raises
        ------
        PasswordsError
            If the file is missing or damaged.
        """
        try:
            status = self._path.stat()
            version = (status.st_ino, status.st_mtime_ns, status.st_size)
            if self._read is None or self._read[0] != version:
                if status.st_size > _MOST_BYTES:
                    raise PasswordsError(f"The password file {self._path} is larger than 1 MB; name the right file.")
                self._read = version, parse_users(self._path.read_text("utf-8"))
        except OSError as error:
            why = error.strerror or error
            raise PasswordsError(f"The password file {self._path} cannot be read ({why}); check its name.") from error
        except UnicodeDecodeError as error:
            raise PasswordsError(f"The password file {self._path} is not UTF-8 text; name the right file.") from error
        return self._read[1]


def users_source(auth: str) -> Callable[[], Mapping[str, str]]:
    """Return the function that reads the users of the setting ``ATTENTIONVIZ_AUTH``.

    Parameters
    ----------
    auth : str
        ``user:hash``, or the path of a password file.

    Raises
    ------
    PasswordsError
        If it is neither. The message omits a text with a colon that names no file: it may hold a password.
    """
    if re.search(r":scrypt:", auth):
        users = parse_users(auth)
        return lambda: users
    path = Path(auth)
    if ":" in auth and not path.exists():
        raise PasswordsError(f"ATTENTIONVIZ_AUTH is neither a file nor user:hash; {_HOW_TO}.")
    return PasswordFile(path).users


class PasswordCheck:
    """Verification of passwords.

    A wrong password, an unknown user and the first right one cost the same: one hash. Afterwards a keyed digest, which
    exists in this process only, replaces the hash. One hash is computed at a time, so a flood of attempts takes 32 MiB
    instead of 32 MiB per thread.

    Parameters
    ----------
    users : callable
        Returns the hash of every user.
    """

    def __init__(self, users: Callable[[], Mapping[str, str]]) -> None:
        self._users = users
        self._one_at_a_time = Lock()
        # Random, so no password has this hash; checking it costs the same as checking a real one.
        self._no_user_hash = f"{METHOD}${secrets.token_hex(8)}${secrets.token_hex(64)}"
        self._key = secrets.token_bytes(32)
        self._right: dict[str, bytes] = {}

    def accepts(self, user: str, password: str) -> bool:
        """Whether this is a user's password.

        Raises
        ------
        PasswordsError
            If the users can no longer be read.
        """
        users = self._users()
        kept = users.get(user, self._no_user_hash)
        digest = hmac.digest(self._key, json.dumps([user, password, kept]).encode(), "sha256")
        if hmac.compare_digest(self._right.get(user, b""), digest):
            return True
        with self._one_at_a_time:
            if hmac.compare_digest(self._right.get(user, b""), digest):
                return True
            right = check_password_hash(kept, password)
            if right and user in users:
                self._right[user] = digest
                return True
        return False
