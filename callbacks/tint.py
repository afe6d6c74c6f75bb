"""Tint: legend of the metric that tints the heads of Matrix View."""

from __future__ import annotations

from typing import Any

from dash import Dash, Input, Output

from callbacks.state import shown_run
from layouts import ids
from layouts.panels.tint import tint_legend
from layouts.state.head_choice import head_choice
from precompute.run.catalog import Catalog


def register(app: Dash, catalog: Catalog) -> None:
    """Show the legend of the tint; without a tint, disable the choice of the strongest heads."""

    @app.callback(
        output={
            "legend": Output(ids.TINT_LEGEND, "children"),
            "disabled": Output(ids.STRONGEST, "disabled"),
        },
        inputs={"page": Input(ids.VIEW_STATE, "data")},
    )
    def tint(page: dict[str, Any] | None) -> dict[str, Any]:
        view, run = shown_run(page, catalog)
        legend = tint_legend(run.manifest, view, head_choice(run, view))
        return {"legend": legend, "disabled": not view.tint}
