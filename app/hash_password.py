"""``python -m app hash-password USER``: a line for the password file."""

from __future__ import annotations

import argparse
import getpass
import sys
from collections.abc import Sequence

from app.passwords import PasswordsError, hash_password


def password_line(arguments: Sequence[str]) -> str:
    """Prompt for a password and return ``user:hash``.

    Parameters
    ----------
    arguments : sequence of str
        The user's name. The password comes from the terminal, or is the first line of a pipe.

    Raises
    ------
    PasswordsError
        If the name is not valid, or the password is empty or was not repeated exactly.
    """
    user = named_user(arguments)
    return f"{user}:{hash_password(_typed_twice() if sys.stdin.isatty() else _first_line())}"


def named_user(arguments: Sequence[str]) -> str:
    """Return the user's name of the command line.

    Raises
    ------
    PasswordsError
        If it cannot be written to a password file.
    """
    parser = argparse.ArgumentParser(
        prog="python -m app hash-password", description="Print a line of passwords for ATTENTIONVIZ_AUTH."
    )
    parser.add_argument("user", help="name to sign in with")
    user: str = parser.parse_args(arguments).user
    if ":" in user or user.startswith("#") or user != user.strip() or not user.isprintable() or not user:
        raise PasswordsError("A user name must not contain colons, begin with # or have spaces around it.")
    return user


def _typed_twice() -> str:
    password = getpass.getpass("Password: ")
    if getpass.getpass("Repeat password: ") != password:
        raise PasswordsError("The two passwords differ; try again.")
    return password


def _first_line() -> str:
    return sys.stdin.readline().rstrip("\r\n")
