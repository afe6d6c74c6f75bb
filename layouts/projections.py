"""What the user interface says of each projection."""

from __future__ import annotations

from dataclasses import dataclass

from precompute.format.manifest import Manifest, ProjectionInfo


@dataclass(frozen=True)
class ProjectionChoice:
    """One entry of the projection menu.

    Attributes
    ----------
    name, label, description : str
        Identifier, menu entry, one sentence of help.
    dims : tuple of int
        The numbers of dimensions the run holds.
    """

    name: str
    label: str
    description: str
    dims: tuple[int, ...]


def projection_choices(manifest: Manifest) -> tuple[ProjectionChoice, ...]:
    """Return the projections of a run in its recipe's order, in the words of the program that built it."""
    infos = {info.name: info for info in manifest.projections}
    choices = []
    for name in manifest.recipe.projections:
        dims = tuple(dims for dims in (2, 3) if f"coords.{name}.{dims}" in manifest.arrays)
        info = infos.get(name, ProjectionInfo(name, name, ""))
        choices.append(ProjectionChoice(name, info.label, info.description, dims))
    return tuple(choices)
