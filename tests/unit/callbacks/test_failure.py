"""A store that fails under a callback is told; an error of the program is not hidden."""

from __future__ import annotations

import pytest

from callbacks.failure import show_failure


def test_an_error_of_the_program_is_raised_again() -> None:
    with pytest.raises(KeyError, match="color"):
        show_failure(KeyError("color"))
