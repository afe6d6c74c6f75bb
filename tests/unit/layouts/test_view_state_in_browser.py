"""The browser's module and the server read and write the same links."""

from __future__ import annotations

import json
import re
import subprocess
from dataclasses import fields
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from layouts.panels.controls import browser_table
from layouts.state.view_state import ViewState
from tests.support.node import node
from tests.support.view_states import view_states

MODULE = Path(__file__).resolve().parents[3] / "assets/js/state/view_state.mjs"
TYPEDEF = re.compile(r"@typedef \{object\} ViewState.*?^ \*$", re.DOTALL | re.MULTILINE)
SCRIPT = """
import { StateTable } from %s;
let text = "";
for await (const chunk of process.stdin) text += chunk;
const { table, states, queries } = JSON.parse(text);
const state_table = new StateTable(table);
const written = states.map((state) => state_table.query(state));
const links = states.map((state) => state_table.href(state));
const read = queries.map((query) => [...new URLSearchParams(query)]);
const same = states.map((state) => state_table.same(state, { ...state }));
process.stdout.write(JSON.stringify({ written, links, read, same, defaults: state_table.defaults }));
"""


def in_node(states: list[ViewState]) -> Any:
    """Return what the browser's module makes of states, and of the links that Python writes for them."""
    table = {
        "table": browser_table(),
        "states": [state.as_dict() for state in states],
        "queries": [state.query for state in states],
    }
    script = SCRIPT % json.dumps(MODULE.as_uri())
    command = [node(), "--input-type=module", "--eval", script]
    done = subprocess.run(command, input=json.dumps(table), capture_output=True, text=True, check=True, timeout=120)
    return json.loads(done.stdout)


@settings(max_examples=3, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(view_states(), min_size=60, max_size=120))
def test_links_written_on_either_side_are_read_alike(states: list[ViewState]) -> None:
    answer = in_node(states)
    assert [
        ViewState.from_url(state.pathname, query) for state, query in zip(states, answer["written"], strict=True)
    ] == states
    by_python = [[tuple(pair) for pair in pairs] for pairs in answer["read"]]
    assert [ViewState.from_url(s.pathname, s.query) for s in states] == states
    assert answer["links"] == [s.pathname + query for s, query in zip(states, answer["written"], strict=True)]
    for state, pairs, query in zip(states, by_python, answer["written"], strict=True):
        assert [name for name, _ in pairs] == [
            part.partition("=")[0] for part in query.removeprefix("?").split("&") if part
        ]
        assert dict(pairs).get("search", "") == state.search


def test_both_sides_have_the_same_fields_defaults_and_paths() -> None:
    answer = in_node([ViewState()])
    assert answer["defaults"] == ViewState().as_dict()
    assert list(answer["defaults"]) == [field.name for field in fields(ViewState)]
    assert answer["links"] == [ViewState().href]
    assert answer["same"] == [True]


def test_the_module_names_only_fields_that_exist() -> None:
    (typedef,) = TYPEDEF.findall(MODULE.read_text("utf-8"))
    named = re.findall(r"@property \{.*\} (\w+)", typedef)
    assert len(named) > 10
    assert set(named) <= {field.name for field in fields(ViewState)}
