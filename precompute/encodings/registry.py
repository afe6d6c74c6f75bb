"""Every way to colour the points of a run, by kind of inputs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from precompute.encodings.columns import column_encodings
from precompute.types import EncodingInfo, Float32, Kind, TokenTable

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
    """

    table: TokenTable
    query_norms: Float32
    key_norms: Float32

    @property
    def kind(self) -> Kind:
        """``image`` when the tokens lie on a grid of patches."""
        return "text" if self.table.grid is None else "image"


EncodingFunction = Callable[[EncodingSource], Encoded]

_FUNCTIONS: list[tuple[frozenset[Kind], EncodingFunction]] = []


def register_encoding(*kinds: Kind) -> Callable[[EncodingFunction], EncodingFunction]:
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
    registered = tuple(function(source) for kinds, function in _FUNCTIONS if source.kind in kinds)
    encodings = registered + column_encodings(source.table)
    names = [info.name for info, _ in encodings]
    if len(set(names)) < len(names):
        raise ValueError(f"two encodings have one name: {names}")
    return encodings
