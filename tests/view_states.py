"""States of a view, drawn at random."""

from __future__ import annotations

from hypothesis import strategies as st

from layouts.view_state import ViewState

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
NUMBERS = st.none() | st.integers(0, 10**6)


def view_states() -> st.SearchStrategy[ViewState]:
    """Any state that can be shown, whatever the run."""
    return st.builds(
        ViewState,
        view=st.sampled_from(["matrix", "head", "instance"]),
        run=TEXTS,
        projection=TEXTS,
        dims=st.sampled_from([2, 3]),
        color=TEXTS,
        search=TEXTS,
        search_mode=st.sampled_from(["exact", "substring", "regex"]),
        layer=NUMBERS,
        head=NUMBERS,
        instance=NUMBERS,
        token=NUMBERS,
        side=st.sampled_from(["query", "key"]),
        labels=st.booleans(),
        lines=st.booleans(),
        norm=st.booleans(),
    )
