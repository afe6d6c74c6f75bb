"""A link reopens the state it was made of, and nothing in a link is an error."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from layouts.state.view_state import ViewState
from tests.support.view_states import view_states

GARBAGE = st.one_of(
    st.text(max_size=200),
    st.lists(st.tuples(st.sampled_from(["run", "dims", "layer", "token", "side", "labels", "view"]), st.text())).map(
        lambda pairs: "?" + "&".join(f"{name}={value}" for name, value in pairs)
    ),
    st.integers(0, 300).map(lambda count: "&".join(["layer=1"] * count)),
)


@given(view_states())
def test_a_state_survives_its_own_link(state: ViewState) -> None:
    assert ViewState.from_url(state.pathname, state.query) == state


@given(view_states())
def test_a_link_is_path_and_query(state: ViewState) -> None:
    assert state.href == state.pathname + state.query
    assert state.query == "" or state.query.startswith("?")


@given(st.text(max_size=50), GARBAGE)
def test_any_address_gives_a_state(pathname: str, query: str) -> None:
    state = ViewState.from_url(pathname, query)
    assert state.dims in {2, 3}
    assert state.side in {"query", "key"}
    assert state.search_mode in {"exact", "substring", "regex"}
    assert state.image_mode in {"highest", "attention", "flows", "rollout"}
    assert all(number is None or number >= 0 for number in (state.layer, state.head, state.instance, state.token))


@pytest.mark.parametrize("count", [100, 101, 5000])
def test_an_address_of_very_many_parts_gives_a_state(count: int) -> None:
    assert ViewState.from_url("/head", "&".join(["x=1"] * count)).view == "head"


def test_defaults_leave_no_trace_in_a_link() -> None:
    assert ViewState().href == "/"
    assert ViewState(view="head", layer=0, head=3).href == "/head?layer=0&head=3"


def test_a_switch_that_is_off_is_in_the_link() -> None:
    assert ViewState(labels=False, norm=True).query == "?labels=0&norm=1"
    assert ViewState(pairs=True).query == "?pairs=1"


@pytest.mark.parametrize(
    ("pathname", "view"),
    [("/", "matrix"), ("/head", "head"), ("/head/", "head"), ("/instance", "instance"), ("/elsewhere", "matrix")],
)
def test_the_path_is_the_view(pathname: str, view: str) -> None:
    assert ViewState.from_url(pathname, "").view == view


@pytest.mark.parametrize(
    ("query", "field", "value"),
    [
        ("dims=4", "dims", 2),
        ("layer=-1", "layer", None),
        ("layer=two", "layer", None),
        ("layer=%D9%A3", "layer", None),
        ("head=99999999999999999999", "head", None),
        ("side=value", "side", "query"),
        ("labels=yes", "labels", None),
        ("labels=1", "labels", True),
        ("patches=0", "patches", False),
        ("filled=1", "filled", True),
        ("search_mode=soundex", "search_mode", "exact"),
        ("image_mode=rollout", "image_mode", "rollout"),
        ("image_mode=everything", "image_mode", "highest"),
        ("view=head", "view", "matrix"),
        ("layer=1&layer=2", "layer", 2),
        ("search=a%20b%2Cc%26d", "search", "a b,c&d"),
        ("search=caf%C3%A9+%F0%9F%90%9F", "search", "café 🐟"),
    ],
)
def test_what_cannot_be_understood_takes_its_default(query: str, field: str, value: object) -> None:
    assert getattr(ViewState.from_url("/", query), field) == value


def test_changes_leave_the_original() -> None:
    state = ViewState(layer=1)
    assert (state.with_changes(layer=2).layer, state.layer) == (2, 1)
