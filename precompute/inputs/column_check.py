"""Which columns of the inputs can color points."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from precompute.inputs.text import Column

MAX_CATEGORIES = 64
"""More distinct strings than this are no categories: nobody tells so many colors apart."""

_LARGEST = float(np.finfo(np.float32).max)


def is_numeric(values: Column) -> bool:
    """Whether the column holds numbers."""
    return all(isinstance(value, float) for value in values)


def column_problem(name: str, values: Column) -> str | None:
    """Say why a column cannot color points.

    Parameters
    ----------
    name : str
        Of the column.
    values : tuple of str or tuple of float
        An instance each.

    Returns
    -------
    str or None
        One sentence; None if it can: numbers that float32 holds, or at most ``MAX_CATEGORIES`` distinct strings.
    """
    if is_numeric(values):
        if max(abs(float(value)) for value in values) > _LARGEST:
            return f"Column {name!r} is kept but not offered as a color: it has numbers beyond {_LARGEST:.2g}."
        return None
    distinct = len(set(values))
    if distinct <= MAX_CATEGORIES:
        return None
    return (
        f"Column {name!r} is kept but not offered as a color: "
        f"it has {distinct} distinct texts, more than {MAX_CATEGORIES}."
    )


def column_problems(columns: Mapping[str, Column]) -> tuple[str, ...]:
    """Collect :func:`column_problem` of every column that has one."""
    problems = (column_problem(name, values) for name, values in columns.items())
    return tuple(problem for problem in problems if problem is not None)
