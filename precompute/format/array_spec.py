"""Rows of the table of arrays, and what a manifest expects of each."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from precompute.format.manifest import Manifest

ANY_SIZE = frozenset({"bytes", "height", "width", "sum len^2", "n_probe", "P", "2 R + 1", "R", "K"})
"""Symbols of sizes that the manifest does not determine."""

PLACEHOLDER = re.compile(r"<\w+>")

Members = Iterator[Mapping[str, str]]
"""Values of the placeholders of a name pattern, for each array of a family."""


@dataclass(frozen=True)
class Expected:
    """Dtype and accepted shapes of one array; None accepts any length."""

    dtype: str
    shapes: tuple[tuple[int | None, ...], ...]


def _single(_: Manifest) -> Members:
    yield {}


def layouts(manifest: Manifest) -> Members:
    """Yield the projection and dimensions of each layout."""
    recipe = manifest.recipe
    yield from ({"<projection>": name, "<dims>": str(dims)} for name in recipe.projections for dims in recipe.dims)


def token_encodings(manifest: Manifest) -> Members:
    """Yield the encodings that all heads share."""
    yield from ({"<name>": e.name} for e in manifest.encodings if e.kind != "type" and not e.per_head)


def head_encodings(manifest: Manifest) -> Members:
    """Yield the encodings that differ by head."""
    yield from ({"<name>": e.name} for e in manifest.encodings if e.kind != "type" and e.per_head)


def stored_masks(manifest: Manifest) -> Members:
    """Yield the layers with a stored mask."""
    yield from ({"<layer>": str(layer)} for layer, mask in enumerate(manifest.masks) if mask == "stored")


def if_measured(manifest: Manifest) -> Members:
    """Yield one member if there are metrics."""
    yield from ({} for _ in manifest.metrics[:1])


@dataclass(frozen=True)
class ArraySpec:
    """One row of the table: an array, or a family of arrays such as ``coords.<projection>.<dims>``.

    Attributes
    ----------
    dtype : str
        Of the elements; ``json`` for a document.
    shape : str
        Alternatives in symbols: L layers, H heads, H_kv key heads, N tokens; see docs/architecture.md.
    meaning : str
        Unit, range and order of the values.
    served, optional : bool
        Whether the browser may fetch it, and whether a run is complete without it.
    members : callable
        Placeholders' values for each array that a manifest implies; by default one array.
    """

    pattern: str
    dtype: str
    shape: str
    meaning: str
    served: bool = False
    optional: bool = False
    members: Callable[[Manifest], Members] = _single

    def matches(self, name: str) -> bool:
        """Whether an array of this name is of the family."""
        fixed = map(re.escape, PLACEHOLDER.split(self.pattern))
        return re.fullmatch(".+".join(fixed), name) is not None

    def expected(self, manifest: Manifest) -> dict[str, Expected]:
        """Return what the manifest requires of each array of the family, by name."""
        found = {}
        for values in self.members(manifest):
            name = self.pattern
            for placeholder, value in values.items():
                name = name.replace(placeholder, value)
            sizes = _sizes(manifest, int(values.get("<dims>", 0)))
            shapes = (alternative.strip("[]").split(", ") for alternative in self.shape.split(" or "))
            found[name] = Expected(self.dtype, tuple(tuple(sizes[symbol] for symbol in shape) for shape in shapes))
        return found


def _sizes(manifest: Manifest, dims: int) -> dict[str, int | None]:
    model, inputs = manifest.model, manifest.inputs
    sizes = {
        "L": model.n_layers,
        "H": model.n_heads,
        "H_kv": model.n_kv_heads,
        "L H": model.n_layers * model.n_heads,
        "d_head": model.d_head,
        "N": inputs.n_tokens,
        "2 N": 2 * inputs.n_tokens,
        "n_instances": inputs.n_instances,
        "n_instances + 1": inputs.n_instances + 1,
        "n_metrics": len(manifest.metrics),
        "dims": dims,
        "dims + 1": dims + 1,
        **{str(number): number for number in (1, 2, 3)},
    }
    return {**dict.fromkeys(ANY_SIZE), **sizes}
