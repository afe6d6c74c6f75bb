"""Registration of a kind of inputs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from precompute.format.manifest import Modality
from precompute.inputs.images import ImageInputs
from precompute.inputs.text import TextInputs

Inputs = TextInputs | ImageInputs
"""Inputs of a run; add further kinds to this union."""


@dataclass(frozen=True)
class InputsKind:
    """One reader of inputs; listed in ``precompute.inputs.load.KINDS``.

    Attributes
    ----------
    kind : {"text", "image"}
        Modality of an instance.
    expected : str
        Accepted paths for error messages, such as ``a .txt file``.
    accepts : callable
        Whether an existing path matches; does not read it.
    load : callable
        From a name for the inputs, the path, and the number of instances to keep (None for all).
    """

    kind: Modality
    expected: str
    accepts: Callable[[Path], bool]
    load: Callable[[str, Path, int | None], Inputs]
