"""Finding cards, the numbers of one head, and the page of all heads."""

from __future__ import annotations

from typing import Any

from dash import ClientsideFunction, Dash, Input, Output, State, no_update
from dash.exceptions import PreventUpdate
from werkzeug.exceptions import BadRequest

from callbacks.controls import NAMESPACE
from callbacks.state import shown_run
from layouts import ids
from layouts.panels.atlas import atlas_choice, atlas_figure
from layouts.panels.clusters import DISTANCES
from layouts.panels.findings import finding_cards
from layouts.panels.head_panel import head_numbers
from precompute.run.catalog import Catalog


def register(app: Dash, catalog: Catalog) -> None:
    """Answer what the state on show asks for."""
    _register_findings(app, catalog)
    _register_heads(app, catalog)


def _register_findings(app: Dash, catalog: Catalog) -> None:
    @app.callback(
        Output(ids.FINDINGS, "children"),
        Output(ids.FINDINGS_RUN, "data"),
        Input(ids.VIEW_STATE, "data"),
        State(ids.FINDINGS_RUN, "data"),
    )
    def cards(page: dict[str, Any] | None, shown: str | None) -> tuple[Any, ...]:
        view, run = shown_run(page, catalog)
        asked = f"{view.run} {view.no_sinks}"
        if view.view != "matrix" or asked == shown:
            raise PreventUpdate
        return finding_cards(view, run), asked

    @app.callback(
        Output(ids.HEAD_PANEL, "children"),
        Output(ids.HEAD_PANEL_FOR, "data"),
        Input(ids.VIEW_STATE, "data"),
        State(ids.HEAD_PANEL_FOR, "data"),
    )
    def numbers(page: dict[str, Any] | None, shown: list[Any] | None) -> tuple[Any, ...]:
        view, run = shown_run(page, catalog)
        asked = [view.run, view.layer, view.head, view.href]
        if view.view != "head" or asked == shown:
            raise PreventUpdate
        return head_numbers(view, run), asked


def _register_heads(app: Dash, catalog: Catalog) -> None:
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

    @app.callback(
        Output(ids.HEADS_GRID, "exportDataAsCsv"), Input(ids.HEADS_CSV, "n_clicks"), prevent_initial_call=True
    )
    def export(clicks: int | None) -> Any:  # noqa: ANN401 - True, or Dash's sign for no change
        return True if clicks else no_update

    app.clientside_callback(
        ClientsideFunction(NAMESPACE, "openRow"), Input(ids.HEADS_GRID, "cellClicked"), prevent_initial_call=True
    )
    app.clientside_callback(
        ClientsideFunction(NAMESPACE, "openMapped"), Input(ids.ATLAS_MAP, "clickData"), prevent_initial_call=True
    )


def _numbers_of_points(selected: dict[str, Any] | None, count: int) -> list[int]:
    try:
        rows = [point["pointNumber"] for point in (selected or {}).get("points", [])]
        if not all(type(row) is int and 0 <= row < count for row in rows):
            raise ValueError
    except (AttributeError, KeyError, TypeError, ValueError):
        raise BadRequest("The selection names points that are not on the map.") from None
    return rows
