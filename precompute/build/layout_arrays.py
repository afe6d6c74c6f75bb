"""Stored arrays of a layout, of one head or of all."""

from __future__ import annotations

from dataclasses import dataclass, fields

from precompute.format.manifest import ArrayInfo


@dataclass(frozen=True)
class LayoutArrays:
    """Arrays of a layout, named as in a run; shapes are those of one head, or of all heads with a layout.

    Attributes
    ----------
    coords : uint16 [..., 2 N, dims]
    extent : float32 [..., dims + 1]
    trust, neighbors_kept : uint8 [..., 2 N]
        In steps of ``precompute.format.shares``.
    """

    coords: ArrayInfo
    extent: ArrayInfo
    trust: ArrayInfo
    neighbors_kept: ArrayInfo

    @property
    def named(self) -> dict[str, ArrayInfo]:
        """All arrays by name."""
        return {field.name: getattr(self, field.name) for field in fields(self)}


ARRAY_NAMES = tuple(field.name for field in fields(LayoutArrays))
"""Names of the arrays of a layout, which the layout's own name follows in a run."""
