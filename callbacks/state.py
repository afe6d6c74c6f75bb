"""State: the view state that the browser sends with a request, and its run."""

from __future__ import annotations

from typing import Any

from dash.exceptions import PreventUpdate
from werkzeug.exceptions import BadRequest

from layouts.state.resolution import resolve
from layouts.state.view_state import ViewState
from precompute.format.typed_json import from_json
from precompute.run.catalog import Catalog
from precompute.run.run import Run


def shown_run(page: Any, catalog: Catalog) -> tuple[ViewState, Run]:  # noqa: ANN401 - any JSON
    """Return the view state on show and its run.

    Parameters
    ----------
    page : JSON
        Data of the component ``layouts.ids.VIEW_STATE``.

    Returns
    -------
    ViewState
        Resolved against the run.
    Run
        The open run.

    Raises
    ------
    PreventUpdate
        If nothing is on show.
    BadRequest
        If the data is not a state.
    StoreError
        If the run can no longer be read.
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
        raise BadRequest(f"The state is not valid: {error}.") from error
    run = catalog.open(view.run)
    return resolve(view, run.manifest), run
