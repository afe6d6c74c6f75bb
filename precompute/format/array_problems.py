"""Checks of a manifest's arrays against the table of arrays."""

from __future__ import annotations

import re

from precompute.format.array_spec import Expected
from precompute.format.manifest import ArrayInfo, Manifest
from precompute.format.schema import DOCUMENT, DTYPES, optional_arrays, required_arrays

ARRAY_NAME = re.compile(r"[a-z0-9_-]+(\.[a-z0-9_-]+)*")
SHA256 = re.compile(r"[0-9a-f]{64}")
MAX_SIDE = 2**40


def array_problems(manifest: Manifest) -> list[str]:
    """Return one phrase per wrong name, dtype, shape or hash and per missing array; sizes must be sound."""
    required = required_arrays(manifest)
    expected = {**optional_arrays(manifest), **required}
    problems = [f"its array {name} is missing" for name in required if name not in manifest.arrays]
    for name, info in manifest.arrays.items():
        if not ARRAY_NAME.fullmatch(name):
            problems.append(f"{name!r} is not an array's name")
        elif not _well_formed(info) or not _fits(info, expected.get(name)):
            problems.append(f"its array {name} cannot be {info.dtype} {list(info.shape)}")
    return problems


def _well_formed(info: ArrayInfo) -> bool:
    """Whether an array has a known dtype, at most 8 sides of 0 to 2^40, and a hash of 64 hex digits."""
    document = info.dtype == DOCUMENT and len(info.shape) == 1
    sides = len(info.shape) <= 8 and all(0 <= side <= MAX_SIDE for side in info.shape)
    return (document or info.dtype in DTYPES) and sides and SHA256.fullmatch(info.sha256) is not None


def _fits(info: ArrayInfo, expected: Expected | None) -> bool:
    return expected is None or (
        info.dtype == expected.dtype and any(_matches(info.shape, shape) for shape in expected.shapes)
    )


def _matches(shape: tuple[int, ...], expected: tuple[int | None, ...]) -> bool:
    return len(shape) == len(expected) and all(e is None or s == e for s, e in zip(shape, expected, strict=True))
