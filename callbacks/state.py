"""The state on show, as the browser hands it back."""

from __future__ import annotations

from typing import Any

from dash.exceptions import PreventUpdate
from werkzeug.exceptions import BadRequest

from layouts.state.resolution import resolve
from layouts.state.view_state import ViewState
from precompute.format.typed_json import from_json
from precompute.run.catalog import Catalog
from precompute.run.run import Run


def shown_run(page: Any, catalog: Catalog) -> tuple[ViewState, Run]:  # noqa: ANN401 - whatever was sent
    """Return what is on show, and its run.

    Parameters
    ----------
    page : JSON
        Data of the component that holds the state.
    catalog : Catalog
        The runs.

    Returns
    -------
    ViewState
        One that the run can show: its names exist, and its numbers are inside the run.
    Run
        Opened.

    Raises
    ------
    PreventUpdate
        If nothing is on show.
    BadRequest
        If it is no state.
    StoreError
        If its run cannot be read any more.
    """
    if not page:
        raise PreventUpdate
    if not isinstance(page, dict):
        raise BadRequest("The state is not an object.")
    if not page.get("state"):
        raise PreventUpdate
    try:
        view = from_json(ViewState, page["state"], "the state")
    except ValueError as error:
        raise BadRequest(f"There is no such state: {error}.") from error
    run = catalog.open(view.run)
    return resolve(view, run.manifest), run
