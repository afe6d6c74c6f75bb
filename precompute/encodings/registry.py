"""Every way to color the points of a run, by kind of inputs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from precompute.encodings.methods.columns import column_encodings
from precompute.format.manifest import EncodingInfo, Modality, TokenTable
from precompute.numeric import Float32
from precompute.tokens.patches import PatchFeatures, patch_features

Encoded = tuple[EncodingInfo, Float32]
"""What the user interface needs, and values [N], [2 N] or [L, H, 2 N] in point order."""


@dataclass(frozen=True)
class EncodingSource:
    """What an encoding can be computed from.

    Attributes
    ----------
    table : TokenTable
        The tokens of the run.
    query_norms : float32 [L, H, N]
        L2 norms of the raw queries.
    key_norms : float32 [L, H_kv, N]
        L2 norms of the raw keys; query head h reads key head h // (H / H_kv).
    pictures : uint8 [n_instances, height, width, 3] or None
        The images as the model saw them; None for sentences.
    """

    table: TokenTable
    query_norms: Float32
    key_norms: Float32
    pictures: NDArray[np.uint8] | None = None

    @property
    def kind(self) -> Modality:
        """``image`` when the tokens lie on a grid of patches."""
        return "text" if self.table.grid is None else "image"

    @property
    def grid(self) -> tuple[int, int]:
        """Rows and columns of patches.

        Raises
        ------
        ValueError
            For sentences.
        """
        if self.table.grid is None:
            raise ValueError("sentences have no patches")
        return self.table.grid

    @cached_property
    def patches(self) -> PatchFeatures:
        """Where the patches are and what they look like.

        Raises
        ------
        ValueError
            For sentences.
        """
        if self.pictures is None:
            raise ValueError("there are no pictures to take patches from")
        return patch_features(self.pictures, self.table)


EncodingFunction = Callable[[EncodingSource], Encoded | None]
"""None where the inputs have nothing to encode."""

_FUNCTIONS: list[tuple[frozenset[Modality], EncodingFunction]] = []


def register_encoding(*kinds: Modality) -> Callable[[EncodingFunction], EncodingFunction]:
    """Register a function as one more encoding; the menu shows encodings in the order of registration.

    Parameters
    ----------
    *kinds : {"text", "image"}
        Inputs that it applies to.
    """

    def register(function: EncodingFunction) -> EncodingFunction:
        _FUNCTIONS.append((frozenset(kinds), function))
        return function

    return register


def encodings_of(source: EncodingSource) -> tuple[Encoded, ...]:
    """Compute every encoding of a run: the registered ones, then one for each column of the inputs.

    Parameters
    ----------
    source : EncodingSource

    Returns
    -------
    tuple of (EncodingInfo, float32 values)
        Names are distinct.

    Raises
    ------
    ValueError
        If two registered encodings have one name.
    """
    registered = (function(source) for kinds, function in _FUNCTIONS if source.kind in kinds)
    encodings = tuple(encoded for encoded in registered if encoded is not None) + column_encodings(source.table)
    names = [info.name for info, _ in encodings]
    if len(set(names)) < len(names):
        raise ValueError(f"two encodings have one name: {names}")
    return encodings
