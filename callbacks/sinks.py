"""The switch that takes sinks out: its name, and what it cannot do for a run."""

from __future__ import annotations

from typing import Any

from dash import ClientsideFunction, Dash, Input, Output

from callbacks.controls import NAMESPACE
from callbacks.state import shown_run
from layouts import ids
from layouts.panels.sinks import sinks_label, sinks_note
from precompute.run.catalog import Catalog


def register(app: Dash, catalog: Catalog) -> None:
    """Connect the switch with the picture, and name it after the run on show."""
    app.clientside_callback(
        ClientsideFunction(NAMESPACE, "chooseSinks"), Input(ids.SINKS, "value"), prevent_initial_call=True
    )

    @app.callback(
        Output(ids.SINKS, "label"),
        Output(ids.SINKS_GROUP, "hidden"),
        Output(ids.SINKS_NOTE, "children"),
        Input(ids.VIEW_STATE, "data"),
    )
    def name(page: dict[str, Any] | None) -> tuple[str, bool, str]:
        view, run = shown_run(page, catalog)
        label = sinks_label(run)
        return label, not label, sinks_note(run, view)
