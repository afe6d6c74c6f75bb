"""Tints of Matrix View: the control's values, the legend, and the shades that the browser paints."""

from __future__ import annotations

from typing import Any

import numpy as np
from dash import ClientsideFunction, Dash, Input, Output

from callbacks.browser import NAMESPACE
from callbacks.shown import shown_run
from layouts import ids
from layouts.findings.tint import ALL_HEADS, NO_METRIC, tint_legend, tint_of, tint_options
from precompute.catalog import Catalog


def register(app: Dash, catalog: Catalog) -> None:
    """Connect the control with the picture."""
    app.clientside_callback(
        ClientsideFunction(NAMESPACE, "chooseTint"),
        Input(ids.TINT, "value"),
        Input(ids.STRONGEST, "value"),
        prevent_initial_call=True,
    )
    app.clientside_callback(ClientsideFunction(NAMESPACE, "paintTint"), Input(ids.SHADES, "data"))

    @app.callback(
        Output(ids.TINT, "options"),
        Output(ids.TINT, "value"),
        Output(ids.STRONGEST, "value"),
        Output(ids.TINT_LEGEND, "children"),
        Output(ids.SHADES, "data"),
        Input(ids.VIEW_STATE, "data"),
    )
    def tint(page: dict[str, Any] | None) -> tuple[Any, ...]:
        view, run = shown_run(page, catalog)
        shades = tint_of(run, view)
        return (
            tint_options(run.manifest, view),
            view.tint or NO_METRIC,
            ALL_HEADS if view.strongest is None else str(view.strongest),
            tint_legend(run.manifest, view, shades),
            None
            if shades is None
            else [None if np.isnan(shade) else round(float(shade), 4) for shade in shades.shades.flat],
        )
