"""Table of all heads: every metric, grouped by its source."""

from __future__ import annotations

from typing import Any

import dash_ag_grid as dag
from dash.development.base_component import Component

from layouts import ids
from layouts.parts.head_link import head_name, relative
from layouts.state.resolution import projection_choices
from layouts.state.view_state import ViewState
from precompute.format.manifest import Manifest, MetricInfo
from precompute.format.typed_json import finite_or_none
from precompute.run.run import Run

SUMMARY = "attention_recall"
"""Metric of a projection that stays visible when its group is folded."""

_THEME = {
    "function": "themeQuartz.withParams({backgroundColor: 'var(--av-bg)', foregroundColor: 'var(--av-text)', "
    "accentColor: 'var(--av-accent)', borderColor: 'var(--av-frame)', headerBackgroundColor: 'var(--av-panel)', "
    "fontFamily: 'inherit', fontSize: 13, spacing: 5, wrapperBorder: false, wrapperBorderRadius: 0, "
    "browserColorScheme: 'inherit'})"
}


def heads_table(view: ViewState, run: Run) -> Component:
    """Return the table, one row per head; projection and color of the state go with its links."""
    grid: Component = dag.AgGrid(
        id=ids.HEADS_GRID,
        rowData=head_rows(view, run),
        columnDefs=head_columns(run.manifest),
        columnSize="autoSize",
        getRowId="params.data.id",
        defaultColDef={
            "filter": "agNumberColumnFilter",
            "floatingFilter": True,
            "sortingOrder": ["desc", "asc", None],
            "type": "numericColumn",
            "width": 118,
            "wrapHeaderText": True,
            "autoHeaderHeight": True,
            "suppressHeaderMenuButton": True,
        },
        dashGridOptions={"theme": _THEME, "enableCellTextSelection": True, "tooltipShowDelay": 300},
        style={"height": "100%", "width": "100%"},
    )
    return grid


def head_rows(view: ViewState, run: Run) -> list[dict[str, Any]]:
    """Return one row per head: layer, head, link and metrics; None for a metric that is not finite."""
    model = run.manifest.model
    metrics = [(_field(info), run.metric(info.name, without_sinks=view.no_sinks)) for info in run.manifest.metrics]
    rows = []
    for layer in range(model.n_layers):
        for head in range(model.n_heads):
            target = view.with_changes(view="head", layer=layer, head=head, instance=None, token=None)
            row: dict[str, Any] = {
                "id": f"{layer}.{head}",
                "name": head_name(model, layer, head),
                "href": relative(target),
                "layer": model.layer_number(layer),
                "head": head,
            }
            for field, values in metrics:
                row[field] = finite_or_none(float(values[layer, head]))
            rows.append(row)
    return rows


def head_columns(manifest: Manifest) -> list[dict[str, Any]]:
    """Return the columns: the head, then groups of metrics; those of projections fold."""
    groups: dict[str, list[MetricInfo]] = {}
    for info in manifest.metrics:
        groups.setdefault(_group(info, manifest), []).append(info)
    name: dict[str, Any] = {
        "headerName": "Head",
        "pinned": "left",
        "width": 88,
        "field": "name",
        "cellRenderer": "HeadLink",
        "filter": "agTextColumnFilter",
        "type": [],
        "sortable": False,
    }
    numbers = [
        {"field": "layer", "headerName": "Layer", "width": 80},
        {"field": "head", "headerName": "Head", "hide": True},
    ]
    columns: list[dict[str, Any]] = [
        {"headerName": "Name", "children": [name]},
        {"headerName": "Place", "children": numbers},
    ]
    layouts = {f"{choice.label} {dims}-D" for choice in projection_choices(manifest) for dims in choice.dims}
    for title, infos in groups.items():
        folds = title in layouts and any(info.name.endswith(f".{SUMMARY}") for info in infos)
        columns.append(
            {
                "headerName": title,
                "children": [_column(info, folded=folds and not info.name.endswith(f".{SUMMARY}")) for info in infos],
            }
        )
    return columns


def _column(info: MetricInfo, *, folded: bool) -> dict[str, Any]:
    title = info.label.split(": ", 1)[-1]
    column: dict[str, Any] = {
        "field": _field(info),
        "headerName": title[:1].upper() + title[1:],
        "headerTooltip": info.description,
        "filterParams": {"defaultOption": "greaterThanOrEqual"},
        "valueFormatter": _format(f".{info.digits}f"),
    }
    return {**column, "columnGroupShow": "open"} if folded else column


def _format(how: str) -> dict[str, str]:
    return {"function": f"params.value == null ? '' : d3.format('{how}')(params.value)"}


def _group(info: MetricInfo, manifest: Manifest) -> str:
    parts = info.name.split(".")
    labels = {choice.name: choice.label for choice in projection_choices(manifest)}
    if len(parts) == 3 and parts[0] in labels:
        return f"{labels[parts[0]]} {parts[1]}-D"
    return {"probe": "Repeated random tokens", "joint": "Joint space"}.get(parts[0], "Attention on data")


def _field(info: MetricInfo) -> str:
    """Return the name of a metric without dots, which the grid reads as paths."""
    return info.name.replace(".", "__")
