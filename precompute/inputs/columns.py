"""Validation of texts and columns: all numbers or all strings."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from precompute.errors import InputsError
from precompute.inputs.text import Column

MAX_CATEGORIES = 64
"""Most distinct strings of a categorical column: more colors cannot be distinguished."""

_LARGEST = float(np.finfo(np.float32).max)


def is_numeric(values: Column) -> bool:
    """Whether the column holds numbers."""
    return all(isinstance(value, float) for value in values)


def column_problem(name: str, values: Column) -> str | None:
    """Return one sentence why a column cannot color points, or None.

    A column can if it holds numbers in float32's range, or at most ``MAX_CATEGORIES`` distinct strings.
    """
    if is_numeric(values):
        if max(abs(float(value)) for value in values) > _LARGEST:
            return f"Column {name!r} is stored but not a color: it has numbers beyond {_LARGEST:.2g}."
        return None
    distinct = len(set(values))
    if distinct <= MAX_CATEGORIES:
        return None
    return f"Column {name!r} is stored but not a color: it has {distinct} distinct texts, more than {MAX_CATEGORIES}."


def column_problems(columns: Mapping[str, Column]) -> tuple[str, ...]:
    """Return :func:`column_problem` of every column that has one."""
    problems = (column_problem(name, values) for name, values in columns.items())
    return tuple(problem for problem in problems if problem is not None)


TEXT_COLUMN = "text"
MAX_COLUMN_NAME = 64

_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?", re.ASCII | re.IGNORECASE)


def check_column_names(path: Path, names: Sequence[str]) -> None:
    """Check that there is one ``text`` column and that all names are valid and unique; InputsError if not."""
    if TEXT_COLUMN not in names:
        found = ", ".join(repr(name) for name in names)
        raise InputsError(f"{path} has no column named {TEXT_COLUMN!r}; its columns are {found}.")
    for number, name in enumerate(names, start=1):
        if not name.strip():
            raise InputsError(f"{path}: column {number} has no name: add one.")
        if names.index(name) < number - 1:
            raise InputsError(f"{path} has two columns named {name!r}: rename one.")
        if len(name) > MAX_COLUMN_NAME or not name.isprintable():
            raise InputsError(
                f"{path}: the name of column {number} is longer than {MAX_COLUMN_NAME} characters or not printable."
            )


def check_text(path: Path, line: int, text: str) -> str:
    """Return the text of one instance, stripped; InputsError if it is empty, or holds a lone surrogate."""
    stripped = text.strip()
    if not stripped:
        raise InputsError(f"{path}: the text on line {line} is empty; fill it in or remove the line.")
    check_encodable(path, line, stripped)
    return stripped


def check_encodable(path: Path, line: int, cell: str) -> None:
    r"""Check that a cell has no lone surrogates, such as ``"\ud800"`` in JSON; InputsError if it has one."""
    try:
        cell.encode()
    except UnicodeEncodeError as error:
        raise InputsError(
            f"{path}: line {line} has half of a surrogate pair, which is not a character. Remove it."
        ) from error


def column_values(cells: Sequence[str]) -> Column:
    """Return numbers if every cell is a finite decimal number, else the strings, stripped."""
    stripped = tuple(cell.strip() for cell in cells)
    if stripped and all(_NUMBER.fullmatch(cell) for cell in stripped):
        numbers = tuple(float(cell) for cell in stripped)
        if all(math.isfinite(number) for number in numbers):
            return numbers
    return stripped


def columns_of(names: Sequence[str], rows: Sequence[Mapping[str, str]]) -> dict[str, Column]:
    """Return every column except the text, in the file's order; a missing cell is an empty string."""
    return {name: column_values([row.get(name, "") for row in rows]) for name in names if name != TEXT_COLUMN}
