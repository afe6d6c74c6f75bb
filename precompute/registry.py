"""Named entries, added by the modules of one package on import."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from importlib import import_module
from pkgutil import iter_modules
from types import MappingProxyType
from typing import Generic, Protocol, TypeVar

from precompute.errors import RecipeError


class Versioned(Protocol):
    """An entry whose results are keyed by its version."""

    @property
    def version(self) -> int:
        """Part of the key of its results; raise it when equal inputs have another result."""
        ...


Entry = TypeVar("Entry", bound=Versioned)


class Registry(Generic[Entry]):
    """The entries of one kind, by name.

    Parameters
    ----------
    package : str
        Dotted name of the package that holds the entries, imported on first use.
    noun : str
        The kind in error messages, such as ``projection``.
    """

    def __init__(self, package: str, noun: str) -> None:
        self._package = package
        self._noun = noun
        self._imported = False
        self._entries: dict[str, Entry] = {}
        self._modules: dict[str, str] = {}

    def add(self, name: str, entry: Entry, *, module: str) -> None:
        """Add an entry of the module of this dotted name. Raises ValueError if the name is taken."""
        if name in self._entries:
            raise ValueError(f"two entries are named {name!r}: a {self._noun} needs a name of its own")
        self._entries[name] = entry
        self._modules[name] = module

    def all(self) -> Mapping[str, Entry]:
        """Return every entry by name, read-only: modules of the package in alphabetical order, then others."""
        if not self._imported:
            package = import_module(self._package)
            for module in iter_modules(package.__path__, f"{self._package}."):
                import_module(module.name)
            self._imported = True
        names = sorted(self._entries, key=self._place)
        return MappingProxyType({name: self._entries[name] for name in names})

    def get(self, name: str) -> Entry:
        """Return one entry. Raises RecipeError with the known names if there is none."""
        known = self.all()
        if name not in known:
            raise RecipeError(f"There is no {self._noun} {name!r}: choose from {', '.join(sorted(known))}.")
        return known[name]

    def versions(self, names: Iterable[str] | None = None) -> list[tuple[str, int]]:
        """Return the sorted names and versions of some entries, or of all: the key of their results."""
        known = self.all()
        return sorted((name, known[name].version) for name in (known if names is None else names))

    def _place(self, name: str) -> tuple[bool, str]:
        module = self._modules[name]
        return not module.startswith(f"{self._package}."), module
