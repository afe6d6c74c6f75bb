"""The registry of projections: one decorated function each, in a module of ``precompute/projections/methods``."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from precompute.format.manifest import ProjectionInfo, Quality
from precompute.numeric import Float32
from precompute.projections.head_space import HeadSpace
from precompute.registry import Registry

ProjectionFunction = Callable[[HeadSpace, int], Float32]


@dataclass(frozen=True)
class Projection:
    """A registered projection.

    ``function(space, n_components)`` returns float32 [2 N, n_components], queries then keys. The version is part of the
    key of every layout. ``without_sinks`` is whether heads that rest on sinks are laid out a second time without them,
    ``second_start`` whether ``best`` lays out every head from a second start, which is part of the trust of points.
    ``reference`` is the function of quality ``reference``, which calls a published library; None for ``function``.
    """

    info: ProjectionInfo
    function: ProjectionFunction
    version: int = 1
    without_sinks: bool = False
    second_start: bool = False
    reference: ProjectionFunction | None = None

    def at(self, quality: Quality) -> ProjectionFunction:
        """Return the function of a quality."""
        return self.reference if quality == "reference" and self.reference else self.function


PROJECTIONS: Registry[Projection] = Registry("precompute.projections.methods", "projection")


def projection(
    name: str,
    *,
    label: str,
    help: str,
    version: int = 1,
    without_sinks: bool = False,
    second_start: bool = False,
    reference: ProjectionFunction | None = None,
) -> Callable[[ProjectionFunction], ProjectionFunction]:
    """Register the decorated function as a projection.

    Parameters
    ----------
    name : str
        Identifier on the command line and in the URL; ValueError if it is taken.
    label : str
        Shown in the menu.
    help : str
        One sentence: the meaning of nearness in this layout.
    version : int
        Raise it when the same head gets another layout; stored layouts are then recomputed.
    without_sinks : bool
        Lay heads that rest on sinks out a second time without them; for layouts whose graph is attention.
    second_start : bool
        In ``best``, measure how far a layout depends on its start; the function must start at ``space.first_axis``.
    reference : callable, optional
        The same layout by a published library (``precompute/projections/references.py``); without one, ``reference`` is
        ``best``.
    """

    def register(function: ProjectionFunction) -> ProjectionFunction:
        entry = Projection(ProjectionInfo(name, label, help), function, version, without_sinks, second_start, reference)
        PROJECTIONS.add(name, entry, module=function.__module__)
        return function

    return register
