"""Own words for the errors that transformers raises while it loads a model."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import transformers
from transformers.models.auto.configuration_auto import CONFIG_MAPPING

_PACKAGE = re.compile(r"requires the (?:following packages[^:]*: )?([\w-]+)")
_LAYER = re.compile(r"(?:^|\.)(?:layers?|h|blocks?)\.(\d+)\.")


def load_failure(directory: Path, config: Mapping[str, Any], error: Exception) -> str:
    """Return why a model cannot be loaded and what to do, in two sentences, from the error of transformers."""
    model_type = config.get("model_type")
    version = transformers.__version__
    if not isinstance(model_type, str) or model_type not in CONFIG_MAPPING:
        named = repr(model_type) if isinstance(model_type, str) else "in config.json"
        return (
            f"The model in {directory} cannot be loaded: transformers {version} knows no model type {named}. "
            "Update transformers, or choose another model."
        )
    if isinstance(error, ImportError):
        found = _PACKAGE.search(str(error))
        package = error.name or (found[1] if found else "a package that is not installed")
        return f"The model in {directory} needs {package}. Install it, or choose another model."
    if isinstance(error, MemoryError) or "allocate memory" in str(error):
        return f"The model in {directory} does not fit the memory of this machine. Choose a smaller model."
    return (
        f"The model in {directory} cannot be loaded: config.json describes no {model_type} that transformers {version} "
        "can build from these files. Save it again with save_pretrained, or choose another model."
    )


def weight_problem(directory: Path, info: Mapping[str, Any], optional_parts: frozenset[str]) -> str:
    """Return the problem of the loaded weights, from the loading info of transformers, or ""."""
    if mismatched := sorted(info["mismatched_keys"]):
        name, stored, expected = mismatched[0]
        return (
            f"The weights in {directory} do not fit config.json: {name} is {_shape(stored)}, not {_shape(expected)}. "
            "Use the config.json that was saved with the weights."
        )
    missing = [key for key in info["missing_keys"] if optional_parts.isdisjoint(key.split("."))]
    if missing:
        return (
            f"The model in {directory} lacks {len(missing)} of its weights, such as {sorted(missing)[0]}: "
            "use a complete checkpoint."
        )
    return ""


def unused_layers(info: Mapping[str, Any]) -> str:
    """Return a warning if the checkpoint has layers that config.json does not count, or ""."""
    layers = {int(found[1]) for key in info["unexpected_keys"] if (found := _LAYER.search(key))}
    if not layers:
        return ""
    numbers = ", ".join(map(str, sorted(layers)[:3])) + (" ..." if len(layers) > 3 else "")
    return f"The checkpoint has weights of layers that config.json does not count ({numbers}); they are not shown."


def _shape(size: Sequence[int]) -> str:
    return " x ".join(map(str, size))
