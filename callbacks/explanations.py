"""Legend, info texts and trust numbers of the state on show."""

from __future__ import annotations

from typing import Any

from dash import Dash, Input, Output
from dash.exceptions import PreventUpdate

from layouts import ids, options
from layouts.legend import legend
from layouts.trust import trust_numbers
from layouts.view_state import ViewState
from precompute.catalog import Catalog
from precompute.errors import StoreError


def register(app: Dash, catalog: Catalog) -> None:
    """Explain what is on show."""

    @app.callback(
        Output(ids.LEGEND, "children"),
        Output(ids.COLOR_INFO, "children"),
        Output(ids.PROJECTION_INFO, "children"),
        Output(ids.DATA_INFO, "children"),
        Input(ids.VIEW_STATE, "data"),
    )
    def explain(page: dict[str, Any] | None) -> tuple[Any, ...]:
        state = _state(page)
        try:
            manifest = catalog.open(state.run).manifest
        except StoreError as error:
            raise PreventUpdate from error
        info = next(info for info in manifest.encodings if info.name == state.color)
        return (
            legend(info),
            options.color_info(manifest, state),
            options.projection_info(manifest, state),
            options.data_info(manifest),
        )

    @app.callback(Output(ids.TRUST, "children"), Input(ids.VIEW_STATE, "data"), Input(ids.TRUST, "id"))
    def trust(page: dict[str, Any] | None, _: str) -> list[Any]:
        state = _state(page)
        if state.layer is None or state.head is None:
            raise PreventUpdate
        try:
            run = catalog.open(state.run)
            values = run.array("head_metrics")[:, state.layer, state.head]
        except StoreError as error:
            raise PreventUpdate from error
        return trust_numbers(
            state, {info.name: float(value) for info, value in zip(run.manifest.metrics, values, strict=True)}
        )


def _state(page: dict[str, Any] | None) -> ViewState:
    if not page or not page.get("state"):
        raise PreventUpdate
    return ViewState(**page["state"])
