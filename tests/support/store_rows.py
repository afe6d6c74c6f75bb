"""Rows of a store's database that its public methods do not show."""

from __future__ import annotations

from precompute.format.manifest import ArrayInfo
from precompute.format.typed_json import from_json, parse_json
from precompute.store.store import Store


def set_row(store: Store, key: str, text: str) -> None:
    """Write a row as another program would."""
    store._database.writer().set(key, text)


def has_file(store: Store, key: str) -> bool:
    """Whether a row has a file."""
    return store._database.rows.file(key) is not None


def part_keys(store: Store, prefix: str = "") -> list[str]:
    """Return the keys of the parts that begin with `prefix`, sorted."""
    return [key.removeprefix("part:") for key in store._database.rows.keys(f"part:{prefix}")]


def part_arrays(store: Store, key: str) -> tuple[ArrayInfo, ...]:
    """Return the arrays of a part in the order they were stored."""
    part = parse_json(store._database.rows.text(f"part:{key}") or "null")
    assert isinstance(part, dict)
    return from_json(tuple[ArrayInfo, ...], part["arrays"])
