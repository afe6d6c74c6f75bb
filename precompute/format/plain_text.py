"""Text of any origin made safe to print on one line."""

from __future__ import annotations


def plain(text: str) -> str:
    r"""Make a text safe to print on one line.

    Parameters
    ----------
    text : str
        Perhaps from a file, a model or another machine.

    Returns
    -------
    str
        White space is single spaces; what is not printable (control characters, terminal escapes, lone surrogates) is
        spelt out as ``\x1b``.
    """
    return "".join(
        character if character.isprintable() else character.encode("unicode_escape").decode()
        for character in " ".join(text.split())
    )
