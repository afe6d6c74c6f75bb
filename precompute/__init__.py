"""Build runs and read them from Python: ``import precompute as av``.

``av.build(model, inputs)`` and ``av.open_run(name)`` return a :class:`Run`; ``av.Store(path).runs()`` returns all runs
of a directory; ``projection``, ``encoding`` and ``metric`` are decorators that register your own. Names are imported
on first use, so ``import precompute`` loads neither numba nor torch.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from precompute.api import Store, build, open_run
    from precompute.encodings.registry import encoding
    from precompute.metrics.registry import metric
    from precompute.projections.registry import projection
    from precompute.run.run import Run

__version__ = "0.1.0"

__all__ = ["Run", "Store", "build", "encoding", "metric", "open_run", "projection"]

_HOMES = {
    "Run": "precompute.run.run",
    "Store": "precompute.api",
    "build": "precompute.api",
    "encoding": "precompute.encodings.registry",
    "metric": "precompute.metrics.registry",
    "open_run": "precompute.api",
    "projection": "precompute.projections.registry",
}


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
