"""What a callback that fails says to the user."""

from __future__ import annotations

from dash import set_props

from layouts import ids
from precompute.errors import StoreError


def say_failure(error: Exception) -> None:
    """Show the sentence of a store that failed, and leave everything else on the page as it is.

    Parameters
    ----------
    error : Exception
        What a callback raised. Errors other than StoreError are raised again: they are not the user's to mend.
    """
    if not isinstance(error, StoreError):
        raise error
    set_props(ids.MESSAGE, {"children": str(error)})
