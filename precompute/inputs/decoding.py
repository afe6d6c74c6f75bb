"""Bytes of a file to text, or a sentence that says where they are wrong."""

from __future__ import annotations

import codecs
from pathlib import Path

from precompute.errors import InputsError

_UTF16_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


def read_utf8(path: Path) -> str:
    """Read a UTF-8 file, with or without byte order mark.

    Raises
    ------
    InputsError
        If the file cannot be read or is not UTF-8; the sentence names line and byte.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise InputsError(f"{path} cannot be read: {error.strerror}.") from error
    if content.startswith(_UTF16_MARKS):
        raise InputsError(f"{path} is UTF-16, not UTF-8: save it as UTF-8 and try again.")
    try:
        return content.removeprefix(codecs.BOM_UTF8).decode("utf-8")
    except UnicodeDecodeError as error:
        before = error.object[: error.start]
        line = before.count(b"\n") + 1
        byte = len(before) - (before.rfind(b"\n") + 1) + 1
        raise InputsError(
            f"{path} is not UTF-8 at line {line}, byte {byte} of the line: save it as UTF-8 and try again."
        ) from error
