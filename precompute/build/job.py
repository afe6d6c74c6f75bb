"""Resolved build requests and the keys that follow from them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from precompute.build.request import BuildRequest
from precompute.encodings.registry import ENCODINGS
from precompute.format.typed_json import JSON, fingerprint, to_json
from precompute.inputs.reader import Inputs
from precompute.metrics.registry import METRICS
from precompute.models.source import ModelSource
from precompute.projections.registry import PROJECTIONS

CAPTURE_VERSION = 3
"""Raised when capture stores other arrays, or chooses other instances, for the same model and inputs."""

LAYOUT_VERSION = 11
"""Raised when the joint embedding, or the metrics of it or of a layout, change for the same capture."""

SUMMARY_VERSION = 7
"""Raised when the stored attention arrays change for the same capture.

Projections, encodings and metrics have versions of their own, in their decorators.
"""


def measured_by() -> JSON:
    """Return names and versions of all encodings and metrics, which are computed from the capture."""
    return [ENCODINGS.versions(), METRICS.versions()]


@dataclass(frozen=True)
class Job:
    """A request whose model and inputs have been found; the model is not yet loaded."""

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
            "projections": PROJECTIONS.versions(self.request.recipe.projections),
            "measured by": measured_by(),
        }
        return f"{self.source.slug}-{self.inputs.slug}-{fingerprint(depends)[:12]}"

    @cached_property
    def capture_key(self) -> str:
        """Key of the stored capture."""
        depends = [
            self.source.fingerprint,
            self.inputs.sha256,
            self.request.recipe.max_tokens,
            CAPTURE_VERSION,
            METRICS.versions(name for name, metric in METRICS.all().items() if metric.probed),
        ]
        return f"capture/{fingerprint(depends)[:32]}"
