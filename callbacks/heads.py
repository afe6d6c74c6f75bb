"""Heads: the numbers of one head, and table and map of all heads."""

from __future__ import annotations

from typing import Any

from dash import ClientsideFunction, Dash, Input, Output, State
from dash.exceptions import PreventUpdate
from werkzeug.exceptions import BadRequest

from callbacks.controls import NAMESPACE
from callbacks.state import shown_run
from layouts import ids
from layouts.panels.atlas import atlas_choice, atlas_figure
from layouts.panels.clusters import DISTANCES
from layouts.panels.head_panel import head_numbers
from precompute.run.catalog import Catalog


def register(app: Dash, catalog: Catalog) -> None:
    """Connect the panel of one head, the table and the map."""
    _register_panel(app, catalog)
    _register_map(app, catalog)
    _register_table(app)


def _register_panel(app: Dash, catalog: Catalog) -> None:
    @app.callback(
        output={"numbers": Output(ids.HEAD_PANEL, "children"), "shown": Output(ids.HEAD_PANEL_FOR, "data")},
        inputs={"page": Input(ids.VIEW_STATE, "data"), "shown": State(ids.HEAD_PANEL_FOR, "data")},
    )
    def numbers(page: dict[str, Any] | None, shown: list[Any] | None) -> dict[str, Any]:
        view, run = shown_run(page, catalog)
        asked = [view.run, view.layer, view.head, view.href]
        if view.view != "head" or asked == shown:
            raise PreventUpdate
        return {"numbers": head_numbers(view, run), "shown": asked}


def _register_map(app: Dash, catalog: Catalog) -> None:
    @app.callback(
        Output(ids.ATLAS_MAP, "figure"),
        Input(ids.ATLAS_COLOR, "value"),
        State(ids.VIEW_STATE, "data"),
        prevent_initial_call=True,
    )
    def recolor(color: str | None, page: dict[str, Any] | None) -> Any:  # noqa: ANN401 - a plotly figure
        view, run = shown_run(page, catalog)
        if not isinstance(color, str) or DISTANCES not in run.manifest.arrays:
            raise PreventUpdate
        return atlas_figure(view, run, color)

    @app.callback(
        Output(ids.ATLAS_CHOICE, "children"),
        Input(ids.ATLAS_MAP, "selectedData"),
        State(ids.VIEW_STATE, "data"),
        prevent_initial_call=True,
    )
    def choose(selected: dict[str, Any] | None, page: dict[str, Any] | None) -> list[Any]:
        view, run = shown_run(page, catalog)
        model = run.manifest.model
        rows = _numbers_of_points(selected, model.n_layers * model.n_heads)
        return atlas_choice(view, [divmod(row, model.n_heads) for row in rows])

    app.clientside_callback(
        ClientsideFunction(NAMESPACE, "openMapped"), Input(ids.ATLAS_MAP, "clickData"), prevent_initial_call=True
    )


def _register_table(app: Dash) -> None:
    app.clientside_callback(
        ClientsideFunction(NAMESPACE, "saveHeads"),
        Input(ids.HEADS_CSV, "n_clicks"),
        State(ids.HEADS_GRID, "virtualRowData"),
        prevent_initial_call=True,
    )
    app.clientside_callback(
        ClientsideFunction(NAMESPACE, "openRow"), Input(ids.HEADS_GRID, "cellClicked"), prevent_initial_call=True
    )


def _numbers_of_points(selected: dict[str, Any] | None, count: int) -> list[int]:
    try:
        rows = [point["pointNumber"] for point in (selected or {}).get("points", [])]
        if not all(type(row) is int and 0 <= row < count for row in rows):
            raise ValueError
    except (AttributeError, KeyError, TypeError, ValueError):
        raise BadRequest("The selection names points that are not on the map.") from None
    return rows
