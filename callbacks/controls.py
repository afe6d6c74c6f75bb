"""What the browser does by itself: draw a state, follow the controls, open the dialog."""

from __future__ import annotations

from dash import ClientsideFunction, Dash, Input, Output, ctx

from layouts import ids

NAMESPACE = "attentionviz"


def register(app: Dash) -> None:
    """Connect the controls with the browser's modules."""
    app.clientside_callback(ClientsideFunction(NAMESPACE, "apply"), Input(ids.VIEW_STATE, "data"))
    app.clientside_callback(
        ClientsideFunction(NAMESPACE, "choose"),
        Input(ids.RUN, "value"),
        Input(ids.PROJECTION, "value"),
        Input(ids.COLOR, "value"),
        Input(ids.LABELS, "value"),
        Input(ids.LINES, "value"),
        Input(ids.NORM, "value"),
        Input(ids.PATCHES, "value"),
        Input(ids.FILLED, "value"),
        prevent_initial_call=True,
    )
    app.clientside_callback(
        ClientsideFunction(NAMESPACE, "search"),
        Input(ids.SEARCH, "value"),
        Input(ids.SEARCH_MODE, "value"),
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
