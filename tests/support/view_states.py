"""States of a view, drawn at random."""

from __future__ import annotations

from dataclasses import Field, fields
from typing import Any, get_args

from hypothesis import strategies as st

from layouts.state.view_state import TRUST_LEVELS, Form, ImageMode, SearchMode, Side, View, ViewState

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
NUMBERS = st.none() | st.integers(0, 10**6)
CHOICES = {
    "view": get_args(View),
    "side": get_args(Side),
    "search_mode": get_args(SearchMode),
    "image_mode": get_args(ImageMode),
    "dims": (2, 3),
    "form": get_args(Form),
    "trust": TRUST_LEVELS,
}


def view_states() -> st.SearchStrategy[ViewState]:
    """Any state that can be in a link, whatever the run."""
    return st.builds(ViewState, **{field.name: _values(field) for field in fields(ViewState)})


def _values(field: Field[Any]) -> st.SearchStrategy[Any]:
    if field.name in CHOICES:
        return st.sampled_from(CHOICES[field.name])
    if field.name == "labels":
        return st.none() | st.booleans()
    if isinstance(field.default, bool):
        return st.booleans()
    return NUMBERS if field.default is None else TEXTS
