"""Strict JSON for frozen dataclasses: missing, unknown and mistyped fields are errors."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import math
import sys
import types
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any, Literal, TypeAlias, TypeVar, Union, cast, get_args, get_origin, get_type_hints

JSON: TypeAlias = "Mapping[str, JSON] | Sequence[JSON] | str | int | float | bool | None"
"""Any JSON value; tuples are written as lists."""


def canonical_json(value: JSON) -> str:
    """Return JSON text that is equal for equal values: sorted keys, no spaces, one line.

    ValueError if a number is NaN or infinite; TypeError if a value is not JSON.
    """
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def canonical_bytes(value: JSON) -> bytes:
    """Return :func:`canonical_json` in UTF-8; lone surrogates are kept."""
    return canonical_json(value).encode("utf-8", "surrogatepass")


def fingerprint(value: JSON) -> str:
    """Return the SHA-256 of :func:`canonical_bytes` as 64 hex digits."""
    return hashlib.sha256(canonical_bytes(value)).hexdigest()


T = TypeVar("T")


def to_json(value: object) -> JSON:
    """Return a dataclass as JSON: its fields by name, tuples as lists; TypeError if a value is not JSON."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {field.name: to_json(getattr(value, field.name)) for field in dataclasses.fields(value)}
    if isinstance(value, Mapping):
        return {key: to_json(item) for key, item in value.items()}
    if isinstance(value, tuple | list):
        return [to_json(item) for item in value]
    if value is None or isinstance(value, str | int | float | bool):
        return value
    raise TypeError(f"{type(value).__name__} has no JSON")


def from_json(kind: type[T], value: JSON, where: str = "the document") -> T:
    """Return the dataclass of a JSON value.

    Parameters
    ----------
    kind : type
        A dataclass whose fields are str, int, float, bool, None, literals, tuples, mappings from str, unions and
        dataclasses of these.
    value : JSON
        From :func:`to_json`. Fields with a default may be missing.
    where : str
        Name of the value in errors.

    Raises
    ------
    ValueError
        If the value does not fit; the message names the field.
    """
    return cast(T, _decode(kind, value, where))


def finite_or_none(value: float) -> float | None:
    """Return a number as JSON can hold it: None for NaN and infinity."""
    return value if math.isfinite(value) else None


def parse_json(text: str | bytes) -> JSON:
    """Return the value of a JSON text in UTF-8.

    ValueError if it is not JSON, not finite, nested too deeply, or names a key twice.
    """
    try:
        value: JSON = json.loads(text, parse_constant=_refuse_constant, object_pairs_hook=_unique_keys)
    except RecursionError:
        raise ValueError("nested too deep") from None
    return value


def _refuse_constant(name: str) -> float:
    raise ValueError(f"{name} is not JSON")


def _unique_keys(pairs: list[tuple[str, JSON]]) -> dict[str, JSON]:
    value = dict(pairs)
    if len(value) != len(pairs):
        raise ValueError("a key appears twice")
    return value


def _decode(kind: Any, value: JSON, where: str) -> object:  # noqa: ANN401  # a type expression has no type of its own
    if dataclasses.is_dataclass(kind):
        return _decode_dataclass(cast(type, kind), value, where)
    origin = get_origin(kind)
    decode = _GENERICS.get(origin)
    if decode is not None:
        return decode(get_args(kind), value, where)
    if kind is float:
        return _decode_float(value, where)
    if type(value) is not kind:
        raise ValueError(f"{where} is not {getattr(kind, '__name__', kind)}")
    return value


def _decode_dataclass(kind: type, value: JSON, where: str) -> object:
    if not isinstance(value, dict):
        raise ValueError(f"{where} is not an object")
    fields, required = _fields(kind)
    missing, unknown = required - value.keys(), value.keys() - fields.keys()
    if missing or unknown:
        raise ValueError(
            f"{where} has no {sorted(missing)}" if missing else f"{where} has an unknown {sorted(unknown)}"
        )
    return kind(**{name: _decode(fields[name], item, f"{where}.{name}") for name, item in value.items()})


@cache
def _fields(kind: type) -> tuple[Mapping[str, object], frozenset[str]]:
    fields = dataclasses.fields(kind)
    missing = dataclasses.MISSING
    required = frozenset(f.name for f in fields if f.default is missing and f.default_factory is missing)
    return get_type_hints(kind), required


def _decode_float(value: JSON, where: str) -> float:
    if type(value) not in (int, float) or not -sys.float_info.max <= cast(float, value) <= sys.float_info.max:
        raise ValueError(f"{where} is not a finite number")
    return float(cast(float, value))


def _decode_tuple(kinds: tuple[object, ...], value: JSON, where: str) -> tuple[object, ...]:
    if not isinstance(value, list):
        raise ValueError(f"{where} is not a list")
    if len(kinds) == 2 and kinds[1] is Ellipsis:
        return tuple(_decode(kinds[0], item, f"{where}[{i}]") for i, item in enumerate(value))
    if len(kinds) != len(value):
        raise ValueError(f"{where} has {len(value)} items instead of {len(kinds)}")
    return tuple(_decode(kind, item, f"{where}[{i}]") for i, (kind, item) in enumerate(zip(kinds, value, strict=True)))


def _decode_mapping(kinds: tuple[object, ...], value: JSON, where: str) -> dict[str, object]:
    if not isinstance(value, dict):
        raise ValueError(f"{where} is not an object")
    return {key: _decode(kinds[1], item, f"{where}.{key}") for key, item in value.items()}


def _decode_literal(kinds: tuple[object, ...], value: JSON, where: str) -> object:
    if value not in kinds:
        raise ValueError(f"{where} is none of {', '.join(map(str, kinds))}")
    return value


def _decode_union(kinds: tuple[object, ...], value: JSON, where: str) -> object:
    problem = ValueError(f"{where} fits no type")
    for kind in kinds:
        try:
            return _decode(kind, value, where)
        except ValueError as error:
            problem = error
    raise problem


_GENERICS: Mapping[object, Callable[[tuple[Any, ...], JSON, str], object]] = {
    tuple: _decode_tuple,
    Mapping: _decode_mapping,
    Literal: _decode_literal,
    Union: _decode_union,
    types.UnionType: _decode_union,
}
