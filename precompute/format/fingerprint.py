"""One name for equal values: the SHA-256 of their canonical JSON."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import TypeAlias

JSON: TypeAlias = "Mapping[str, JSON] | Sequence[JSON] | str | int | float | bool | None"
"""What JSON can say. Tuples are written as lists."""


def canonical_json(value: JSON) -> str:
    """JSON text that is the same for equal values: keys sorted, no spaces.

    Parameters
    ----------
    value : JSON
        Finite numbers only.

    Returns
    -------
    str
        One line.

    Raises
    ------
    ValueError
        If a number is NaN or infinite.
    TypeError
        If something in it is not JSON.
    """
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def fingerprint(value: JSON) -> str:
    """SHA-256 of :func:`canonical_json`, 64 hex digits.

    Parameters
    ----------
    value : JSON
        Any JSON value; the order of keys does not matter, that of lists does.

    Returns
    -------
    str
        Lower-case hex digits.
    """
    return hashlib.sha256(canonical_json(value).encode("utf-8", "surrogatepass")).hexdigest()
