"""Sinks: label and note of their switch, which depend on the run."""

from __future__ import annotations

from typing import Any

from dash import Dash, Input, Output

from callbacks.state import shown_run
from layouts import ids
from layouts.panels.sinks import sinks_label, sinks_note
from precompute.run.catalog import Catalog


def register(app: Dash, catalog: Catalog) -> None:
    """Label the switch after the sinks of the open run; hide it where the run has none."""

    @app.callback(
        output={
            "label": Output(ids.SINKS, "label"),
            "hidden": Output(ids.SINKS_GROUP, "hidden"),
            "note": Output(ids.SINKS_NOTE, "children"),
        },
        inputs={"page": Input(ids.VIEW_STATE, "data")},
    )
    def name(page: dict[str, Any] | None) -> dict[str, Any]:
        view, run = shown_run(page, catalog)
        label = sinks_label(run)
        return {"label": label, "hidden": not label, "note": sinks_note(run, view)}
