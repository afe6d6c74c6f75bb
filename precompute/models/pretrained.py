"""Networks of transformers: safetensors only, no remote code."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import torch
from transformers import PreTrainedModel

from precompute.capture.quiet import quiet_libraries
from precompute.errors import UnsupportedModelError
from precompute.models.directory import read_config
from precompute.models.load_failure import load_failure, unused_layers, weight_problem

AFTER_ATTENTION = frozenset({"pooler", "head", "lm_head", "classifier"})
"""Modules after the last attention layer, which a checkpoint may lack."""

FromPretrained = Callable[..., tuple[object, dict[str, Any]]]


@dataclass(frozen=True)
class Pretrained:
    """A loaded network, and warnings about its checkpoint."""

    network: PreTrainedModel
    warnings: tuple[str, ...] = ()


def load_pretrained(
    from_pretrained: FromPretrained,
    directory: Path,
    *,
    attention: str | None = "sdpa",
    optional_parts: frozenset[str] = AFTER_ATTENTION,
) -> Pretrained:
    """Load a network in float32.

    Parameters
    ----------
    from_pretrained : callable
        Class method of the transformers class.
    attention : str or None
        Implementation of attention by transformers' name; None keeps the model's default.
    optional_parts : frozenset of str
        Modules whose weights may be missing.

    Raises
    ------
    UnsupportedModelError
        transformers cannot load it, or weights are missing or do not fit.
    """
    try:
        with quiet_libraries():
            network, info = from_pretrained(
                directory,
                attn_implementation=attention,
                dtype=torch.float32,
                ignore_mismatched_sizes=True,
                local_files_only=True,
                output_loading_info=True,
                trust_remote_code=False,
                use_safetensors=True,
            )
    except Exception as error:  # a foreign library: any error means that the model cannot be loaded
        raise UnsupportedModelError(load_failure(directory, read_config(directory), error)) from error
    if problem := weight_problem(directory, info, optional_parts):
        raise UnsupportedModelError(problem)
    unused = unused_layers(info)
    return Pretrained(cast(PreTrainedModel, network), (unused,) if unused else ())
