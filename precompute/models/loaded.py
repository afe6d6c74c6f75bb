"""Interface of a loaded model: prepare inputs, batch, run."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol, TypeVar

import torch

from precompute.capture.runnable import Prepared, RunnableModel
from precompute.errors import RecipeError
from precompute.format.manifest import Modality

Columns = Mapping[str, tuple[str, ...] | tuple[float, ...]]
InputsT_contra = TypeVar("InputsT_contra", contravariant=True)


class LoadedModel(RunnableModel, Protocol[InputsT_contra]):
    """A network with its weights and preprocessing."""

    @property
    def kind(self) -> Modality:
        """``text`` or ``image``."""
        ...

    @property
    def max_positions(self) -> int | None:
        """Longest instance in tokens, prefix and special tokens included; None without a limit."""
        ...

    def prepare(self, inputs: InputsT_contra) -> Prepared:
        """Tokenize sentences, or resize and crop images."""
        ...


def torch_device(name: str) -> torch.device:
    """Return a device of this machine; RecipeError if the name is not a device or torch cannot use it here."""
    try:
        device = torch.device(name)
        torch.empty(1, device=device)
    except (RuntimeError, AssertionError, NotImplementedError) as error:
        raise RecipeError(f"This machine has no torch device {name!r}; cpu always works.") from error
    return device
