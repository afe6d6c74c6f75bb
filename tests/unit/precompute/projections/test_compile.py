"""How kernels are compiled."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from precompute.projections.kernels import compile as compiling


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


def test_loops_whose_sums_are_reordered_know_no_infinity() -> None:
    sources = [path.read_text(encoding="utf-8") for path in Path(compiling.__file__).parent.glob("*.py")]
    reordered = [source for source in sources if "@kernel(reorder=True)" in source]
    assert len(reordered) == 2
    assert not any(value in source for source in reordered for value in ("np.inf", "np.nan"))
