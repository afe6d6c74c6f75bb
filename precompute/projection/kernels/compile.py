"""How kernels are compiled: once for a machine, kept on disk, without the interpreter's lock."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import numba

Function = TypeVar("Function", bound=Callable[..., Any])


def kernel(*, reorder: bool = False) -> Callable[[Function], Function]:
    """Compile a function when it is first called and keep the machine code for later processes.

    Parameters
    ----------
    reorder : bool
        Let sums be reordered and fused (``fastmath``), which vectorises reductions. Only for loops whose numbers are finite.

    Notes
    -----
    Where neither the package nor the user's cache directory can be written, the kernel is compiled anew in every process.
    """

    def decorate(function: Function) -> Function:
        options = {"nogil": True, "error_model": "numpy", "fastmath": reorder}
        try:
            compiled: Function = numba.njit(cache=True, **options)(function)
        except RuntimeError:
            compiled = numba.njit(cache=False, **options)(function)
        return compiled

    return decorate


def inlined(function: Function) -> Function:
    """Mark a part of kernels that is copied into each of them.

    A callee that is compiled apart is optimised differently when it comes from the cache on disk, which changes the last bits of sums;
    a copied one is not.
    """
    compiled: Function = numba.njit(inline="always", error_model="numpy")(function)
    return compiled
