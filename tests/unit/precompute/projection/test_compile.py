"""How kernels are compiled."""

from collections.abc import Callable
from typing import Any

import pytest

from precompute.projection.kernels import compile as compiling


def doubled(x: float) -> float:
    return 2 * x


def test_a_kernel_is_compiled_without_a_cache_where_none_can_be_written(monkeypatch: pytest.MonkeyPatch) -> None:
    njit = compiling.numba.njit

    def without_locator(*functions: Any, cache: bool = False, **options: Any) -> Callable[..., Any]:
        if cache:
            raise RuntimeError("cannot cache function 'doubled': no locator available")
        return njit(*functions, **options)

    monkeypatch.setattr(compiling.numba, "njit", without_locator)
    assert compiling.kernel()(doubled)(1.5) == 3
