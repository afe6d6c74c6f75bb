"""Model directories: config.json, safetensors and tokenizer files."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from precompute.errors import UnknownModelError, UnsupportedModelError

MODEL_FILES = ("*.json", "*.safetensors", "merges.txt", "vocab.txt", "*.model")
"""Patterns of the files that determine a model's output (weights, configuration, tokenizer, preprocessing)."""


def read_config(directory: Path) -> Mapping[str, Any]:
    """Read the config.json of a model directory.

    UnknownModelError if it is missing or not a JSON object; UnsupportedModelError if the directory is an adapter.
    """
    path = directory / "config.json"
    if not path.is_file() and (directory / "adapter_config.json").is_file():
        raise UnsupportedModelError(_adapter(directory))
    try:
        config = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise UnknownModelError(
            f"The directory {directory} has no config.json, so it is not a model: choose another directory."
        ) from None
    except (OSError, ValueError) as error:
        raise UnknownModelError(f"The file {path} cannot be read as JSON: replace it.") from error
    if not isinstance(config, dict):
        raise UnknownModelError(f"The file {path} is not a model's configuration: it is not a JSON object.")
    return config


def fingerprint_directory(directory: Path) -> str:
    """Return the SHA-256 (hex) of names and bytes of :data:`MODEL_FILES` in a directory."""
    digest = hashlib.sha256()
    for path in sorted({path for pattern in MODEL_FILES for path in directory.glob(pattern) if path.is_file()}):
        digest.update(f"{path.name}\0{path.stat().st_size}\0".encode())
        with path.open("rb") as file:
            hashlib.file_digest(file, lambda: digest)
    return digest.hexdigest()


def _adapter(directory: Path) -> str:
    try:
        base = json.loads((directory / "adapter_config.json").read_text(encoding="utf-8"))["base_model_name_or_path"]
    except (OSError, ValueError, KeyError, TypeError):
        base = "its base model"
    return (
        f"The directory {directory} is an adapter of {base}, not a model. "
        "Merge them with merge_and_unload of peft, and use the directory that save_pretrained writes."
    )
