"""What a build is about, and the names that follow from it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from precompute.build.request import BuildRequest
from precompute.format.typed_json import fingerprint, to_json
from precompute.inputs.reader import Inputs
from precompute.models.source import ModelSource

CAPTURE_VERSION = 3
"""Raised when capture keeps other arrays for the same model and inputs, or chooses other instances of them."""

LAYOUT_VERSION = 8
"""Raised when the joint embedding or a projection gives other coordinates for the same recipe, or what is measured of a
layout changes: its measures are kept with it."""

SUMMARY_VERSION = 7
"""Raised when encodings, metrics or what is kept of the attention change for the same capture."""


@dataclass(frozen=True)
class Job:
    """A request whose model and inputs have been found.

    Attributes
    ----------
    request : BuildRequest
        What was asked for.
    source : ModelSource
        The model, not yet loaded.
    inputs : Inputs
        What it reads.
    """

    request: BuildRequest
    source: ModelSource
    inputs: Inputs

    @cached_property
    def run(self) -> str:
        """Identifier: model, inputs, and 12 digits of the fingerprint of all that the content depends on."""
        depends = {
            "model": self.source.fingerprint,
            "inputs": self.inputs.sha256,
            "recipe": to_json(self.request.recipe),
            "versions": [CAPTURE_VERSION, LAYOUT_VERSION, SUMMARY_VERSION],
        }
        return f"{self.source.slug}-{self.inputs.slug}-{fingerprint(depends)[:12]}"

    @cached_property
    def capture_key(self) -> str:
        """Key of the part that running the model leaves."""
        depends = [self.source.fingerprint, self.inputs.sha256, self.request.recipe.max_tokens, CAPTURE_VERSION]
        return f"capture/{fingerprint(depends)[:32]}"
