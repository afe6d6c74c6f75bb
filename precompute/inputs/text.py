"""Sentences and what the input file says about each of them."""

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
        The instances, at least one, none of them empty.
    columns : mapping of str to tuple
        Further columns, a str or a finite float for each instance.
    warnings : tuple of str
        What the user should know, a sentence each.
    kind : {"text"}
        Tells them from images.
    """

    name: str
    slug: str
    texts: tuple[str, ...]
    columns: Mapping[str, Column] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()
    kind: Literal["text"] = "text"

    @property
    def sha256(self) -> str:
        """Hash of texts and columns: equal content is equal inputs, whatever the file's format or name."""
        content: JSON = {"texts": self.texts, "columns": dict(self.columns)}
        return fingerprint(content)


def printable_name(name: str) -> str:
    """Replace what a terminal or page cannot show (control characters, undecodable bytes) with ``?``."""
    return "".join(character if character.isprintable() else "?" for character in name)


def slug_of(name: str, default: str = "inputs") -> str:
    """Keep lower-case ASCII letters, digits and dashes, at most ``MAX_SLUG``; ``default`` when nothing is left."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain)[:MAX_SLUG].strip("-") or default
