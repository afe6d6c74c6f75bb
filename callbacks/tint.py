"""Tinting and sorting heads in Matrix View: the control's values and the legend."""

from __future__ import annotations

from typing import Any

from dash import ClientsideFunction, Dash, Input, Output

from callbacks.controls import NAMESPACE
from callbacks.state import shown_run
from layouts import ids
from layouts.panels.tint import ALL_HEADS, NO_METRIC, strongest_options, tint_legend, tint_options
from layouts.state.head_choice import head_choice
from precompute.run.catalog import Catalog


def register(app: Dash, catalog: Catalog) -> None:
    """Connect the control with the picture."""
    app.clientside_callback(
        ClientsideFunction(NAMESPACE, "chooseTint"),
        Input(ids.TINT, "value"),
        Input(ids.STRONGEST, "value"),
        prevent_initial_call=True,
    )

    @app.callback(
        Output(ids.TINT, "options"),
        Output(ids.TINT, "value"),
        Output(ids.STRONGEST, "options"),
        Output(ids.STRONGEST, "value"),
        Output(ids.STRONGEST, "disabled"),
        Output(ids.TINT_LEGEND, "children"),
        Input(ids.VIEW_STATE, "data"),
    )
    def tint(page: dict[str, Any] | None) -> tuple[Any, ...]:
        view, run = shown_run(page, catalog)
        choice = head_choice(run, view)
        model = run.manifest.model
        return (
            tint_options(run.manifest, view),
            view.tint or NO_METRIC,
            strongest_options(model.n_layers * model.n_heads, view.strongest),
            ALL_HEADS if view.strongest is None else str(view.strongest),
            not view.tint,
            tint_legend(run.manifest, view, choice),
        )
