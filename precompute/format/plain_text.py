"""Untrusted text made safe to print on one line."""

from __future__ import annotations


def plain(text: str) -> str:
    r"""Return a text as a printable line.

    White space becomes single spaces; control characters, terminal escapes and lone surrogates become ``\x1b``.
    """
    return "".join(
        character if character.isprintable() else character.encode("unicode_escape").decode()
        for character in " ".join(text.split())
    )
