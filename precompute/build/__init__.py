"""Builds of runs from a model, inputs and a recipe: ``build`` runs the stages, each of which resumes.

The package is callable: ``av.build(...)`` of the public API is :func:`precompute.api.build` until this package is
imported, and this package afterwards, because an import binds a package's name in its parent.
"""

import sys
from importlib import import_module
from types import ModuleType
from typing import Any

from precompute.build.build import build, capture_ahead
from precompute.build.execution import ExecutionOptions
from precompute.build.request import BuildOutcome, BuildRequest, OnProgress, Progress, ignore_progress

__all__ = [
    "BuildOutcome",
    "BuildRequest",
    "ExecutionOptions",
    "OnProgress",
    "Progress",
    "build",
    "capture_ahead",
    "ignore_progress",
]


class _CallablePackage(ModuleType):
    def __call__(self, *arguments: Any, **options: Any) -> Any:  # noqa: ANN401 - typed where precompute names it
        return import_module("precompute.api").build(*arguments, **options)


sys.modules[__name__].__class__ = _CallablePackage
