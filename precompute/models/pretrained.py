"""Networks of transformers: safetensors only, no remote code, torch's attention."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import cast

import torch
from transformers import PreTrainedModel

from precompute.capture.quiet import quiet_libraries
from precompute.errors import UnsupportedModelError

AFTER_ATTENTION = frozenset({"pooler", "head", "lm_head", "classifier"})
"""Modules after the last attention layer, which a checkpoint may lack."""


def load_pretrained(
    from_pretrained: Callable[..., tuple[object, dict[str, list[str]]]],
    directory: Path,
    *,
    attention: str | None = "sdpa",
    optional_parts: frozenset[str] = AFTER_ATTENTION,
) -> PreTrainedModel:
    """Load a network in float32 with torch's attention function.

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
        transformers does not know the architecture, cannot run it with torch's attention, or weights are missing.
    """
    try:
        with quiet_libraries():
            network, info = from_pretrained(
                directory,
                attn_implementation=attention,
                dtype=torch.float32,
                local_files_only=True,
                output_loading_info=True,
                trust_remote_code=False,
                use_safetensors=True,
            )
    except (OSError, ValueError, KeyError, ImportError, RuntimeError) as error:
        reason = str(error).strip().partition("\n")[0].rstrip(".")
        raise UnsupportedModelError(f"The model in {directory} cannot be loaded: {reason}.") from error
    missing = [key for key in info["missing_keys"] if optional_parts.isdisjoint(key.split("."))]
    if missing:
        raise UnsupportedModelError(
            f"The model in {directory} lacks {len(missing)} of its weights, such as {sorted(missing)[0]}: "
            "use a complete checkpoint."
        )
    return cast(PreTrainedModel, network)
