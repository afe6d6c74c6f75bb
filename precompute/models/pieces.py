"""Readable forms of word pieces."""

from __future__ import annotations

import json
import re
from functools import cache
from typing import Any, Literal

Scheme = Literal["bytes", "wordpiece", "metaspace"]

_BYTE_FALLBACK = re.compile(r"<0x([0-9A-Fa-f]{2})>")
_METASPACE = "\u2581"


def piece_scheme(backend: str) -> Scheme:
    """Return how a tokenizer writes its word pieces.

    Parameters
    ----------
    backend : str
        ``tokenizer.backend_tokenizer.to_str()``.

    Returns
    -------
    {"bytes", "wordpiece", "metaspace"}
        Byte-level BPE (``Ġthe``), WordPiece (``##ing``), or whole words and SentencePiece (``▁the``).
    """
    kinds = _decoder_types(json.loads(backend).get("decoder"))
    if "ByteLevel" in kinds:
        return "bytes"
    return "wordpiece" if "WordPiece" in kinds else "metaspace"


def readable_piece(token: str, scheme: Scheme) -> str:
    r"""Return a piece without its tokenizer's marks.

    A leading space is kept where the tokenizer keeps one. A piece that is only part of a character shows its bytes
    (``\xf0\x9f``).

    Examples
    --------
    >>> readable_piece("##ing", "wordpiece"), readable_piece("Ġthe", "bytes"), readable_piece("▁the", "metaspace")
    ('ing', ' the', ' the')
    """
    if scheme == "wordpiece":
        return token.removeprefix("##")
    if scheme == "metaspace":
        if match := _BYTE_FALLBACK.fullmatch(token):
            return bytes([int(match[1], 16)]).decode("utf-8", "backslashreplace")
        return token.replace(_METASPACE, " ")
    alphabet = _byte_of_character()
    if not all(character in alphabet for character in token):
        return token
    return bytes(alphabet[character] for character in token).decode("utf-8", "backslashreplace")


def _decoder_types(decoder: dict[str, Any] | None) -> set[str]:
    if not decoder:
        return set()
    return {decoder["type"]}.union(*(_decoder_types(part) for part in decoder.get("decoders", ())))


@cache
def _byte_of_character() -> dict[str, int]:
    """Return the inverse of the alphabet of byte-level BPE (Radford et al. 2019).

    Printable bytes are written as themselves, the others, in order, as the characters from 256 on.
    """
    printable = {*range(ord("!"), ord("~") + 1), *range(ord("¡"), ord("¬") + 1), *range(ord("®"), ord("ÿ") + 1)}
    others = [byte for byte in range(256) if byte not in printable]
    return {chr(byte): byte for byte in printable} | {chr(256 + i): byte for i, byte in enumerate(others)}
