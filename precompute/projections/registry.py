"""The list of projections: one decorated function each, found by the command line, the pipeline and the tests."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import import_module
from pkgutil import iter_modules
from types import MappingProxyType

from precompute.errors import RecipeError
from precompute.numeric import Float32
from precompute.projections import methods
from precompute.projections.head_space import HeadSpace

ProjectionFunction = Callable[[HeadSpace, int], Float32]


@dataclass(frozen=True)
class Projection:
    """A way to lay out the points of a head in the plane or in space.

    Attributes
    ----------
    name : str
        Identifier, on the command line and in the URL.
    label : str
        Shown in the menu.
    description : str
        One plain sentence for the user: what nearness means in this picture.
    function : callable
        ``function(head, n_components)`` gives float32 [2 N, n_components], queries then keys.
    """

    name: str
    label: str
    description: str
    function: ProjectionFunction


_registered: dict[str, Projection] = {}


def register_projection(
    name: str, *, label: str, description: str
) -> Callable[[ProjectionFunction], ProjectionFunction]:
    """Enter the decorated function under ``name``; a module in ``precompute/projection/methods`` is found by itself.

    Raises
    ------
    ValueError
        The name is taken.
    """

    def enter(function: ProjectionFunction) -> ProjectionFunction:
        if name in _registered:
            raise ValueError(f"a projection named {name!r} is registered twice")
        _registered[name] = Projection(name, label, description, function)
        return function

    return enter


def projections() -> Mapping[str, Projection]:
    """Give all projections by name; compiles and imports no kernel."""
    for module in iter_modules(methods.__path__, f"{methods.__name__}."):
        import_module(module.name)
    return MappingProxyType(_registered)


def projection(name: str) -> Projection:
    """Give the projection of this name.

    Raises
    ------
    RecipeError
        There is none.
    """
    known = projections()
    if name not in known:
        raise RecipeError(f"There is no projection {name!r}: choose from {', '.join(sorted(known))}.")
    return known[name]
