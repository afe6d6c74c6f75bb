"""Sentences of a run, with their columns."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from precompute.format.typed_json import JSON, fingerprint

Column = tuple[str, ...] | tuple[float, ...]
"""Values of one column, an instance each: all strings or all finite numbers."""

MAX_SLUG = 40


@dataclass(frozen=True)
class TextInputs:
    """The sentences of a run.

    Attributes
    ----------
    name : str
        Built-in name, or the file's name without its ending; printable.
    slug : str
        ``name`` as part of a run id: lower-case ASCII letters, digits and dashes.
    texts : tuple of str
        At least one, none of them empty.
    columns : mapping of str to tuple
        A str or a finite float per sentence.
    warnings : tuple of str
        One sentence each.
    """

    name: str
    slug: str
    texts: tuple[str, ...]
    columns: Mapping[str, Column] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()
    kind: Literal["text"] = "text"

    @property
    def sha256(self) -> str:
        """Hash of texts and columns, independent of the file's format and name."""
        content: JSON = {"texts": self.texts, "columns": dict(self.columns)}
        return fingerprint(content)


def printable_name(name: str) -> str:
    """Replace unprintable characters (control characters, undecodable bytes) by ``?``."""
    return "".join(character if character.isprintable() else "?" for character in name)


def slug_of(name: str, default: str = "inputs") -> str:
    """Return lower-case ASCII letters, digits and dashes, at most ``MAX_SLUG``; ``default`` if none are left."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain)[:MAX_SLUG].strip("-") or default
