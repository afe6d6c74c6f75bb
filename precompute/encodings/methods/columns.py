"""One encoding per column of the input file that can color points."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import chain, count

import numpy as np

from precompute.format.manifest import EncodingInfo, TokenTable
from precompute.inputs.columns import column_problem, is_numeric
from precompute.inputs.text import Column, slug_of
from precompute.numeric import Float32

PREFIX = "column."
"""Separates the names of columns from those of other encodings."""

EMPTY_CATEGORY = "(empty)"


def column_encodings(table: TokenTable) -> tuple[tuple[EncodingInfo, Float32], ...]:
    """Return the encodings ``column.<slug>`` of the columns of the inputs, float32 [N]: the value of the instance.

    ``sequential`` for numbers, ``categorical`` (categories sorted) for strings, labeled with the column's name. Columns
    that cannot color points are skipped.
    """
    offered = {name: values for name, values in table.columns.items() if column_problem(name, values) is None}
    lengths = np.diff(np.asarray(table.offsets, dtype=np.int32)).astype(np.int32)
    encodings = []
    for identifier, (name, values) in zip(_identifiers(offered), offered.items(), strict=True):
        info, of_instances = (_numbers if is_numeric(values) else _categories)(identifier, name, values)
        encodings.append((info, np.repeat(of_instances, lengths)))
    return tuple(encodings)


def _identifiers(names: Iterable[str]) -> list[str]:
    """Return distinct names that are safe in URLs and array names."""
    identifiers: list[str] = []
    for number, name in enumerate(names, start=1):
        slug = PREFIX + slug_of(name, default=str(number))
        candidates = chain([slug], (f"{slug}-{suffix}" for suffix in count(2)))
        identifiers.append(next(candidate for candidate in candidates if candidate not in identifiers))
    return identifiers


def _numbers(identifier: str, name: str, values: Column) -> tuple[EncodingInfo, Float32]:
    numbers = np.asarray(values, dtype=np.float32)
    low, high = float(numbers.min()), float(numbers.max())
    info = EncodingInfo(
        name=identifier,
        label=name,
        kind="sequential",
        description=f"Number in column {name!r} of the inputs, for the whole instance.",
        low=low,
        high=high,
        low_label=f"{low:g}",
        high_label=f"{high:g}",
    )
    return info, numbers


def _categories(identifier: str, name: str, values: Column) -> tuple[EncodingInfo, Float32]:
    categories = sorted(map(str, set(values)))
    index = {category: number for number, category in enumerate(categories)}
    info = EncodingInfo(
        name=identifier,
        label=name,
        kind="categorical",
        description=f"Value in column {name!r} of the inputs, for the whole instance.",
        categories=tuple(category or EMPTY_CATEGORY for category in categories),
    )
    return info, np.array([index[str(value)] for value in values], dtype=np.float32)
