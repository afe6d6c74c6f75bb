"""Findings: the chips above the matrix."""

from __future__ import annotations

from typing import Any

from dash import Dash, Input, Output, State
from dash.exceptions import PreventUpdate

from callbacks.state import shown_run
from layouts import ids
from layouts.panels.findings import finding_chips
from precompute.run.catalog import Catalog


def register(app: Dash, catalog: Catalog) -> None:
    """Show the chips of the open run; keep them while run and sinks stay the same."""

    @app.callback(
        output={"chips": Output(ids.FINDINGS, "children"), "shown": Output(ids.FINDINGS_RUN, "data")},
        inputs={"page": Input(ids.VIEW_STATE, "data"), "shown": State(ids.FINDINGS_RUN, "data")},
    )
    def chips(page: dict[str, Any] | None, shown: str | None) -> dict[str, Any]:
        view, run = shown_run(page, catalog)
        asked = f"{view.run} {view.no_sinks}"
        if view.view != "matrix" or asked == shown:
            raise PreventUpdate
        return {"chips": finding_chips(view, run), "shown": asked}
