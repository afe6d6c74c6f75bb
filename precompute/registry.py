"""Registries: named entries that the modules of one package add when they are imported."""

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
        """Raised by the entry's author when the same input produces another result."""
        ...


Entry = TypeVar("Entry", bound=Versioned)


class Registry(Generic[Entry]):
    """The entries of one kind, by name.

    Parameters
    ----------
    package : str
        Dotted name of the package whose modules hold the entries. It is imported on the first look-up.
    noun : str
        The kind in error messages: ``projection``, ``metric`` ...
    """

    def __init__(self, package: str, noun: str) -> None:
        self._package = package
        self._noun = noun
        self._entries: dict[str, Entry] = {}
        self._modules: dict[str, str] = {}

    def add(self, name: str, entry: Entry, *, module: str) -> None:
        """Add an entry that the module of this dotted name defines.

        Raises
        ------
        ValueError
            The name is taken.
        """
        if name in self._entries:
            raise ValueError(f"two entries are named {name!r}: a {self._noun} needs a name of its own")
        self._entries[name] = entry
        self._modules[name] = module

    def all(self) -> Mapping[str, Entry]:
        """Return every entry by name, read-only: modules of the package in alphabetical order, then others."""
        package = import_module(self._package)
        for module in iter_modules(package.__path__, f"{self._package}."):
            import_module(module.name)
        names = sorted(self._entries, key=self._place)
        return MappingProxyType({name: self._entries[name] for name in names})

    def get(self, name: str) -> Entry:
        """Return one entry.

        Raises
        ------
        RecipeError
            The name is unknown; the message lists the known ones.
        """
        known = self.all()
        if name not in known:
            raise RecipeError(f"There is no {self._noun} {name!r}: choose from {', '.join(sorted(known))}.")
        return known[name]

    def versions(self, names: Iterable[str] | None = None) -> list[tuple[str, int]]:
        """Return name and version of some entries, or of all, sorted: the key of what they compute."""
        known = self.all()
        return sorted((name, known[name].version) for name in (known if names is None else names))

    def _place(self, name: str) -> tuple[bool, str]:
        module = self._modules[name]
        return not module.startswith(f"{self._package}."), module
