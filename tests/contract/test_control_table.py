"""A new switch is one entry of the table of controls and one field of the view state."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.support.new_switch import ROOT, app_with_a_new_switch
from tests.support.node import node

MODULE = ROOT / "assets/js/state/view_state.mjs"
PYTHON = """
import json, sys
from pathlib import Path
from app.factory import create_app
from app.settings import Settings
from layouts.panels.controls import browser_table, controls_panel
from layouts.state.view_state import ViewState
from precompute.run.catalog import Catalog
from precompute.store.store import Store

store = Path(sys.argv[1])
Store(store).close()
app = create_app(Settings(store=store), Catalog(Store(store, read_only=True)))
listed = app.server.test_client().get("/_dash-dependencies").get_json()
column = json.loads(json.dumps(controls_panel(), default=lambda part: part.to_plotly_json()))
state = ViewState.from_url("/head", "?layer=1&sparkle=1")
print(json.dumps({
    "column": column,
    "outputs": [name for each in listed for name in each["output"].strip(".").split("...")],
    "choose": next(
        [each_input["id"] for each_input in each["inputs"]]
        for each in listed
        if each["clientside_function"] and each["clientside_function"]["function_name"] == "choose"
    ),
    "read": state.as_dict(),
    "written": state.query,
    "table": browser_table(),
}))
"""
JAVASCRIPT = """
import { StateTable } from %s;
let text = "";
for await (const chunk of process.stdin) text += chunk;
const { table, choose } = JSON.parse(text);
const states = new StateTable(table);
const shown = { run: "r", projection: "p", color: "c", tint: "none", strongest: "all" };
const values = choose.map((id) => (id === "sparkle" ? true : shown[id] ?? states.defaults[id] ?? false));
const state = { ...states.defaults, run: "r", projection: "p", color: "c" };
const { changes, complete } = states.chosen(state, "text", "choose", values);
const after = { ...state, ...changes };
process.stdout.write(JSON.stringify({
  default: states.defaults.sparkle,
  complete,
  chosen: changes.sparkle,
  query: states.query({ ...states.defaults, sparkle: after.sparkle }),
  same: states.same(state, { ...state, sparkle: true }),
  shown: states.shown(state, { ...state, sparkle: true }),
}));
"""


def derived(root: Path, store: Path) -> Any:
    """Return what an application derives from its table of controls."""
    done = subprocess.run(
        [sys.executable, "-c", PYTHON, str(store)], cwd=root, capture_output=True, text=True, timeout=120, check=True
    )
    return json.loads(done.stdout)


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Any:
    directory = tmp_path_factory.mktemp("switch")
    return derived(app_with_a_new_switch(directory / "root"), directory / "store")


def parts(component: Any) -> list[dict[str, Any]]:
    if isinstance(component, list):
        return [part for each in component for part in parts(each)]
    if not isinstance(component, dict) or "props" not in component:
        return []
    return [component["props"], *parts(component["props"].get("children"))]


def test_the_column_has_the_switch_with_its_label_and_help(found: Any) -> None:
    column = parts(found["column"])
    (switch,) = [part for part in column if part.get("id") == "sparkle"]
    assert (switch["label"], switch["value"]) == ("Sparkle", False)
    assert {"Makes the points sparkle."} == {part["children"] for part in column if part.get("id") == "info-sparkle"}


def test_the_callbacks_set_it_and_read_it(found: Any) -> None:
    assert found["outputs"].count("sparkle.value") == 1
    assert found["choose"].count("sparkle") == 1


def test_a_link_carries_it(found: Any) -> None:
    assert found["read"]["sparkle"] is True
    assert found["written"] == "?layer=1&sparkle=1"


def test_the_browsers_module_reads_writes_and_sets_it(found: Any) -> None:
    done = subprocess.run(
        [node(), "--input-type=module", "--eval", JAVASCRIPT % json.dumps(MODULE.as_uri())],
        input=json.dumps({"table": found["table"], "choose": found["choose"]}),
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    assert json.loads(done.stdout) == {
        "default": False,
        "complete": True,
        "chosen": True,
        "query": "?sparkle=1",
        "same": False,
        "shown": {"sparkle": True},
    }


def test_without_the_entry_only_the_link_has_the_field(tmp_path: Path) -> None:
    found = derived(app_with_a_new_switch(tmp_path / "root", control=False), tmp_path / "store")
    assert found["written"] == "?layer=1&sparkle=1"
    assert "sparkle.value" not in found["outputs"]
    assert "sparkle" not in found["choose"]
    assert "sparkle" not in [part.get("id") for part in parts(found["column"])]
