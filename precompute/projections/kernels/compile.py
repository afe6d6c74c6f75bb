"""How kernels are compiled: once for a machine, kept on disk, without the interpreter's lock."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast

import numba

Function = TypeVar("Function", bound=Callable[..., Any])


def kernel(*, reorder: bool = False) -> Callable[[Function], Function]:
    """Compile a function when it is first called and keep the machine code for later processes.

    Parameters
    ----------
    reorder : bool
        Let sums be reordered and fused (``fastmath``), which vectorizes them. Only for loops whose numbers are finite.

    Notes
    -----
    Where neither the package nor the user's cache directory can be written, every process compiles anew.
    """

    def decorate(function: Function) -> Function:
        try:
            compiled = numba.njit(cache=True, nogil=True, error_model="numpy", fastmath=reorder)(function)
        except RuntimeError:
            compiled = numba.njit(nogil=True, error_model="numpy", fastmath=reorder)(function)
        return cast("Function", compiled)

    return decorate


def inlined(function: Function) -> Function:
    """Mark a part of kernels that is copied into each of them.

    A callee that is compiled apart is optimized differently when it comes from the cache on disk, which changes the
    last bits of sums; a copied one is not.
    """
    return cast("Function", numba.njit(inline="always", error_model="numpy")(function))
