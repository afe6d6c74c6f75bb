"""What the parts of a run are called: sentences and tokens, or images and patches."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Literal

from precompute.format.manifest import Manifest


@dataclass(frozen=True)
class Nouns:
    """Words for one kind of inputs.

    Attributes
    ----------
    instance, instances : str
        One input, and several.
    token, tokens : str
        One part of an input that queries and keys stand for, and several.
    sought : str
        What a search looks for.
    """

    instance: str
    instances: str
    token: str
    tokens: str
    sought: str


NOUNS: Mapping[Literal["text", "image"], Nouns] = {
    "text": Nouns("sentence", "sentences", "token", "tokens", "token"),
    "image": Nouns("image", "images", "patch", "patches", "label"),
}


def nouns_of(manifest: Manifest) -> Nouns:
    """Return the words for a run."""
    return NOUNS[manifest.inputs.kind]


def worded(template: str, nouns: Nouns = NOUNS["text"]) -> str:
    """Put words into a template; ``assets/js/shell/nouns.mjs`` does the same when another run is opened.

    Parameters
    ----------
    template : str
        Names of words in braces, such as ``All {instances}``; ``{Instance}`` starts with a capital letter.
    nouns : Nouns
        The words; those for text until a run is open.
    """
    words = asdict(nouns)
    return template.format(**words, **{name.capitalize(): word.capitalize() for name, word in words.items()})
