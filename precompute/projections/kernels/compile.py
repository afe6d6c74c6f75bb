"""Kernel compilation: once per machine, cached on disk, without the interpreter's lock."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast

import numba

Function = TypeVar("Function", bound=Callable[..., Any])


def kernel(*, reorder: bool = False) -> Callable[[Function], Function]:
    """Compile a function on its first call and cache the machine code for later processes.

    ``reorder`` allows reordered and fused sums (``fastmath``), which vectorizes them; only for loops over finite
    numbers. If neither the package nor the user's cache directory is writable, every process compiles again.
    """

    def decorate(function: Function) -> Function:
        try:
            compiled = numba.njit(cache=True, nogil=True, error_model="numpy", fastmath=reorder)(function)
        except RuntimeError:
            compiled = numba.njit(nogil=True, error_model="numpy", fastmath=reorder)(function)
        return cast("Function", compiled)

    return decorate


def inlined(function: Function) -> Function:
    """Mark a function to copy into every kernel that calls it.

    The optimizer treats a callee loaded from the cache differently, which changes the last bits of sums.
    """
    return cast("Function", numba.njit(inline="always", error_model="numpy")(function))
