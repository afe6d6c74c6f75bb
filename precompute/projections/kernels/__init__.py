"""Compiled loops, loaded on first use: listing projections does not import a compiler.

Every kernel releases the interpreter's lock, runs on one thread and returns the same bytes on every call, so threads or
processes can lay out heads in parallel.
"""

from __future__ import annotations

from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from precompute.projections.kernels import attention, calibration, neighbors, quality, tsne, umap

__all__ = ["attention", "calibration", "neighbors", "quality", "tsne", "umap"]


def __getattr__(name: str) -> ModuleType:
    if name in __all__:
        return import_module(f"{__name__}.{name}")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
