"""Kernel compilation: once per machine, cached on disk, without the interpreter's lock."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast

import numba

Function = TypeVar("Function", bound=Callable[..., Any])


def kernel(*, reorder: bool = False) -> Callable[[Function], Function]:
    """Compile a function on its first call and cache the machine code for later processes.

    Parameters
    ----------
    reorder : bool
        Allow reordered and fused sums (``fastmath``), which vectorizes them. Only for loops over finite numbers.

    Notes
    -----
    Where neither the package nor the user's cache directory is writable, every process compiles again.
    """

    def decorate(function: Function) -> Function:
        try:
            compiled = numba.njit(cache=True, nogil=True, error_model="numpy", fastmath=reorder)(function)
        except RuntimeError:
            compiled = numba.njit(nogil=True, error_model="numpy", fastmath=reorder)(function)
        return cast("Function", compiled)

    return decorate


def inlined(function: Function) -> Function:
    """Mark a function that is copied into every kernel that calls it.

    A callee compiled on its own is optimized differently when it is loaded from the cache, which changes the last bits
    of sums. A copied one is not.
    """
    return cast("Function", numba.njit(inline="always", error_model="numpy")(function))
