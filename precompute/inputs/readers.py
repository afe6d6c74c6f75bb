"""Readers of text formats: lines, comma-separated values, JSON lines."""

from __future__ import annotations

import codecs
import csv
import io
import json
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from precompute.errors import InputsError
from precompute.inputs.columns import TEXT_COLUMN, check_column_names, check_encodable, check_text, columns_of
from precompute.inputs.text import Column

_UTF16_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


def read_utf8(path: Path) -> str:
    """Read a UTF-8 file, with or without byte order mark.

    Raises
    ------
    InputsError
        If the file cannot be read or is not UTF-8; the message names line and byte.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise InputsError(f"{path} cannot be read: {error.strerror}.") from error
    if content.startswith(_UTF16_MARKS):
        raise InputsError(f"{path} is UTF-16, not UTF-8: save it as UTF-8 and try again.")
    try:
        return content.removeprefix(codecs.BOM_UTF8).decode("utf-8")
    except UnicodeDecodeError as error:
        before = error.object[: error.start]
        line = before.count(b"\n") + 1
        byte = len(before) - (before.rfind(b"\n") + 1) + 1
        raise InputsError(
            f"{path} is not UTF-8 at line {line}, byte {byte} of the line: save it as UTF-8 and try again."
        ) from error


Records = tuple[tuple[str, ...], dict[str, Column]]
"""Texts, and the further columns by name."""


def read_lines(path: Path) -> Records:
    """Read one instance per line; blank lines are skipped.

    Raises
    ------
    InputsError
        If the file is not UTF-8.
    """
    lines = (line.strip() for line in _lines(path))
    return tuple(line for line in lines if line), {}


def read_csv(path: Path) -> Records:
    """Read one instance per row below a header that names a ``text`` column (RFC 4180).

    Raises
    ------
    InputsError
        If the file is not UTF-8 or not regular, lacks the column, or has an empty text; the message names the line.
    """
    rows = _csv_rows(path)
    _, header = next(rows, (0, []))
    if not header:
        return (), {}
    names = [name.strip() for name in header]
    check_column_names(path, names)
    records = []
    for line, cells in rows:
        if len(cells) != len(names):
            raise InputsError(
                f"{path}: line {line} has {len(cells)} cells, the header has {len(names)}: correct the row."
            )
        record = dict(zip(names, cells, strict=True))
        record[TEXT_COLUMN] = check_text(path, line, record[TEXT_COLUMN])
        records.append(record)
    return tuple(record[TEXT_COLUMN] for record in records), columns_of(names, records)


def read_json_lines(path: Path) -> Records:
    """Read one instance per line with a JSON object that has a ``text``; blank lines are skipped.

    Other members are columns: strings, numbers, true, false or null (like a missing one: an empty string).

    Raises
    ------
    InputsError
        If the file is not UTF-8, a line is not such an object, or a text is empty; the message names the line.
    """
    names: dict[str, None] = {}
    records = []
    for line, content in enumerate(_lines(path), start=1):
        if not content.strip():
            continue
        record = _json_record(path, line, content)
        if TEXT_COLUMN not in record:
            raise InputsError(f"{path}: line {line} has no member {TEXT_COLUMN!r}.")
        record[TEXT_COLUMN] = check_text(path, line, record[TEXT_COLUMN])
        names.update(dict.fromkeys(record))
        records.append(record)
    if records:
        check_column_names(path, list(names))
    return tuple(record[TEXT_COLUMN] for record in records), columns_of(list(names), records)


READERS: Mapping[str, Callable[[Path], Records]] = {".txt": read_lines, ".csv": read_csv, ".jsonl": read_json_lines}
"""Reader of each file ending, lower case."""


def _lines(path: Path) -> list[str]:
    return read_utf8(path).replace("\r\n", "\n").replace("\r", "\n").split("\n")


def _csv_rows(path: Path) -> Iterator[tuple[int, list[str]]]:
    """Yield the rows that are not blank, with the line each starts on."""
    reader = csv.reader(io.StringIO(read_utf8(path), newline=""), strict=True)
    while True:
        line = reader.line_num + 1
        try:
            cells = next(reader, None)
        except csv.Error as error:
            raise InputsError(
                f"{path}: the row that starts on line {line} is not valid CSV: check its quotes."
            ) from error
        if cells is None:
            return
        if cells:
            yield line, cells


def _json_record(path: Path, line: int, content: str) -> dict[str, str]:
    try:
        value = json.loads(content, parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        raise InputsError(f"{path}: line {line} is not JSON ({_reason(error)}).") from error
    if not isinstance(value, dict):
        raise InputsError(f'{path}: line {line} is not a JSON object like {{"{TEXT_COLUMN}": "..."}}.')
    if not isinstance(value.get(TEXT_COLUMN, ""), str):
        raise InputsError(f"{path}: the {TEXT_COLUMN!r} of line {line} is not a string.")
    return {name: _json_cell(path, line, name, cell) for name, cell in value.items()}


def _json_cell(path: Path, line: int, name: str, cell: object) -> str:
    check_encodable(path, line, name)
    if isinstance(cell, str):
        check_encodable(path, line, cell)
        return cell
    if cell is None:
        return ""
    if isinstance(cell, bool | int | float):
        return json.dumps(cell)
    raise InputsError(f"{path}: {name!r} on line {line} is a list or an object: use a string or a number.")


def _refuse_constant(name: str) -> float:
    raise ValueError(f"{name} is not a number in JSON")


def _reason(error: Exception) -> str:
    if isinstance(error, json.JSONDecodeError):
        return f"{error.msg}, column {error.colno}"
    return "nested too deeply" if isinstance(error, RecursionError) else str(error)
