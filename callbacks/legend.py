"""Legend, info texts and trust numbers of the state on show."""

from __future__ import annotations

from typing import Any

from dash import Dash, Input, Output
from dash.exceptions import PreventUpdate

from callbacks.state import shown_run
from layouts import ids, options
from layouts.colors.bytes import has_gaps
from layouts.panels.legend import legend
from layouts.panels.trust import trust_numbers
from precompute.run.catalog import Catalog


def register(app: Dash, catalog: Catalog) -> None:
    """Explain what is on show."""

    @app.callback(
        Output(ids.LEGEND, "children"),
        Output(ids.COLOR_INFO, "children"),
        Output(ids.PROJECTION_INFO, "children"),
        Output(ids.DATA_INFO, "children"),
        Output(ids.SEARCH, "placeholder"),
        Output(ids.SEARCH_MODE, "options"),
        Input(ids.VIEW_STATE, "data"),
    )
    def explain(page: dict[str, Any] | None) -> tuple[Any, ...]:
        state, run = shown_run(page, catalog)
        info = next(info for info in run.manifest.encodings if info.name == state.color)
        gaps = has_gaps(run, info)
        return (
            legend(info, gaps=gaps),
            options.color_info(run.manifest, state),
            options.projection_info(run.manifest, state),
            options.data_info(run.manifest, run.tokens),
            options.search_hint(run.manifest, run.tokens),
            options.search_modes(run.manifest),
        )

    @app.callback(Output(ids.TRUST, "children"), Input(ids.VIEW_STATE, "data"), Input(ids.TRUST, "id"))
    def trust(page: dict[str, Any] | None, _: str) -> list[Any]:
        state, run = shown_run(page, catalog)
        if state.layer is None or state.head is None:
            raise PreventUpdate
        values = run.array("head_metrics")[:, state.layer, state.head]
        return trust_numbers(
            state, {info.name: float(value) for info, value in zip(run.manifest.metrics, values, strict=True)}
        )
