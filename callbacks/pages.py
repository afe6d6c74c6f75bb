"""Pages: from an address to state, heading and controls, or to a message."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from dash import Dash, Input, Output, no_update
from dash.development.base_component import Component
from dash.exceptions import PreventUpdate
from werkzeug.exceptions import BadRequest

from layouts import ids
from layouts.nouns import nouns_of
from layouts.options import Option, run_options
from layouts.pages.head import head_page
from layouts.pages.heads import heads_page
from layouts.pages.instance import instance_page
from layouts.pages.matrix import matrix_page
from layouts.pages.message import message_page
from layouts.panels.breadcrumbs import breadcrumbs
from layouts.panels.controls import CONTROLS
from layouts.parts.head_link import visit_link
from layouts.state.resolution import correction, resolve
from layouts.state.view_state import ViewState
from precompute.errors import StoreError
from precompute.format.manifest import Manifest
from precompute.run.catalog import Catalog
from precompute.run.run import Run

PAGES = {"matrix": matrix_page, "head": head_page, "instance": instance_page, "heads": heads_page}


@dataclass(frozen=True)
class Page:
    """The page of an address.

    Attributes
    ----------
    state : ViewState or None
        State of the page; None if there is no page to show.
    content : Component
        The page's heading, or a message.
    run : Run or None
        The open run.
    runs : tuple of Manifest
        All runs of the menu; empty when the store cannot be read.
    remark : str
        What the run does not have of the address; empty if it has all.
    """

    state: ViewState | None
    content: Component
    run: Run | None
    runs: tuple[Manifest, ...] = ()
    remark: str = ""


def page_for(address: dict[str, Any], catalog: Catalog) -> Page:
    """Return the page of an address.

    Parameters
    ----------
    address : dict
        ``pathname`` below the application's prefix, ``search`` with its question mark, and ``left``, the run that
        was open before if another one was chosen.
    """
    asked = ViewState.from_url(str(address.get("pathname", "/")), str(address.get("search", "")))
    left = str(address.get("left") or "")
    runs: tuple[Manifest, ...] = ()
    try:
        runs = catalog.runs()
        if not asked.run and not runs:
            sentence = "The store has no runs. Build the demo runs or your own, then reload this page."
            return Page(None, message_page("No runs yet", sentence, "python -m precompute demo"), None)
        run = catalog.open(asked.run) if asked.run else catalog.default()
        if left and asked.view == "head" and not _same_shape(left, run.manifest, runs):
            asked = asked.with_changes(view="matrix", layer=None, head=None)
        state = _within_instance(resolve(asked, run.manifest), run)
        return Page(state, PAGES[state.view](state, run), run, runs, "" if left else correction(asked, state))
    except StoreError as error:
        return Page(None, message_page("Cannot show this", str(error), links=_links(runs)), None, runs)


def _links(runs: tuple[Manifest, ...]) -> list[Component]:
    return [
        visit_link(ViewState(run=each.run), option["label"])
        for each, option in zip(runs, run_options(runs), strict=True)
    ]


def _same_shape(left: str, manifest: Manifest, runs: tuple[Manifest, ...]) -> bool:
    """Whether a head of the run that was left has a counterpart in the run that was chosen."""
    before = next((each for each in runs if each.run == left), None)
    return before is not None and _shape(before) == _shape(manifest)


def _shape(manifest: Manifest) -> tuple[str, int, int]:
    return manifest.inputs.kind, manifest.model.n_layers, manifest.model.n_heads


def _within_instance(state: ViewState, run: Run) -> ViewState:
    """Drop a token that the instance is too short for."""
    if state.instance is None or state.token is None:
        return state
    start, end = run.token_range(state.instance)
    return state if state.token < end - start else state.with_changes(token=None)


def register(app: Dash, catalog: Catalog) -> None:
    """Return page, state and controls for every address that the browser announces.

    An address whose state was ``chosen`` in the browser does not set the values of controls: the user may have chosen
    again while the request was under way.
    """

    @app.callback(
        output={
            "state": Output(ids.VIEW_STATE, "data"),
            "page": Output(ids.PAGE, "children"),
            "remark": Output(ids.REMARK, "children"),
            "breadcrumbs": Output(ids.BREADCRUMBS, "children"),
            "options": {control.id: Output(control.id, "options") for control in CONTROLS if control.options},
            "values": {control.id: Output(control.id, "value") for control in CONTROLS if control.has_value},
        },
        inputs={"address": Input(ids.URL, "data")},
    )
    def show(address: dict[str, Any] | None) -> dict[str, Any]:
        if not address:
            raise PreventUpdate
        if type(address) is not dict:
            raise BadRequest("The address is not an object.")
        page = page_for(address, catalog)
        manifest = page.run.manifest if page.run else None
        view = page.state or ViewState()
        menus = {each.id: each.options(page.runs, manifest, view) for each in CONTROLS if each.options}
        return {
            "state": {
                "address": str(address.get("pathname", "/")) + str(address.get("search", "")),
                "state": page.state.as_dict() if page.state else None,
                "problem": page.state is None,
                "chosen": bool(address.get("chosen")),
            },
            "page": page.content,
            "remark": page.remark,
            "breadcrumbs": breadcrumbs(page.state, manifest.model, nouns_of(manifest))
            if page.state and manifest
            else None,
            "options": menus,
            "values": _values(page.state, manifest, menus, chosen=bool(address.get("chosen"))),
        }


def _values(
    view: ViewState | None, manifest: Manifest | None, menus: Mapping[str, list[Option]], *, chosen: bool
) -> dict[str, Any]:
    """Return the value of every control."""
    controls = [control for control in CONTROLS if control.has_value]
    if view is None or manifest is None:
        return {control.id: control.blank for control in controls}
    if chosen:
        return {control.id: no_update for control in controls}
    decided = view.decided(manifest.inputs.kind)
    return {control.id: control.value(decided, menus.get(control.id, ())) for control in controls}
