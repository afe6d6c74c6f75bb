"""What the user interface says of each projection."""

from __future__ import annotations

from dataclasses import dataclass

from precompute.types import Manifest

_TEXTS = {
    "tsne": ("t-SNE", "Keeps close neighbours together; distances between far groups mean little."),
    "umap": ("UMAP", "Keeps close neighbours together and more of the overall shape; sizes of gaps mean little."),
    "pca": (
        "PCA",
        "The flat view along the widest directions; straight lines stay straight, but near points may coincide.",
    ),
    "attention-tsne": (
        "Attention t-SNE",
        "t-SNE of the graph of strongest query-key dot products: neighbours in the plane attend to each other.",
    ),
    "attention-umap": (
        "Attention UMAP",
        "UMAP of the graph of strongest query-key dot products: neighbours in the plane attend to each other.",
    ),
}


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
    """Return the projections of a run in its recipe's order."""
    choices = []
    for name in manifest.recipe.projections:
        dims = tuple(dims for dims in (2, 3) if f"coords.{name}.{dims}" in manifest.arrays)
        label, description = _TEXTS.get(name, (name, "A projection added to this installation."))
        choices.append(ProjectionChoice(name, label, description, dims))
    return tuple(choices)
