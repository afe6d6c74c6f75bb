"""From an address to its page: state, controls, heading, or one sentence that says why not."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from dash import Dash, Input, Output, no_update
from dash.development.base_component import Component
from dash.exceptions import PreventUpdate
from werkzeug.exceptions import BadRequest

from layouts import ids, options
from layouts.nouns import nouns_of
from layouts.pages.head import head_page
from layouts.pages.heads import heads_page
from layouts.pages.instance import instance_page
from layouts.pages.matrix import matrix_page
from layouts.pages.message import message_page
from layouts.panels.breadcrumbs import breadcrumbs
from layouts.state.resolution import resolve, shows_labels
from layouts.state.view_state import ViewState
from precompute.errors import StoreError
from precompute.format.manifest import Manifest
from precompute.run.catalog import Catalog
from precompute.run.run import Run

PAGES = {"matrix": matrix_page, "head": head_page, "instance": instance_page, "heads": heads_page}


@dataclass(frozen=True)
class Page:
    """The answer to an address.

    Attributes
    ----------
    state : ViewState or None
        What is shown; None when nothing can be.
    content : Component
        The page's heading, or the message.
    run : Run or None
        The run on show.
    runs : tuple of Manifest
        All runs that can be chosen; none when the store cannot be read.
    """

    state: ViewState | None
    content: Component
    run: Run | None
    runs: tuple[Manifest, ...] = ()


def page_for(address: dict[str, Any], catalog: Catalog) -> Page:
    """Return what an address shows.

    Parameters
    ----------
    address : dict
        ``pathname`` below the application's prefix, and ``search`` with its question mark.
    catalog : Catalog
        The runs.
    """
    asked = ViewState.from_url(str(address.get("pathname", "/")), str(address.get("search", "")))
    runs: tuple[Manifest, ...] = ()
    try:
        runs = catalog.runs()
        if not asked.run and not runs:
            sentence = "The store has no run yet. Build the demo runs, or one of your own, then reload this page."
            return Page(None, message_page("Nothing to show yet", sentence, "python -m precompute demo"), None)
        run = catalog.open(asked.run) if asked.run else catalog.default()
        state = _within_instance(resolve(asked, run.manifest), run)
        return Page(state, PAGES[state.view](state, run), run, runs)
    except StoreError as error:
        return Page(None, message_page("This cannot be shown", str(error)), None, runs)


def _within_instance(state: ViewState, run: Run) -> ViewState:
    """Give up a token that the instance is too short for."""
    if state.instance is None or state.token is None:
        return state
    start, end = run.token_range(state.instance)
    return state if state.token < end - start else state.with_changes(token=None)


def register(app: Dash, catalog: Catalog) -> None:
    """Answer every address that the browser announces.

    An address whose state was ``chosen`` in the browser leaves the controls alone: the user may have gone on choosing
    while the answer was under way.
    """

    @app.callback(
        Output(ids.VIEW_STATE, "data"),
        Output(ids.PAGE, "children"),
        Output(ids.BREADCRUMBS, "children"),
        Output(ids.RUN, "options"),
        Output(ids.RUN, "value"),
        Output(ids.PROJECTION, "options"),
        Output(ids.PROJECTION, "value"),
        Output(ids.COLOR, "options"),
        Output(ids.COLOR, "value"),
        Output(ids.LAYER, "options"),
        Output(ids.LAYER, "value"),
        Output(ids.HEAD, "options"),
        Output(ids.HEAD, "value"),
        Output(ids.SEARCH, "value"),
        Output(ids.SEARCH_MODE, "value"),
        Output(ids.LABELS, "value"),
        Output(ids.LINES, "value"),
        Output(ids.NORM, "value"),
        Output(ids.PATCHES, "value"),
        Output(ids.FILLED, "value"),
        Output(ids.SINKS, "value"),
        Input(ids.URL, "data"),
    )
    def show(address: dict[str, Any] | None) -> tuple[Any, ...]:
        if not address:
            raise PreventUpdate
        if type(address) is not dict:
            raise BadRequest("The address is not an object.")
        page = page_for(address, catalog)
        where = str(address.get("pathname", "/")) + str(address.get("search", ""))
        runs = options.run_options(page.runs)
        if page.state is None or page.run is None:
            problem = {"address": where, "state": None, "problem": True}
            return (
                problem,
                page.content,
                None,
                runs,
                None,
                [],
                None,
                [],
                None,
                [],
                None,
                [],
                None,
                "",
                "exact",
                True,
                True,
                False,
                True,
                False,
                False,
            )
        state, manifest = page.state, page.run.manifest
        chosen = bool(address.get("chosen"))

        def value(of_state: str | bool) -> Any:  # noqa: ANN401 - a value, or Dash's word for leaving it
            return no_update if chosen else of_state

        return (
            {"address": where, "state": state.as_dict(), "problem": False},
            page.content,
            breadcrumbs(state, nouns_of(manifest)),
            runs,
            value(state.run),
            options.projection_options(manifest),
            value(state.projection),
            options.color_options(manifest),
            value(state.color),
            options.numbered_options("Layer", manifest.model.n_layers),
            value(_text(state.layer)),
            options.numbered_options("Head", manifest.model.n_heads),
            value(_text(state.head)),
            value(state.search),
            value(state.search_mode),
            value(shows_labels(state, manifest)),
            value(state.lines),
            value(state.norm),
            value(state.patches),
            value(state.filled),
            value(state.no_sinks),
        )


def _text(number: int | None) -> str:
    return "0" if number is None else str(number)
