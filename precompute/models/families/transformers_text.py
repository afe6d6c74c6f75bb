"""Text models of transformers: every model that no other family recognizes."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from precompute.models.registry import family

if TYPE_CHECKING:
    from precompute.models.transformers_text import TextModel


@family("transformers-text", library="transformers", kind="text", recognizes=lambda _: True, generic=True)
def load(directory: Path, device: str) -> TextModel:
    """Load a text model; see :mod:`precompute.models.transformers_text`."""
    from precompute.models import transformers_text

    return transformers_text.load(directory, device)
