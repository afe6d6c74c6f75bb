"""The registry of model families: the loader of a model directory, chosen by its config.json."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from precompute.format.manifest import Modality
from precompute.registry import Registry

if TYPE_CHECKING:
    from precompute.models.loaded import LoadedModel

Config = Mapping[str, Any]
Load = Callable[[Path, str], "LoadedModel[Any]"]


@dataclass(frozen=True)
class Family:
    """Models that one function loads.

    Attributes
    ----------
    library : str
        Library that wrote config.json: ``transformers``, ``timm`` ...
    kind : {"text", "image"}
        Inputs of the models.
    recognizes : callable
        From a config.json to whether the family loads it. Raises UnsupportedModelError for a model that no family can
        load.
    load : callable
        From directory and torch device to a :class:`~precompute.models.loaded.LoadedModel`.
    generic : bool
        Whether it is tried only if no other family recognizes the config.
    version : int
        No key depends on it: models are keyed by their weights.
    """

    name: str
    library: str
    kind: Modality
    recognizes: Callable[[Config], bool]
    load: Load
    generic: bool = False
    version: int = 1


FAMILIES: Registry[Family] = Registry("precompute.models.families", "model family")


def family(
    name: str, *, library: str, kind: Modality, recognizes: Callable[[Config], bool], generic: bool = False
) -> Callable[[Load], Load]:
    """Register the decorated ``load(directory, device)`` as a model family.

    Its module is imported whenever a model is looked up, so it imports torch and the model's library only inside the
    function.

    Parameters
    ----------
    name, library, kind, recognizes, generic
        As in :class:`Family`.

    Raises
    ------
    ValueError
        The name is taken.
    """

    def register(load: Load) -> Load:
        FAMILIES.add(name, Family(name, library, kind, recognizes, load, generic), module=load.__module__)
        return load

    return register


def family_of(config: Config) -> Family:
    """Return the family of a config.json.

    Raises
    ------
    UnsupportedModelError
        No family loads such a model.
    """
    entries = sorted(FAMILIES.all().values(), key=lambda entry: entry.generic)
    return next(entry for entry in entries if entry.recognizes(config))
