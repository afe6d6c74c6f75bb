"""Controls: clientside callbacks that hand their values to the browser's modules, and the About dialog."""

from __future__ import annotations

from dash import ClientsideFunction, Dash, Input, Output, ctx

from layouts import ids
from layouts.panels.controls import CONTROLS

NAMESPACE = "attentionviz"


def register(app: Dash) -> None:
    """Connect the controls with the browser's modules."""
    app.clientside_callback(ClientsideFunction(NAMESPACE, "apply"), Input(ids.VIEW_STATE, "data"))
    for handler in ("choose", "search"):
        app.clientside_callback(
            ClientsideFunction(NAMESPACE, handler),
            *(Input(control.id, "value") for control in CONTROLS if control.handler == handler and control.has_value),
            prevent_initial_call=True,
        )

    @app.callback(
        Output(ids.ABOUT, "is_open"),
        Input(ids.ABOUT_OPEN, "n_clicks"),
        Input(ids.ABOUT_CLOSE, "n_clicks"),
        prevent_initial_call=True,
    )
    def about(_opened: int | None, _closed: int | None) -> bool:
        return bool(ctx.triggered_id == ids.ABOUT_OPEN)
