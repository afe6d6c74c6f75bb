"""The requests of a browser, without a browser: documents, callbacks and data of one tab."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import quote

from layouts import ids
from layouts.state.view_state import ViewState

ASSETS = Path(__file__).parents[2] / "assets"
CALLBACKS = "/_dash-update-component"
LINKED = re.compile(r'(?:src|href)="(/[^"]+)"')
ADDRESS, STATE = f"{ids.URL}.data", f"{ids.VIEW_STATE}.data"


class Send(Protocol):
    """Sends a request and returns the answer's body; counts or raises failures."""

    def __call__(self, path: str, name: str, body: str | None = None) -> bytes:
        """Get a path, or post JSON to it; ``name`` is its name in statistics."""
        ...


@dataclass
class Tab:
    """One tab with an empty cache. It sends the requests of the page's modules, in their order.

    Attributes
    ----------
    send : Send
        Reaches the server.
    state : ViewState
        State on show.
    meta : dict
        The run's document, once a page is open.
    """

    send: Send
    state: ViewState = field(default_factory=ViewState)
    meta: dict[str, Any] = field(default_factory=dict)
    _callbacks: list[dict[str, Any]] = field(default_factory=list)
    _values: dict[str, Any] = field(default_factory=dict)
    _kept: set[str] = field(default_factory=set)

    def open(self, state: ViewState) -> None:
        """Load a page: its document, scripts and styles, Dash's two documents, and then the state."""
        page = self.send(state.href, "page").decode()
        for address in LINKED.findall(page):
            self._keep(address, "script or style")
        for module in sorted((ASSETS / "js").rglob("*.mjs")):
            self._keep(f"/assets/{module.relative_to(ASSETS).as_posix()}", "module")
        self.send("/_dash-layout", "layout")
        self._callbacks = json.loads(self.send("/_dash-dependencies", "dependencies"))
        self.state, self.meta, self._values = ViewState(), {}, {}
        self.show(state)

    def show(self, state: ViewState) -> None:
        """Go to a state: announce the address, request everything that depends on the state, fetch the drawn data."""
        chosen = {"pathname": state.pathname, "search": state.query, "chosen": bool(self.meta)}
        page = self._call(ADDRESS, chosen)
        shown = next(answer[ids.VIEW_STATE]["data"] for answer in page if ids.VIEW_STATE in answer)
        self.state = ViewState(**shown["state"])
        if self.meta.get("run") != self.state.run:
            self.meta = json.loads(self.send(f"/data/{self.state.run}/run.json", "run.json"))
            self.send(f"/data/{self.state.run}/tokens.json", "tokens.json")
        for path, name in self._drawn():
            self._keep(f"/data/{self.state.run}/{path}", name)
        self._call(STATE, shown)

    def change(self, **changes: Any) -> None:
        """Go to a state that differs from the one on show."""
        self.show(replace(self.state, **changes))

    def _call(self, prop: str, value: Any) -> list[dict[str, Any]]:
        """Request every output that depends on a property."""
        self._values[prop] = value
        answers = []
        for callback in self._callbacks:
            listed = [f"{each['id']}.{each['property']}" for each in callback["inputs"]]
            if prop not in listed or callback["clientside_function"] is not None:
                continue
            names = [name.rsplit(".", 1) for name in callback["output"].strip(".").split("...")]
            outputs = [{"id": component, "property": of_it} for component, of_it in names]
            body = {
                "output": callback["output"],
                "outputs": outputs if callback["output"].startswith("..") else outputs[0],
                "inputs": self._filled(callback["inputs"]),
                "state": self._filled(callback["state"]),
                "changedPropIds": [prop],
            }
            answer = self.send(CALLBACKS, f"callback: {names[0][0]}", json.dumps(body))
            answers.append(json.loads(answer)["response"] if answer else {})
            for component, changed in answers[-1].items():
                self._values |= {f"{component}.{of_it}": value for of_it, value in changed.items()}
        return answers

    def _filled(self, listed: list[dict[str, str]]) -> list[dict[str, Any]]:
        """Add what the page holds."""
        return [{**each, "value": self._values.get(f"{each['id']}.{each['property']}")} for each in listed]

    def _drawn(self) -> Iterator[tuple[str, str]]:
        """Yield path and name of the data that the view draws."""
        state = self.state
        if state.view == "matrix":
            yield f"head-choice{ViewState(tint=state.tint, strongest=state.strongest).query}", "head-choice"
        if state.view in {"matrix", "head"}:
            layout = f"{state.projection}.{state.dims}"
            for name in ("draw_order", f"coords.{layout}", f"extent.{layout}"):
                yield f"array/{name}?v={self.meta['arrays'][name]['sha256']}", f"array: {name.split('.')[0]}"
            yield f"colors/{quote(state.color)}", "colors"
        if state.layer is None or state.head is None:
            return
        for name in ("aggregate", "strongest_pairs", "strongest_pair_weights", "query_norms" * state.norm):
            if name in self.meta["arrays"]:
                yield f"array/{name}/{state.layer}/{state.head}", "array: one head"
        if state.instance is not None:
            yield f"pattern/{state.layer}/{state.head}/{state.instance}", "pattern"
            yield f"value-norms/{state.layer}/{state.head}/{state.instance}", "value norms"
            if state.view == "instance":
                yield f"pattern-sheet/{state.layer}/{state.instance}", "pattern sheet"

    def _keep(self, path: str, name: str) -> None:
        """Get what a browser keeps, unless it was got before."""
        if path not in self._kept:
            self._kept.add(path)
            self.send(path, name)
