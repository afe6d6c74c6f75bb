"""The registry of encodings: one decorated function each, in a module of ``precompute/encodings/methods``."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from precompute.encodings.methods.columns import column_encodings
from precompute.format.manifest import EncodingInfo, EncodingKind, Modality, TokenTable
from precompute.numeric import Float32
from precompute.registry import Registry
from precompute.tokens.patches import PatchFeatures, patch_features


@dataclass(frozen=True)
class EncodingSource:
    """Data of a run that encodings are computed from.

    Attributes
    ----------
    query_norms : float32 [L, H, N]
        L2 norms of the raw queries.
    key_norms : float32 [L, H_kv, N]
        L2 norms of the raw keys; query head h reads key head h // (H / H_kv).
    pictures : uint8 [n_instances, height, width, 3] or None
        The images as the model read them; None for sentences.
    """

    table: TokenTable
    query_norms: Float32
    key_norms: Float32
    pictures: NDArray[np.uint8] | None = None

    @property
    def kind(self) -> Modality:
        """``image`` if the tokens form a grid of patches."""
        return "text" if self.table.grid is None else "image"

    @property
    def grid(self) -> tuple[int, int]:
        """Rows and columns of patches. Raises ValueError for sentences."""
        if self.table.grid is None:
            raise ValueError("sentences have no patches")
        return self.table.grid

    @cached_property
    def patches(self) -> PatchFeatures:
        """Position and appearance of the patches. Raises ValueError for sentences."""
        if self.pictures is None:
            raise ValueError("the source has no pictures")
        return patch_features(self.pictures, self.table)


@dataclass(frozen=True)
class Encoded:
    """Values of an encoding, and the parts of its legend that depend on the data.

    A ``low_label``, ``high_label`` or ``kind`` of None, and empty ``categories``, leave those of the decorator.

    Attributes
    ----------
    values : float32 [N], [2 N] or [L, H, 2 N]
        By token, point, or head and point, in point order. NaN marks a missing value.
    low, high : float
        Values at the ends of the palette (sequential, cyclic).
    categories : tuple of str
        Names of the categories 0, 1, ... (categorical, boolean).
    """

    values: Float32
    low: float = 0.0
    high: float = 1.0
    low_label: str | None = None
    high_label: str | None = None
    categories: tuple[str, ...] = ()
    kind: EncodingKind | None = None


EncodingFunction = Callable[[EncodingSource], Encoded | None]
"""Returns None if the inputs have no such values."""


@dataclass(frozen=True)
class Encoding:
    """A registered encoding; ``info`` is the part that does not depend on the data."""

    info: EncodingInfo
    inputs: tuple[Modality, ...]
    function: EncodingFunction
    version: int = 1


ENCODINGS: Registry[Encoding] = Registry("precompute.encodings.methods", "encoding")
"""By modality and name, such as ``text:position``: a name may be one encoding per modality."""


def encoding(
    name: str,
    *,
    label: str,
    kind: EncodingKind,
    help: str,
    inputs: tuple[Modality, ...] = ("text", "image"),
    palette: str = "",
    low_label: str = "low",
    high_label: str = "high",
    categories: tuple[str, ...] = (),
    version: int = 1,
) -> Callable[[EncodingFunction], EncodingFunction]:
    """Register the decorated function as an encoding.

    Parameters
    ----------
    name : str
        Identifier, also in the URL; unique per modality.
    kind : {"type", "patch", "sequential", "categorical", "cyclic", "boolean"}
        Chooses the palette and the legend.
    help : str
        One sentence: the meaning of the color.
    palette : str
        By default that of the kind.
    low_label, high_label, categories
        As in :class:`~precompute.format.manifest.EncodingInfo`, unless they depend on the data.
    version : int
        Raise it when the same tokens get other values.

    Raises
    ------
    ValueError
        The name is taken.
    """

    def register(function: EncodingFunction) -> EncodingFunction:
        info = EncodingInfo(
            name=name,
            label=label,
            kind=kind,
            description=help,
            low_label=low_label,
            high_label=high_label,
            categories=categories,
            palette=palette,
        )
        for modality in inputs:
            ENCODINGS.add(
                f"{modality}:{name}", Encoding(info, (modality,), function, version), module=function.__module__
            )
        return function

    return register


def encodings_for(modality: Modality) -> tuple[Encoding, ...]:
    """Return the encodings of one modality, in the order of the menu."""
    return tuple(entry for entry in ENCODINGS.all().values() if modality in entry.inputs)


def encodings_of(source: EncodingSource) -> tuple[tuple[EncodingInfo, Float32], ...]:
    """Compute every encoding of a run: the registered ones, then one per column of the inputs. Names are distinct.

    Values are float32 [N], [2 N] or [L, H, 2 N].
    """
    encoded = ((entry.info, entry.function(source)) for entry in encodings_for(source.kind))
    registered = tuple((_described(info, found), found.values) for info, found in encoded if found is not None)
    return registered + column_encodings(source.table)


def _described(info: EncodingInfo, found: Encoded) -> EncodingInfo:
    return replace(
        info,
        kind=found.kind or info.kind,
        per_head=found.values.ndim == 3,
        low=float(found.low),
        high=float(found.high),
        low_label=info.low_label if found.low_label is None else found.low_label,
        high_label=info.high_label if found.high_label is None else found.high_label,
        categories=found.categories or info.categories,
    )
