"""Words of a modality: sentences and tokens, or images and patches."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Literal

from precompute.format.manifest import Manifest


@dataclass(frozen=True)
class Nouns:
    """Words for one modality.

    Attributes
    ----------
    instance, instances : str
        One input, and several.
    token, tokens : str
        One part of an input that has a query and a key, and several.
    sought : str
        What a search compares.
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
    """Return the words of a run's modality."""
    return NOUNS[manifest.inputs.kind]


def worded(template: str, nouns: Nouns = NOUNS["text"]) -> str:
    """Return a template with its words filled in: ``All {instances}``, or ``{Instance}`` with a capital letter.

    ``assets/js/shell/nouns.mjs`` fills in the words of another run, which the run document carries.
    """
    words = asdict(nouns)
    return template.format(**words, **{name.capitalize(): word.capitalize() for name, word in words.items()})
