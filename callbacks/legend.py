"""Legend: colors, descriptions below the menus, and the trust numbers of a head."""

from __future__ import annotations

from typing import Any

from dash import Dash, Input, Output
from dash.exceptions import PreventUpdate

from callbacks.state import shown_run
from layouts import ids, options
from layouts.colors.bytes import has_gaps
from layouts.colors.encodings import encoding_named, has_trust
from layouts.panels.legend import legend
from layouts.panels.trust import definitions, trust_numbers, trusted_share
from precompute.run.catalog import Catalog


def register(app: Dash, catalog: Catalog) -> None:
    """Update legend, descriptions and trust numbers with the state."""

    @app.callback(
        output={
            "legend": Output(ids.LEGEND, "children"),
            "color": Output(ids.COLOR_INFO, "children"),
            "projection": Output(ids.PROJECTION_INFO, "children"),
            "data": Output(ids.DATA_INFO, "children"),
            "search_hint": Output(ids.SEARCH, "placeholder"),
            "search_modes": Output(ids.SEARCH_MODE, "options"),
        },
        inputs={"page": Input(ids.VIEW_STATE, "data")},
    )
    def explain(page: dict[str, Any] | None) -> dict[str, Any]:
        state, run = shown_run(page, catalog)
        info = encoding_named(run.manifest, state.color)
        return {
            "legend": legend(info, gaps=has_gaps(run, info)),
            "color": options.color_info(run.manifest, state),
            "projection": options.projection_info(run.manifest, state),
            "data": options.data_info(run.manifest, run.tokens),
            "search_hint": options.search_hint(run.manifest, run.tokens),
            "search_modes": options.search_modes(run.manifest),
        }

    @app.callback(Output(ids.TRUST_NUMBERS, "children"), Input(ids.VIEW_STATE, "data"), Input(ids.TRUST_NUMBERS, "id"))
    def trust(page: dict[str, Any] | None, _: str) -> list[Any]:
        state, run = shown_run(page, catalog)
        if state.layer is None or state.head is None:
            raise PreventUpdate
        where = layer, head = state.layer, state.head
        numbers = [
            {info.name: float(of(info.name, without_sinks=without)[where]) for info in run.manifest.metrics}
            for of, without in (
                (run.metric, state.no_sinks),
                (run.metric, False),
                (run.metric_error, state.no_sinks),
                (run.metric_ceiling, state.no_sinks),
            )
        ]
        shown = trust_numbers(state, *numbers)
        if has_trust(run.manifest):
            trust = run.trust(state.projection, state.dims, layer, head, without_sinks=state.no_sinks)
            shown.insert(0, trusted_share(trust[:, ~run.sinks] if state.no_sinks else trust))
        return [*shown[:1], *definitions(shown), *shown[1:]]
