"""Check of a model directory's weight files before a library opens them."""

from __future__ import annotations

import json
import struct
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from precompute.errors import UnsupportedModelError

_LFS = b"version https://git-lfs"
_HEADER_LIMIT = 100_000_000


def require_readable_weights(directory: Path, config: Mapping[str, Any]) -> None:
    """Check that the weights are complete safetensors files of an unquantized model.

    Raises
    ------
    UnsupportedModelError
        There is no safetensors file, one is a pointer of git-lfs or truncated, or the weights are quantized.
    """
    files = sorted(directory.glob("*.safetensors"))
    if not files:
        raise UnsupportedModelError(_without_safetensors(directory))
    for path in files:
        if problem := _problem(path):
            raise UnsupportedModelError(f"The weights {path} {problem}")
    quantization = config.get("quantization_config")
    if isinstance(quantization, Mapping) and quantization.get("quant_method") != "mxfp4":
        method = quantization.get("quant_method", "an unknown method")
        raise UnsupportedModelError(
            f"The weights in {directory} are quantized ({method}). Use the model from which they were quantized."
        )


def _without_safetensors(directory: Path) -> str:
    for pattern in ("*.bin", "*.pt", "*.pth"):
        for path in sorted(directory.glob(pattern)):
            return (
                f"The model directory {directory} has only {path.name}, which could run code when opened: save the "
                "weights as model.safetensors (save_pretrained of transformers does)."
            )
    if found := sorted(directory.glob("*.gguf")):
        return (
            f"The model directory {directory} has only {found[0].name}, whose weights are in llama.cpp's format. "
            "Use the same model with model.safetensors."
        )
    return (
        f"The model directory {directory} has no weights: save them as model.safetensors "
        "(save_pretrained of transformers does)."
    )


def _problem(path: Path) -> str:
    """Return why a safetensors file cannot be read, as the end of a sentence and a remedy, or ""."""
    size = path.stat().st_size
    with path.open("rb") as file:
        start = file.read(len(_LFS))
        if start == _LFS:
            return "are a pointer of git-lfs, not the file itself. Fetch them with git lfs pull."
        length = struct.unpack("<Q", start[:8])[0] if len(start) >= 8 else size
        if length > min(size, _HEADER_LIMIT):
            return "are no safetensors file, or only the start of one. Download them again."
        file.seek(8)
        try:
            header = json.loads(file.read(length))
            ends = [tensor["data_offsets"][1] for name, tensor in header.items() if name != "__metadata__"]
        except (ValueError, TypeError, KeyError, AttributeError, IndexError):
            return "have a header that cannot be read. Download them again."
    missing = 8 + length + max(ends, default=0) - size
    return f"are truncated: {missing} bytes are missing. Download them again." if missing > 0 else ""
