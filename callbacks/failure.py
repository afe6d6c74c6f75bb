"""Failure: message of a callback that cannot read the store."""

from __future__ import annotations

from dash import set_props

from layouts import ids
from precompute.errors import StoreError


def show_failure(error: Exception) -> None:
    """Show the message of a StoreError and leave the rest of the page unchanged; raise any other error again."""
    if not isinstance(error, StoreError):
        raise error
    set_props(ids.MESSAGE, {"children": str(error)})
